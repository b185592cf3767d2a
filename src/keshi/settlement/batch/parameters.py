"""The parameters of a scheme in SQL."""

from fractions import Fraction

from keshi.scheme import Scheme, parameter_value
from keshi.scheme.model import Parameter
from keshi.settlement.batch.arithmetic import Arithmetic
from keshi.settlement.batch.lists import texts
from keshi.settlement.batch.sql import Compiled, Number, Whole, constant, fixed_date, literal


def parameters(scheme: Scheme, starts_on: Compiled, arithmetic: Arithmetic) -> dict[str, Compiled]:
    """Every parameter; one with dated values by the day the class starts."""
    return {
        name: _parameter(parameter, starts_on, arithmetic)
        for name, parameter in scheme.file.parameters.items()
    }


def _parameter(parameter: Parameter, starts_on: Compiled, arithmetic: Arithmetic) -> Compiled:
    if parameter.day is not None:
        return fixed_date(parameter.day)
    if parameter.regions:
        return texts(tuple(parameter.regions), arithmetic)
    if parameter.value is not None:
        value = parameter_value(parameter, None)
        assert isinstance(value, int | Fraction)  # checked when the scheme was loaded
        return Compiled(number=constant(value))
    periods = sorted(parameter.dated, key=lambda period: period.since, reverse=True)
    values = [parameter_value(parameter, period.since) for period in periods]
    alike = arithmetic.alike([constant(value) for value in values if isinstance(value, int | Fraction)])
    assert alike is not None  # constants have no denominators
    unit, wholes = alike
    cases = "".join(
        f" when {starts_on.sql} >= {literal(period.since)} then {whole.low}"
        for period, whole in zip(periods, wholes, strict=True)
    )
    sql = f"cast((case{cases} end) as bigint)"
    early = f"coalesce({starts_on.sql} < {literal(periods[-1].since)}, true)"
    number = Number(Whole(sql, min(w.low for w in wholes), max(w.high for w in wholes)), unit)
    return Compiled(null=early, number=number)
