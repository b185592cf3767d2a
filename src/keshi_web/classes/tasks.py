"""Jobs of the classes app."""

from procrastinate.contrib.django import app

from keshi_web.classes.services import daily, roster, storing


# Five past midnight in China: the worker's cron counts in UTC.
@app.periodic(cron="5 16 * * *")
@app.task(name="classes.daily", queueing_lock="classes.daily", pass_context=False)
def run_daily(timestamp: int) -> None:
    """Shortly after midnight: classes start and end."""
    daily.run()


@app.task(name="classes.read_roster", retry=3)
def read_roster(import_id: str) -> None:
    """Read a large roster file."""
    roster.read(import_id)


@app.task(name="classes.store_roster", retry=3)
def store_roster(import_id: str) -> None:
    """Put a large roster on a class."""
    storing.go_on(import_id)
