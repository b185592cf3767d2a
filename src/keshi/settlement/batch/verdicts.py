"""The outcomes of rules in bits, and where formulas would raise."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from keshi.settlement.batch.sql import Compiled, Fault

RULES_PER_WORD = 31
"""Two bits a rule (failed, unknown) in 63 bits."""


@dataclass(slots=True)
class Verdicts:
    """The outcomes of rules, two bits each, in as many integers as it takes."""

    rules: list[str] = field(default_factory=list)
    bits: list[tuple[int, str]] = field(default_factory=list)
    """(place of the bit, condition that is never NULL)"""

    def add(self, rule: str, failed: str = "false", unknown: str = "false") -> None:
        """A rule with the conditions of the two outcomes that keep a person from the money."""
        place = 2 * len(self.rules)
        self.rules.append(rule)
        self.bits += [(at, when) for at, when in ((place, failed), (place + 1, unknown)) if when != "false"]

    def words(self) -> list[str]:
        """The integers in SQL."""
        words = -(-len(self.rules) // RULES_PER_WORD) or 1
        found = []
        for word in range(words):
            first = word * 2 * RULES_PER_WORD
            terms = [
                f"(case when {when} then {1 << (place - first)} else 0 end)"
                for place, when in self.bits
                if first <= place < first + 2 * RULES_PER_WORD
            ]
            found.append(f"cast({' + '.join(terms) or '0'} as bigint)")
        return found

    def read(self, words: Iterable[int]) -> tuple[list[str], list[str]]:
        """The rules that failed and those that are unknown, in their order."""
        failed, unknown = [], []
        for number, word in enumerate(words):
            for place, rule in enumerate(self.rules[number * RULES_PER_WORD : (number + 1) * RULES_PER_WORD]):
                if word >> (2 * place) & 1:
                    failed.append(rule)
                if word >> (2 * place) & 2:
                    unknown.append(rule)
        return failed, unknown


@dataclass(slots=True)
class Faults:
    """Where formulas would raise, by formula."""

    found: list[tuple[str, Fault]] = field(default_factory=list)

    def add(self, text: str, compiled: Compiled, guard: str = "true") -> None:
        self.found += [(text, fault) for fault in compiled.within(guard)]

    def word(self) -> str:
        """The number of the first fault of a row from 1, 0 for none."""
        cases = "".join(f" when {fault.when} then {n}" for n, (_, fault) in enumerate(self.found, 1))
        return f"(case{cases} else 0 end)" if cases else "0"
