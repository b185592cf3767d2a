"""An attachment as an answer: saved by the browser, never shown by it."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from keshi_web.files.models import Attachment
from keshi_web.files.services import content_of


def attachment_response(attachment: Attachment) -> HttpResponse:
    """The file under its own name (RFC 5987). Whoever calls has decided that this person may have it.

    Raises:
        storage.Damaged: the file is missing or was changed on the disk.
    """
    response = HttpResponse(content_of(attachment), content_type=attachment.content_type)
    disposition = content_disposition_header(True, attachment.name)
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


def download_response(content: bytes, name: str, content_type: str) -> HttpResponse:
    """A file made by the service itself, to save under `name`."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
