"""Taking a file in and giving it back."""

import hashlib
from collections.abc import Iterable
from functools import partial
from typing import Any

import structlog
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from keshi_web.common import clock, crypto
from keshi_web.common.errors import Invalid
from keshi_web.common.keys import keyring
from keshi_web.common.sealed import on_rotation
from keshi_web.files import storage
from keshi_web.files.inspection import inspect
from keshi_web.files.kinds import DOCUMENTS, MIB, Kind
from keshi_web.files.models import Attachment, Removal
from keshi_web.files.names import clean_name, with_suffix

_log = structlog.get_logger(__name__)


def store(
    upload: File,
    *,
    actor_id: int | None,
    purpose: str,
    allowed: frozenset[Kind] = DOCUMENTS,
    sealed: bool = False,
    keep_as: str = "",
) -> Attachment:
    """Keep an uploaded file if its content is allowed and harmless.

    `purpose` is a key such as "licence" or "identity-proof"; `sealed` encrypts the content at rest, `keep_as`
    replaces the name it came with. Called inside a transaction that is rolled back, the file is left without a row and
    removed later.

    Raises:
        Invalid: what is wrong with the file and what to do.
        storage.NoRoom: the disk is full.
    """
    name = clean_name(upload.name)
    most = max(kind.most_bytes for kind in allowed)
    with storage.receiving() as received:
        for chunk in upload.chunks():
            received.write(chunk)
            if received.size > most:
                raise Invalid(
                    _("“%(name)s”超过 %(most)d MB。请压缩或分成几个文件后重新上传。")
                    % {"name": name, "most": most // MIB}
                )
        received.close()
        inspected = inspect(received.path, name, allowed)
        attachment = Attachment(
            name=with_suffix(keep_as or name, inspected.kind),
            content_type=inspected.kind.content_type,
            size=received.size,
            sha256=received.sha256,
            received_sha256=received.sha256,
            sealed=sealed,
            purpose=purpose,
            uploaded_by_id=actor_id,
        )
        content = inspected.content
        if content is not None:
            attachment.size, attachment.sha256 = len(content), hashlib.sha256(content).hexdigest()
        if sealed:
            plain = content if content is not None else received.path.read_bytes()
            content = crypto.seal_bytes(plain, **_place(attachment))
        attachment.stored_as = received.keep() if content is None else _keep(content)
    try:
        attachment.save(force_insert=True)
    except BaseException:
        storage.remove(attachment.stored_as)
        raise
    return attachment


def content_of(attachment: Attachment) -> bytes:
    """The content as it was accepted, compared with its digest.

    Raises:
        storage.Destroyed: removed for good. storage.Damaged: missing or not what was stored.
    """
    removal = Removal.objects.filter(attachment=attachment).first()
    if removal is not None:
        raise storage.Destroyed(
            _("该附件的内容已于 %(day)s 销毁，不能再查看。") % {"day": clock.day_of(removal.at).isoformat()}
        )
    content = storage.read(attachment.stored_as)
    if attachment.sealed:
        try:
            content = crypto.unseal_bytes(content, **_place(attachment))
        except crypto.Broken:
            _log.error("sealed file does not open", attachment=str(attachment.pk))
            raise storage.damaged() from None
    if hashlib.sha256(content).hexdigest() != attachment.sha256:
        _log.error("kept file differs from its digest", attachment=str(attachment.pk))
        raise storage.damaged()
    return content


def destroy(attachments: Iterable[Attachment], *, ground: str, by_id: int | None) -> int:
    """Destroy contents for good, with the data keys inside them; how many were there. Their rows stay and say so.

    The files go when the transaction holds; where the process is killed in between, `remove_orphaned_uploads`
    removes them, and nobody is served them meanwhile.
    """
    kept = list(
        Attachment.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=[one.pk for one in attachments], removal=None)
        .order_by("pk")
    )
    Removal.objects.bulk_create(Removal(attachment=one, ground=ground[:200], by_id=by_id) for one in kept)
    for one in kept:
        transaction.on_commit(partial(storage.remove, one.stored_as))
    return len(kept)


@on_rotation
def rewrap_files() -> int:
    """Bring the data keys of sealed files under the current master key; how many were turned."""
    turned = 0
    for attachment in Attachment.objects.filter(sealed=True, removal=None).iterator():
        content = storage.read(attachment.stored_as)
        if crypto.key_id_of(content) != keyring().current:
            storage.replace(attachment.stored_as, crypto.rewrap(content, **_place(attachment)))
            turned += 1
    return turned


def _place(attachment: Attachment) -> dict[str, Any]:
    return {"table": Attachment._meta.db_table, "column": "content", "row": attachment.pk}


def _keep(content: bytes) -> str:
    with storage.receiving() as made:
        made.write(content)
        return made.keep()
