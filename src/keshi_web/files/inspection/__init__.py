"""What a file is, by its content, and whether it is harmless; a picture is made anew."""

from pathlib import Path
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from keshi_web.common.errors import Invalid
from keshi_web.files import kinds
from keshi_web.files.inspection import office, pdf, picture, text
from keshi_web.files.kinds import Kind

__all__ = ["Inspected", "inspect"]


class Inspected(NamedTuple):
    """A file that may be kept: its kind and, where it was made anew, the new content."""

    kind: Kind
    content: bytes | None = None


def inspect(path: Path, name: str, allowed: frozenset[Kind]) -> Inspected:
    """Decide the kind of a received file by its content and refuse what is not allowed or not harmless.

    `name` is the cleaned name: it appears in messages, and its ending tells a table from a text, which
    nothing in their content does.

    Raises:
        Invalid: another kind, too large, damaged, or made to harm whoever opens it.
    """
    with path.open("rb") as file:
        start = file.read(1024)
    if not start.strip(b"\0 \r\n\t"):
        raise Invalid(_("“%(name)s”是空文件，请检查是否选错文件。") % {"name": name})
    kind = _kind(start, path, name, allowed)
    if kind not in allowed:
        raise _other_kind(name, kind.label, allowed)
    if path.stat().st_size > kind.most_bytes:
        raise Invalid(
            _("“%(name)s”超过 %(most)d MB。请压缩或分成几个文件后重新上传。")
            % {"name": name, "most": kind.most_bytes // kinds.MIB}
        )
    if kind is kinds.PDF:
        pdf.check(path.read_bytes(), name)
    elif kind in kinds.PICTURES:
        return Inspected(kind, picture.made_anew(path, name, kind))
    elif kind in kinds.TEXTS:
        text.check(path.read_bytes(), name)
    else:
        office.check(path.read_bytes(), name, kind)
    return Inspected(kind)


def _kind(start: bytes, path: Path, name: str, allowed: frozenset[Kind]) -> Kind:
    if start.startswith(b"%PDF-"):
        return kinds.PDF
    if start.startswith(b"\xff\xd8\xff"):
        return kinds.JPEG
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return kinds.PNG
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return kinds.WEBP
    if start.startswith(b"PK"):
        kind = office.kind_of(path)
        if kind is None:
            raise _other_kind(name, _("压缩包"), allowed)
        return kind
    for magic, label in kinds.REFUSED:
        if start.startswith(magic):
            raise _other_kind(name, label, allowed)
    if (markup := text.markup(start)) is not None:
        raise _other_kind(name, markup, allowed)
    for kind in kinds.TEXTS:
        if name.lower().endswith(kind.suffix) and b"\0" not in start:
            return kind
    raise _other_kind(name, _("无法识别的类型"), allowed)


def _other_kind(name: str, found: str | Promise, allowed: frozenset[Kind]) -> Invalid:
    names = "、".join(sorted(str(kind.label) for kind in allowed))
    return Invalid(
        _("“%(name)s”的内容是%(found)s，不能上传（以内容为准，与扩展名无关）。请改传：%(allowed)s。")
        % {"name": name, "found": found, "allowed": names}
    )
