"""What is wrong with an input, said so that a person can mend it: what, where, the value found, what to do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from keshi.messages import Lang, message


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong.

    `code` is a key of the message catalogue, `where` the place as the user knows it (file:line:column,
    JSON path, or sheet and cell), `value` what was found there (already masked where it is personal).
    """

    code: str
    where: str = ""
    value: str | None = None
    params: Mapping[str, object] = field(default_factory=dict)
    excerpt: str = ""

    def text(self, lang: Lang = "zh") -> str:
        """The sentence alone, without place and value."""
        return message(self.code, lang, **self.params)

    def line(self, lang: Lang = "zh") -> str:
        """Place, sentence and value in one line, with the excerpt (formula and caret) below it if there is one."""
        place = f"{self.where}: " if self.where else ""
        found = "" if self.value is None else message("found-value", lang, value=self.value)
        below = f"\n{self.excerpt}" if self.excerpt else ""
        return f"{place}{self.text(lang)}{found}{below}"


class BadInput(Exception):
    """The input cannot be used; carries every problem found, not only the first."""

    def __init__(self, problems: Iterable[Problem] | Problem) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(p.line("en") for p in self.problems))
