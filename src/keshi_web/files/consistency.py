"""What holds between attachments and the disk; see `common.consistency`."""

from collections.abc import Iterator

from keshi_web.common.consistency import check
from keshi_web.files import storage
from keshi_web.files.models import Attachment


@check("every attachment has its file")
def kept() -> Iterator[str]:
    """That a file is what was stored is verified when somebody opens it."""
    for key, place in Attachment.objects.order_by("at").values_list("id", "stored_as").iterator():
        if not (storage.kept() / place).is_file():
            yield f"attachment {key}: no file {place}"
