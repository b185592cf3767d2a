"""Time limits that a notice sets, as the clocks of a process."""

from datetime import date

from keshi.scheme import Scheme
from keshi_web.workflow.table import ClockSpec, Side


def clock_of(
    scheme: Scheme, duty_of: Side, *, last_day: date | None = None, **wanted: str
) -> ClockSpec | None:
    """The notice's first clock whose parts are as wanted (`id`, `stage`, `event`); None where it sets none.

    It runs for the notice's span, or until `last_day` where the case itself names the day (a promised date).
    """
    for rule in scheme.file.clocks:
        if any(getattr(rule, part) != value for part, value in wanted.items()):
            continue
        named = (rule.id, rule.text.zh, rule.text.en, rule.clause, duty_of)
        if last_day is not None:
            return ClockSpec(*named, last_day=last_day)
        if (span := rule.within) is not None:
            return ClockSpec(*named, workdays=span.workdays, days=span.days, months=span.months)
    return None
