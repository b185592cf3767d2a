"""Jobs of the interface."""

from datetime import timedelta

from procrastinate.contrib.django import app

from keshi_web.api.models import Answer
from keshi_web.common import clock

KEPT = timedelta(hours=24)
"""How long the answer to a request can be asked for again."""


@app.periodic(cron="20 * * * *")
@app.task(name="api.forget_answers", queueing_lock="api.forget_answers", pass_context=False)
def forget_answers(timestamp: int) -> int:
    """Every hour: answers past their time are removed; how many."""
    removed, _by_model = Answer.objects.filter(made_at__lt=clock.machine_now() - KEPT).delete()
    return removed
