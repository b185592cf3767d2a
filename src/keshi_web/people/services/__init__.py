"""The acts of the vault."""

from keshi_web.people.services.enrolling import NewPerson, enrol_people
from keshi_web.people.services.exporting import Exported, ask_export, decide_export, take_export
from keshi_web.people.services.keeping import (
    apply_retention,
    change_account,
    change_phone,
    correct_name,
    erase,
    link_user,
    merge,
    merge_into,
)
from keshi_web.people.services.reading import (
    READABLE,
    find_by_id_number,
    find_by_name,
    reveal,
    unseal_people,
)
from keshi_web.people.services.standing import (
    end_category,
    end_employment,
    open_proof,
    record_category,
    record_employment,
)

__all__ = [
    "READABLE",
    "Exported",
    "NewPerson",
    "apply_retention",
    "ask_export",
    "change_account",
    "change_phone",
    "correct_name",
    "decide_export",
    "end_category",
    "end_employment",
    "enrol_people",
    "erase",
    "find_by_id_number",
    "find_by_name",
    "link_user",
    "merge",
    "merge_into",
    "open_proof",
    "record_category",
    "record_employment",
    "reveal",
    "take_export",
    "unseal_people",
]
