"""Learning events of a case credited to minutes before anything is settled."""

from dataclasses import replace
from typing import cast

from keshi.case import Case
from keshi.expression.evaluate import plain
from keshi.hours import credit_events


def credited(case: Case) -> Case:
    """The case with the confirmed minutes of every trainee who came with events.

    Raises BadInput with the place of an event that cannot be read.
    """
    if not any(trainee.events is not None for trainee in case.trainees):
        return case
    trainees = []
    for trainee in case.trainees:
        if trainee.events is not None:
            where = case.place(f"{trainee.path}.events")
            minutes = plain(
                credit_events(
                    cast("list[dict[str, object]]", list(trainee.events)), where=where
                ).confirmed_minutes
            )
            trainee = replace(trainee, facts={**trainee.facts, "trainee.minutes": minutes})
        trainees.append(trainee)
    return replace(case, trainees=trainees)
