"""The name an upload keeps for people: no folders, no invisible or reserved characters, the ending of its kind."""

import unicodedata

from keshi_web.common.personal_numbers import hidden_in
from keshi_web.files.kinds import Kind

LONGEST = 100
_RESERVED = frozenset('<>:"|?*\\/%;')


def clean_name(name: str | None) -> str:
    """The last part of a path, in NFC, without control, format and reserved characters; never empty.

    Format characters go because U+202E shows “exe.pdf” for a name that ends in .exe; numbers of persons go because
    the name stands open in the database and in messages.
    """
    last = unicodedata.normalize("NFC", name or "").replace("\\", "/").rpartition("/")[2]
    last = hidden_in(last)
    kept = "".join(
        character
        for character in last
        if character not in _RESERVED
        and unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    )
    stem, dot, ending = " ".join(kept.split()).strip(". ").rpartition(".")
    if not dot:
        return (ending or "file")[:LONGEST]
    return f"{stem[: LONGEST - len(ending[:10]) - 1]}.{ending[:10]}"


def with_suffix(name: str, kind: Kind) -> str:
    """The cleaned name with the ending of what the content is."""
    stem, dot, ending = name.rpartition(".")
    if dot and f".{ending.lower()}" in (kind.suffix, *_ALSO.get(kind.suffix, ())):
        return name
    return f"{stem if dot and len(ending) <= 5 else name}{kind.suffix}"


_ALSO = {".jpg": (".jpeg", ".jfif")}
