"""The papers of a filing: whose data they show, and that they were handed out."""

from typing import Any

from django.db import transaction

from keshi.identity import sex
from keshi_web.accounts.actor import Actor
from keshi_web.classes.models import UNLIKE, Filing
from keshi_web.documents.data import FormData
from keshi_web.documents.models import Document, FormVersion
from keshi_web.documents.services import data_digest, pinned, record_form
from keshi_web.people.models import AccessLog
from keshi_web.people.services.reading import reader, unseal_people
from keshi_web.people.words import Act, Field, Purpose


def note_printed(filing: Filing, version: FormVersion, data: FormData, *, by: Actor) -> Document:
    """Keep the digest of a form handed out for a filing that was handed in; the same content is noted once."""
    subject = f"classes.filing:{filing.pk}"
    form, _layout = pinned(version)
    known = Document.objects.filter(
        kind=Document.Kind.FORM, subject=subject, form_version=version, digest=data_digest(form, data)
    )
    return known.first() or record_form(version, data, subject=subject, actor=by)


@transaction.atomic
def people_for_papers(filing: Filing, *, by: Actor) -> list[dict[str, Any]]:
    """The roster for an official form. The provider's own paper shows the numbers, and each read is logged; the
    bureau's copy shows masks (full numbers need an export with a second person, see `people`). Where the provider
    named somebody otherwise than the vault does, its paper shows the number that it gave, and nothing else.
    """
    rows = list(filing.enrolments.filter(left_on=None).select_related("person"))
    if not by.of_provider:
        return [
            {"enrolment": row, "name": row.person.name_masked, "id_number": row.person.id_number_masked}
            for row in rows
        ]
    who = reader(by)
    fields = [Field.NAME, Field.ID_NUMBER, Field.PHONE]
    AccessLog.objects.bulk_create(
        [
            AccessLog(
                **who, person=row.person, act=Act.REVEAL, purpose=Purpose.FILING,
                case=f"filing:{filing.process.number}", fields=fields if row.named_alike else [Field.ID_NUMBER],
            )
            for row in rows
        ],
        batch_size=2000,
    )  # fmt: skip
    opened = unseal_people([row.person for row in rows], fields)
    found = []
    for row in rows:
        person = opened[row.person_id]
        number = person["id_number"] or ""
        found.append(
            {
                "enrolment": row,
                "name": person["name"] if row.named_alike else str(UNLIKE),
                "id_number": number,
                "phone": person["phone"] if row.named_alike else "",
                "sex": {"male": "男", "female": "女"}.get(sex(number), "") if number else "",
            }
        )
    return found
