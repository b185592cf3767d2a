"""Acts on the catalogue."""

from keshi_web.catalogue.services.applications import (
    apply_for_evaluation,
    chain_for,
    hand_in,
    save_form,
    take_back,
)
from keshi_web.catalogue.services.directory import (
    delist,
    list_platform,
    save_course,
    save_platform,
    save_teacher,
    take_over_recommended,
)
from keshi_web.catalogue.services.evaluations import act, add_expert, judge
from keshi_web.catalogue.services.occupations import end_entry, enter_in_catalogue, store_occupations
from keshi_web.catalogue.services.registrations import ask_for_registration
from keshi_web.catalogue.services.tariffs import approve_tariffs, enter_tariffs, refuse_tariffs

__all__ = [
    "act",
    "add_expert",
    "apply_for_evaluation",
    "approve_tariffs",
    "ask_for_registration",
    "chain_for",
    "delist",
    "end_entry",
    "enter_in_catalogue",
    "enter_tariffs",
    "hand_in",
    "judge",
    "list_platform",
    "refuse_tariffs",
    "save_course",
    "save_form",
    "save_platform",
    "save_teacher",
    "store_occupations",
    "take_back",
    "take_over_recommended",
]
