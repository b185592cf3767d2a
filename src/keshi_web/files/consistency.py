"""What holds between attachments and the disk; see `common.consistency`."""

from collections.abc import Iterator

from keshi_web.common.consistency import check
from keshi_web.files import storage
from keshi_web.files.models import Attachment


@check("every attachment has its file, unless its content was destroyed")
def kept() -> Iterator[str]:
    """That a file is what was stored is verified when somebody opens it."""
    rows = Attachment.objects.order_by("at").values_list("id", "stored_as", "removal")
    for key, place, removal in rows.iterator():
        there = (storage.kept() / place).is_file()
        if there == (removal is not None):
            what = "destroyed, but its file is there:" if there else "no file"
            yield f"attachment {key}: {what} {place}"
