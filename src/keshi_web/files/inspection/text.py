"""Tables and notes as plain text: an encoding that is known, no control characters, no markup."""

import re

from django.utils.translation import gettext as _

from keshi_web.common.errors import Invalid

_MARKUP = (
    (re.compile(rb"<\s*(?:\w+:)?svg\b", re.I), "SVG"),
    (re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|script|iframe|object|embed|meta)\b", re.I), "HTML"),
    (re.compile(rb"\A\s*<\?(?:xml|php|=)", re.I), "XML"),
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")


def markup(data: bytes) -> str | None:
    """The name of the markup language that the data is written in or contains, or None."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    return next((language for pattern, language in _MARKUP if pattern.search(data)), None)


def check(data: bytes, name: str) -> None:
    """Refuse what no editor would show as plain text in UTF-8 or GB 18030.

    Raises:
        Invalid: markup, control characters or another encoding.
    """
    if language := markup(data):
        raise Invalid(
            _("“%(name)s”中含有 %(language)s 代码。请删去代码，只保留文字和数据后重新上传。")
            % {"name": name, "language": language}
        )
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            decoded = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(decoded):
            return
        break
    raise Invalid(
        _("“%(name)s”不是 UTF-8 或 GBK 编码的文本。请在 Excel、WPS 或记事本中另存后重新上传。")
        % {"name": name}
    )
