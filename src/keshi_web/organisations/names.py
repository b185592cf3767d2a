"""Names of organisations as they are sorted and compared."""

import re
import unicodedata

from pypinyin import Style, lazy_pinyin

_NOISE = re.compile(r"[\W_]+")
_FORMS = re.compile(r"(股份有限责任公司|有限责任公司|股份有限公司|有限公司|公司)$")


def pinyin_of(name: str) -> str:
    """The name in pinyin without tones, for sorting where the database has no Chinese collation."""
    return " ".join(lazy_pinyin(name, style=Style.NORMAL, errors="default")).lower()[:400]


def name_key(name: str) -> str:
    """The name without spaces, punctuation, width differences and the legal form at its end.

    Two organisations of a region with the same key are shown to the clerk as possible duplicates.
    """
    plain = _NOISE.sub("", unicodedata.normalize("NFKC", name)).casefold()
    return _FORMS.sub("", plain) or plain
