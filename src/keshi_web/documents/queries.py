"""Reads of issued papers. `of_subject` is scoped by its caller, who found the subject in the actor's scope."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from keshi_web.accounts import attempts, origin
from keshi_web.common import clock
from keshi_web.common.errors import NotAllowed
from keshi_web.documents.models import Document
from keshi_web.documents.services import CODE_LENGTH, CODE_SIGNS, content_of


@dataclass(frozen=True)
class Verified:
    """What the public page confirms about a letter: nothing that the letter does not say itself."""

    number: str
    title: str
    office: str
    addressee: str
    issued_on: date
    digest: str
    revoked_on: date | None

    @property
    def holds(self) -> bool:
        """Whether the letter is still in force."""
        return self.revoked_on is None


def of_subject(subject: str) -> QuerySet[Document]:
    """Papers about a subject, newest first."""
    return Document.objects.filter(subject=subject).select_related("revocation", "issued_by")


def find_by_code(code: str) -> Verified | None:
    """The letter with a verification code, as a person may have typed it; None when there is none.

    Raises NotAllowed after too many codes from one address that fit no letter.
    """
    here = origin.current().address
    if attempts.blocked_until(attempts.LETTER, here):
        raise NotAllowed(_("查询次数过多，请 15 分钟后再试。"))
    signs = "".join(sign for sign in code.upper() if sign not in " -\u3000－—")
    if len(signs) != CODE_LENGTH or set(signs) - set(CODE_SIGNS):
        return None
    grouped = "-".join(signs[at : at + 4] for at in range(0, CODE_LENGTH, 4))
    found = Document.objects.filter(code=grouped).select_related("revocation").first()
    if found is None:
        attempts.count_failure(attempts.LETTER, here)
        return None
    content = content_of(found)
    revocation = getattr(found, "revocation", None)
    return Verified(
        number=found.number,
        title=content.title,
        office=content.office,
        addressee=content.addressee,
        issued_on=content.day,
        digest=found.digest,
        revoked_on=revocation.revoked_at.astimezone(clock.ZONE).date() if revocation else None,
    )
