"""Blanks of official forms that hold a person's name or number: printed from the sealed record, never asked."""

from collections.abc import Mapping

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.roles import Role
from keshi_web.organisations.models import Organisation
from keshi_web.organisations.services.money import read_contact

CONTACTS: Mapping[str, tuple[str, str]] = {
    "legal-representative": ("legal-representative", "name"),
    "enterprise-phone": ("contact", "phone"),
    "mobile": ("contact", "phone"),
    "contact": ("contact", "phone"),
}
"""By the blank's id: whose, and which of name and phone."""


def contacts_for_papers(organisation: Organisation, *, by: Actor, purpose: str) -> dict[tuple[str, str], str]:
    """Name and phone of the representative and contact for the organisation's own papers; each read is logged.

    Only its administrator reads them; in everybody else's copies these blanks are empty.
    """
    if by.role != Role.PROVIDER_ADMIN:
        return {}
    found: dict[tuple[str, str], str] = {}
    for contact in organisation.contacts.filter(superseded_at=None):
        name, phone = read_contact(organisation.pk, contact.pk, by=by, purpose=purpose)
        found[contact.role, "name"], found[contact.role, "phone"] = name, phone
    return found
