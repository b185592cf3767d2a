"""Jobs that keep the service itself in order. Cron counts in UTC: 18:00 is two in the morning in China."""

import structlog
from django.conf import settings
from django.core.management import call_command
from procrastinate.contrib.django import app

log = structlog.get_logger("keshi.jobs")
SILENT = 60
"""Seconds without a sign after which a worker is dead and its job is given to another."""


@app.periodic(cron="* * * * *")
@app.task(name="config.retry_stalled", queueing_lock="config.retry_stalled", pass_context=False)
async def retry_stalled(timestamp: int) -> None:
    """Jobs of a killed worker run again: every job must bear that."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT):
        log.warning("stalled job runs again", task=job.task_name, job=job.id)
        await app.job_manager.retry_job(job)


@app.periodic(cron="0 18 * * *")
@app.task(name="config.forget", queueing_lock="config.forget", pass_context=False)
def forget(timestamp: int) -> None:
    """Ended sessions and old sign-in attempts are removed."""
    call_command("clearsessions")
    call_command("axes_reset_logs", age=settings.SIGN_IN_ATTEMPTS_KEPT, verbosity=0)
