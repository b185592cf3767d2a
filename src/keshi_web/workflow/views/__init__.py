"""Pages of the workflow: the queue, decisions, messages."""

from keshi_web.workflow.views.decide import act, assign, bulk
from keshi_web.workflow.views.inbox import deliveries, inbox, open_message, preferences, read_all, send_again
from keshi_web.workflow.views.queue import done, queue, under_way

__all__ = [
    "act",
    "assign",
    "bulk",
    "deliveries",
    "done",
    "inbox",
    "open_message",
    "preferences",
    "queue",
    "read_all",
    "send_again",
    "under_way",
]
