"""Jobs: sending messages out with growing pauses between attempts, and the morning's reminders."""

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from keshi_web.workflow import delivery, escalation, sms

ATTEMPTS = 6
PAUSE = 5
"""Seconds to the power of the attempt: 5 s, 25 s, 2 min, 10 min, 52 min."""


@app.task(
    name="workflow.deliver",
    queue="messages",
    pass_context=True,
    retry=RetryStrategy(max_attempts=ATTEMPTS - 1, exponential_wait=PAUSE, retry_exceptions=(sms.NotSent,)),
)
def deliver(context: JobContext, *, delivery_id: int) -> None:
    """Send one delivery; after the last attempt it is marked as failed."""
    try:
        delivery.send(delivery_id)
    except sms.NotSent:
        if context.job is not None and context.job.attempts >= ATTEMPTS - 1:
            delivery.give_up(delivery_id)
            return
        raise


# Half past seven in China: the worker's cron counts in UTC.
@app.periodic(cron="30 23 * * *")
@app.task(name="workflow.escalate", queueing_lock="workflow.escalate", pass_context=False)
def escalate(timestamp: int) -> None:
    """The morning's reminders; on days that are not worked, none."""
    escalation.remind()
