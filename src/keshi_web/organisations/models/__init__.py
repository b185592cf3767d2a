"""Everything that is stored about organisations."""

from keshi_web.organisations.models.declarations import EpidemicDeclaration, SizeDeclaration
from keshi_web.organisations.models.money import ACCOUNT_PURPOSE, BankAccount
from keshi_web.organisations.models.organisation import Merger, Organisation, Verification
from keshi_web.organisations.models.people import Contact, ContactRole, Reading
from keshi_web.organisations.models.standing import Blacklisting, CatalogueEntry, DispatchAgreement, Kind

__all__ = [
    "ACCOUNT_PURPOSE",
    "BankAccount",
    "Blacklisting",
    "CatalogueEntry",
    "Contact",
    "ContactRole",
    "DispatchAgreement",
    "EpidemicDeclaration",
    "Kind",
    "Merger",
    "Organisation",
    "Reading",
    "SizeDeclaration",
    "Verification",
]
