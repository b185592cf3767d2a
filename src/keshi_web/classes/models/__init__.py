"""A class as it is filed: plan, syllabus, roster, materials, review, decision; then what changes it."""

from keshi_web.classes.models.filing import Channel, Filing, FilingQuerySet
from keshi_web.classes.models.plan import Material, Module, PlanSnapshot
from keshi_web.classes.models.review import Amendment, Task
from keshi_web.classes.models.roster import UNLIKE, Enrolment, RosterImport

__all__ = [
    "UNLIKE",
    "Amendment",
    "Channel",
    "Enrolment",
    "Filing",
    "FilingQuerySet",
    "Material",
    "Module",
    "PlanSnapshot",
    "RosterImport",
    "Task",
]
