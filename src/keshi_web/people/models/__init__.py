"""The identity vault: who people are, sealed; what they are, dated; who read what, for good."""

from keshi_web.people.models.access import AccessLog, PersonEvent, PersonExport
from keshi_web.people.models.person import BankAccount, Person
from keshi_web.people.models.standing import CategoryPeriod, Employment

__all__ = [
    "AccessLog",
    "BankAccount",
    "CategoryPeriod",
    "Employment",
    "Person",
    "PersonEvent",
    "PersonExport",
]
