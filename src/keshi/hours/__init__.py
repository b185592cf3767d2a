"""From watching to credited minutes: rules that a script calling the page's own heartbeat cannot cheat.

`credit_events` credits a log, `Machine` one input at a time, `class_hours` turns minutes into 课时.
"""

from keshi.hours.credit import Answer, Challenge, Outcome, Row
from keshi.hours.decode import decode_events
from keshi.hours.draws import Draw, keyed_draw, recorded_draw
from keshi.hours.machine import Machine
from keshi.hours.replay import Credited, Day, EventAnswer, credit_events, local_time, replay, with_record
from keshi.hours.rounding import class_hours
from keshi.hours.rules import Rules
from keshi.hours.state import State

__all__ = [
    "Answer",
    "Challenge",
    "Credited",
    "Day",
    "Draw",
    "EventAnswer",
    "Machine",
    "Outcome",
    "Row",
    "Rules",
    "State",
    "class_hours",
    "credit_events",
    "decode_events",
    "keyed_draw",
    "local_time",
    "recorded_draw",
    "replay",
    "with_record",
]
