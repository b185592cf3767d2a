"""Facts that are computed from others: the size of an enterprise, the major group, the day of the claim."""

from typing import Any

from keshi.scheme import Scheme
from keshi.settlement.batch.compile import Compiler
from keshi.settlement.batch.engine import Engine
from keshi.settlement.batch.sql import Compiled, Number, Whole, literal, of
from keshi.sme import SIZES, find_industry

_INDICATORS = ("employees", "revenue_wan", "assets_wan")
_BOUND = 10**9
_NOT_LISTED = 9


def derived(compiler: Compiler, scheme: Scheme, engine: Engine) -> dict[str, Compiled]:
    """The derived facts of a class by name, as the row engine derives them."""
    names = compiler.names
    found = {
        "as_of": Compiled(sql="f_as_of"),
        "scheme.region": Compiled(sql=literal(scheme.file.region), fixed=scheme.file.region),
        "class.claim_date": _claim_date(names.get("class.claimed_on")),
    }
    if "class.occupation" in names:
        found["class.major_group"] = _major_group(names["class.occupation"])
    if "organisation.industry" in names:
        found["organisation.size"] = _size(compiler, engine)
    return found


def _claim_date(claimed: Compiled | None) -> Compiled:
    if claimed is None or claimed.null == "true":
        return Compiled(sql="f_as_of")
    return Compiled(sql=f"coalesce({claimed.sql}, f_as_of)")


def _major_group(occupation: Compiled) -> Compiled:
    first = f"substr({occupation.sql}, 1, 1)"
    digits = ", ".join(literal(str(digit)) for digit in range(10))
    sql = f"(case when {first} in ({digits}) then cast({first} as bigint) end)"
    return Compiled(null=f"({sql} is null)", number=Number(Whole(sql, 0, 9)))


def _size(compiler: Compiler, engine: Engine) -> Compiled:
    """The lowest size over the indicators that the industry lists; micro settles it though another is missing."""
    industry = compiler.names["organisation.industry"]
    if industry.null == "true":
        return Compiled(sql="cast(null as varchar)", null="true")
    table = _industries(engine, industry)
    known = compiler.stage.join(table, {"industry": industry.sql}, "listed")
    places = []
    for indicator in _INDICATORS:
        value = compiler.names[f"organisation.{indicator}"]
        bounds = [
            compiler.stage.join(table, {"industry": industry.sql}, f"{indicator}_{size}")
            for size in SIZES[:3]
        ]
        reached = ""
        for place, bound in enumerate(bounds):
            a, b = compiler.arithmetic.sides(of(value), Number(Whole(bound, 0, _BOUND)))
            reached += f" when {a} >= {b} then {place}"
        missing = f" when {value.null} then -1" if value.null else ""
        listed = f"(case when {bounds[0]} is null then {_NOT_LISTED}{missing}{reached} else 3 end)"
        places.append(compiler.stage.column(listed, indicator))
    shown = "".join(f" when {place} = 3 then 'micro'" for place in places)
    shown += "".join(f" when {place} = -1 then null" for place in places)
    for number in (2, 1, 0):
        shown += "".join(f" when {place} = {number} then {literal(SIZES[number])}" for place in places)
    size = compiler.stage.column(f"(case when {known} is null then null{shown} end)", "size")
    return Compiled(sql=size, null=f"({size} is null)")


def _industries(engine: Engine, industry: Compiled) -> str:
    """A table of the industries that occur, as they are written, with the standard's bounds."""
    table = "industries"
    columns = {f"{indicator}_{size}": "bigint" for indicator in _INDICATORS for size in SIZES[:3]}
    rows: list[list[Any]] = []
    for (name,) in engine.run(f"select distinct {industry.sql} from ranked where {industry.sql} is not null"):
        row = find_industry(name)
        if row is not None:
            listed = [getattr(row, indicator) or (None, None, None) for indicator in _INDICATORS]
            rows.append([name, True, *(bound for bounds in listed for bound in bounds)])
    engine.run(f"drop table if exists {table}")
    engine.load(table, {"industry": "varchar", "listed": "boolean", **columns}, rows)
    return table


__all__ = ["derived"]
