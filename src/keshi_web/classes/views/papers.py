"""Papers of a filing to take away: uploaded documents, official forms, letters."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from keshi_web.accounts.guards import allowed
from keshi_web.classes.models import Filing
from keshi_web.classes.official import form_data, forms_of, lists_people, names_contacts
from keshi_web.classes.services.papers import note_printed, people_for_papers
from keshi_web.classes.views.detail import READERS, material_of
from keshi_web.classes.views.wizard import filing_of
from keshi_web.documents.layout import layout_path
from keshi_web.documents.models import Document
from keshi_web.documents.queries import of_subject
from keshi_web.documents.render import render_docx, render_pdf
from keshi_web.documents.responses import docx_response, pdf_response
from keshi_web.documents.services import pinned, render_letter
from keshi_web.files.responses import attachment_response
from keshi_web.organisations.papers import contacts_for_papers


@allowed(*READERS)
@require_GET
def material(request: HttpRequest, number: str, material_id: int) -> HttpResponse:
    """An uploaded document, to save."""
    found = material_of(request, number, material_id)
    assert found.attachment is not None
    return attachment_response(found.attachment)


@allowed(*READERS)
@require_GET
def form(request: HttpRequest, number: str, form_id: str, kind: str) -> HttpResponse:
    """An official form as PDF or Word, filled from the filing."""
    found: Filing = filing_of(request, number)
    scheme = found.scheme
    version = found.form_versions.filter(form=form_id).first()
    wanted = next((one for one in forms_of(found, scheme) if one.id == form_id), None)
    layout: Any = None
    if version is not None:
        wanted, layout = pinned(version)
    elif wanted is not None:  # a draft prints with the form of today
        layout = layout_path(scheme.folder, wanted)
    if wanted is None:
        raise Http404
    people = people_for_papers(found, by=request.actor) if lists_people(wanted) else []
    contacts = {}
    if names_contacts(wanted):
        contacts = contacts_for_papers(
            found.organisation, by=request.actor, purpose=f"filing:{found.process.number}"
        )
    data = form_data(found, wanted, people, contacts)
    if version is not None:
        note_printed(found, version, data, by=request.actor)
    name = f"{found.process.number} {wanted.text.zh}"
    if kind == "docx":
        return docx_response(render_docx(wanted, data, layout=layout), name)
    return pdf_response(render_pdf(wanted, data, layout=layout), name)


@allowed(*READERS)
@require_GET
def letter(request: HttpRequest, number: str, document_id: int) -> HttpResponse:
    """A letter as PDF."""
    found = filing_of(request, number)
    letters = of_subject(f"classes.filing:{found.pk}").filter(kind=Document.Kind.LETTER)
    document = letters.filter(pk=document_id).first()
    if document is None:
        raise Http404
    return pdf_response(render_letter(document), f"{document.number} {document.title}")
