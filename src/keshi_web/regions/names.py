"""Names of divisions: their parts, and English from pinyin and the established names of data/names.toml."""

import tomllib
from functools import cache
from importlib.resources import files

from pypinyin import lazy_pinyin


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads((files(__package__) / "data" / "names.toml").read_text(encoding="utf-8"))


def parts(name: str) -> tuple[str, list[str], str]:
    """Stem, peoples and ending: 乳源瑶族自治县 → 乳源, [瑶族], 自治县. A single character keeps its ending (歙县)."""
    ending = next((end for end in _words()["endings"] if name.endswith(end) and len(name) > len(end)), "")
    stem = name.removesuffix(ending)
    if len(stem) == 1 and ending in ("县", "区"):
        return name, [], ending
    peoples: list[str] = []
    while ending.startswith("自治") and (people := _last_people(stem)):
        stem = stem.removesuffix(people)
        peoples.insert(0, people)
    return stem, peoples, ending


def english_name(name: str) -> str:
    """The name as maps in English have it: 武江区 → Wujiang District, 乳源瑶族自治县 → Ruyuan Yao Autonomous County."""
    words = _words()
    if name in words["names"]:
        return words["names"][name]
    stem, peoples, ending = parts(name)
    nations = ", ".join(words["peoples"][people] for people in peoples)
    if ", " in nations:
        nations = " and ".join(nations.rsplit(", ", 1))
    return " ".join(part for part in (_pinyin(stem), nations, words["endings"].get(ending, "")) if part)


def _last_people(stem: str) -> str:
    found = [people for people in _words()["peoples"] if stem.endswith(people) and stem != people]
    return max(found, key=len, default="")


def _pinyin(text: str) -> str:
    """One capitalised word, with an apostrophe before a syllable that begins with a vowel (Xi'an)."""
    word = ""
    for syllable in lazy_pinyin(text):
        word += ("'" if word and syllable[0] in "aeo" else "") + syllable
    return word.capitalize().replace("v", "ü")
