"""Jobs of accounts. Cron counts in UTC: 18:15 is a quarter past two in the morning in China."""

from procrastinate.contrib.django import app

from keshi_web.accounts import attempts


@app.periodic(cron="15 18 * * *")
@app.task(name="accounts.forget_attempts", queueing_lock="accounts.forget_attempts", pass_context=False)
def forget_attempts(timestamp: int) -> None:
    """Counters of windows long past are removed: they name addresses."""
    attempts.remove_old()
