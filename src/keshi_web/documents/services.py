"""Issuing letters, pinning forms, printing them again. Whoever calls has checked that this person may do so."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

import msgspec
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from keshi.scheme import Scheme
from keshi.scheme.model import Form
from keshi.structures import reader
from keshi_web.accounts.actor import Actor
from keshi_web.common import clock
from keshi_web.common.crypto import blind_index
from keshi_web.common.errors import Invalid
from keshi_web.documents import letters
from keshi_web.documents.data import FormData, shown
from keshi_web.documents.layout import Layout, layout_path
from keshi_web.documents.models import Document, FormVersion, Revocation, Serial
from keshi_web.documents.render import layout_of, render_docx, render_pdf
from keshi_web.workflow.numbers_in_text import refuse_numbers

CODE_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 signs that are not mistaken for one another: no 0, 1, I, O."""
CODE_LENGTH = 16
_content, _form, _layout = reader(letters.Content), reader(Form), reader(Layout)


def next_number(office_key: str, kind: str, year: int) -> str:
    """`线训审〔2020〕12号`: the next number of an office's series, which kinds of letter may share.

    The row stays locked until the caller's transaction ends, so nothing is doubled and a letter that is rolled
    back leaves no gap. Raises TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a letter is numbered in the transaction that issues it")
    series = letters.templates()[kind].series
    table = connection.ops.quote_name(Serial._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into {table} (office_key, series, year, last) values (%s, %s, %s, 1)"
            " on conflict (office_key, series, year) do update"
            f" set last = {table}.last + 1 returning last",
            [office_key, series, year],
        )
        (last,) = cursor.fetchone()
    return f"{series}〔{year}〕{last}号"


@transaction.atomic
def issue_letter(
    kind: str,
    *,
    subject: str,
    office_name: str,
    office_key: str,
    addressee: str,
    facts: Mapping[str, Any],
    actor: Actor | None,
) -> Document:
    """Word, number and keep a letter of a kind (`letters/<kind>.toml`); None as actor is the system.

    Raises:
        Invalid: facts that the letter needs are missing, or one holds an identity number, phone or account.
        KeyError: no such kind.
    """
    paragraphs = letters.paragraphs(kind, facts)  # before the number, so that a refusal holds no lock
    refuse_numbers({"content": [addressee, *paragraphs]})
    today = clock.today()
    title = letters.templates()[kind].title
    number = next_number(office_key, kind, today.year)
    content = letters.Content(kind, title, number, office_name, addressee, paragraphs, today)
    return Document.objects.create(
        kind=Document.Kind.LETTER,
        subject=subject,
        title=title,
        letter=kind,
        letter_digest=letters.template_digest(kind),
        office_key=office_key,
        number=number,
        content=msgspec.to_builtins(content),
        digest=letters.digest(content),
        code=_new_code(),
        issued_by_id=actor.user_id if actor else None,
    )


def _new_code() -> str:
    """Sixteen signs in fours, 80 random bits: cannot be guessed, can be read out."""
    signs = "".join(secrets.choice(CODE_SIGNS) for _place in range(CODE_LENGTH))
    return "-".join(signs[at : at + 4] for at in range(0, CODE_LENGTH, 4))


def content_of(document: Document) -> letters.Content:
    """A letter's words as issued. Raises ValueError for a form, or when they do not fit the digest kept."""
    if document.kind != Document.Kind.LETTER:
        raise ValueError("a form is printed from its case")
    content = _content(document.content)
    if letters.digest(content) != document.digest:
        raise ValueError(f"{document.number}: the content kept is not the one issued")
    return content


def render_letter(document: Document) -> bytes:
    """The letter as PDF. Raises ValueError as `content_of`, FontsMissing."""
    address = f"{settings.BASE_URL}/check/"
    return letters.draw_letter(content_of(document), code=document.code or "", address=address)


@transaction.atomic
def revoke(document: Document, *, reason: str, actor: Actor | None) -> Revocation:
    """Declare that a letter no longer holds. Raises Invalid when it was revoked before or without a reason."""
    locked = Document.objects.select_for_update().get(pk=document.pk)
    if not reason.strip():
        raise Invalid(_("请填写撤销理由。"))
    if Revocation.objects.filter(document=locked).exists():
        raise Invalid(_("文书%(number)s此前已经撤销。") % {"number": locked.number})
    refuse_numbers({"reason": reason})
    by = actor.user_id if actor else None
    return Revocation.objects.create(document=locked, reason=reason.strip(), revoked_by_id=by)


# ---------------------------------------------------------------------------------------------------------
# Forms


def pin_form(scheme: Scheme, form: Form) -> FormVersion:
    """The version of a form that a case printed now holds on to. Raises LayoutFault."""
    layout = msgspec.to_builtins(layout_of(form, layout_path(scheme.folder, form)))
    text = json.dumps(layout, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    version, _new = FormVersion.objects.get_or_create(
        scheme=scheme.id,
        scheme_digest=scheme.digest,
        form=form.id,
        layout_digest=hashlib.sha256(text.encode()).hexdigest(),
        defaults={"definition": {"form": msgspec.to_builtins(form), "layout": layout}},
    )
    return version


def pinned(version: FormVersion) -> tuple[Form, Layout]:
    """The form and layout of a version, as they were."""
    return (
        _form(version.definition["form"]),
        _layout(version.definition["layout"]),
    )


def print_form(version: FormVersion, data: FormData) -> bytes:
    """A pinned form as PDF. Raises as `render.render_pdf`."""
    form, layout = pinned(version)
    return render_pdf(form, data, layout=layout)


def write_form(version: FormVersion, data: FormData) -> bytes:
    """A pinned form as Word file. Raises as `render.render_docx`."""
    form, layout = pinned(version)
    return render_docx(form, data, layout=layout)


def record_form(version: FormVersion, data: FormData, *, subject: str, actor: Actor | None) -> Document:
    """Note that a form was handed out with this data, of which only a keyed digest is kept."""
    form, _layout = pinned(version)
    return Document.objects.create(
        kind=Document.Kind.FORM,
        subject=subject,
        title=form.text.zh,
        form_version=version,
        digest=data_digest(form, data),
        issued_by_id=actor.user_id if actor else None,
    )


def data_digest(form: Form, data: FormData) -> str:
    """A keyed digest of what a form says, by which a printed form is compared with its case."""
    said = {
        field.id: data.rows(field) if field.kind == "table" else shown(field, data.of(field.id))
        for field in form.fields
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return blind_index("documents.form", text).hex()
