"""What the workflow app keeps: processes with their timelines, clocks, messages on their way."""

from keshi_web.workflow.models.clocks import ClockEvent, ClockRun
from keshi_web.workflow.models.messages import Channel, Delivery, Message, Preference, Wish
from keshi_web.workflow.models.process import Entry, Process, ProcessQuerySet, Serial

__all__ = [
    "Channel",
    "ClockEvent",
    "ClockRun",
    "Delivery",
    "Entry",
    "Message",
    "Preference",
    "Process",
    "ProcessQuerySet",
    "Serial",
    "Wish",
]
