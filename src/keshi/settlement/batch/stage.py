"""Building one SELECT in layers: columns that later ones use, and small tables joined to them."""

import re
from dataclasses import dataclass, field

_WORD = re.compile(r"\b[a-z]\w*\b")
_LITERALS = ("true", "false", "null")


@dataclass(slots=True)
class _Level:
    columns: dict[str, str] = field(default_factory=dict)
    joins: list[str] = field(default_factory=list)


class Stage:
    """A SELECT being built over a source with known columns.

    Every computed column gets a name that starts with the stage's prefix and stands one layer above the columns it
    names, so that no layer uses an alias of its own (engines disagree about those).
    """

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.depth: dict[str, int] = {}
        self.levels: list[_Level] = []
        self._made: dict[str, str] = {}

    def source(self, *names: str) -> None:
        """Columns that the source brings."""
        for name in names:
            self.depth.setdefault(name, 0)

    def column(self, sql: str, hint: str = "") -> str:
        """The name of a column with this value; the same text is computed once, a column is itself."""
        if _WORD.fullmatch(sql) and sql not in _LITERALS:
            return sql
        known = self._made.get(sql)
        if known is None:
            known = self._made[sql] = self._name(hint, self._below(sql))
            self._level(self.depth[known]).columns[known] = sql
        return known

    def join(self, table: str, on: dict[str, str], take: str, *, total: bool = False) -> str:
        """The column `take` of a small table whose keys are unique, NULL where no row of it fits.

        `total`: a row always fits, so an inner join does, which engines run faster over small whole numbers.
        """
        keys = sorted(on.items())
        text = f"{table}({keys}).{take}"
        known = self._made.get(text)
        if known is None:
            depth = max(self._below(sql) for _, sql in keys)
            alias = self._made.get(f"{table}({keys})")
            if alias is None:
                alias = self._made[f"{table}({keys})"] = f"j{self.prefix}{len(self._made)}"
                fits = " and ".join(f"{alias}.{key} = {sql}" for key, sql in keys)
                self._level(depth + 1).joins.append(
                    f"{'' if total else 'left '}join {table} {alias} on {fits}"
                )
            known = self._made[text] = self._name(take, depth)
            self._level(self.depth[known]).columns[known] = f"{alias}.{take}"
        return known

    def select(self, source: str, columns: dict[str, str]) -> str:
        """The whole query: `columns` by name over everything built so far."""
        query = source
        for level in self.levels:
            wanted = "".join(f", {sql} as {name}" for name, sql in level.columns.items())
            joins = "".join(f" {join}" for join in level.joins)
            query = f"select s.*{wanted} from ({query}) s{joins}"
        chosen = ", ".join(f"{sql} as {name}" for name, sql in columns.items())
        return f"select {chosen} from ({query}) s"

    def _name(self, hint: str, below: int) -> str:
        clean = re.sub(r"\W", "_", hint.lower(), flags=re.ASCII)
        name = f"{self.prefix}{len(self.depth)}_{clean}".rstrip("_")
        self.depth[name] = below + 1
        return name

    def _below(self, sql: str) -> int:
        return max((self.depth.get(word, 0) for word in _WORD.findall(sql)), default=0)

    def _level(self, depth: int) -> _Level:
        while len(self.levels) < depth:
            self.levels.append(_Level())
        return self.levels[depth - 1]
