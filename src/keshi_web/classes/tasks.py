"""Jobs of the classes app."""

from procrastinate.contrib.django import app

from keshi_web.classes.services import daily


@app.periodic(cron="5 0 * * *")
@app.task(queueing_lock="classes.daily", pass_context=False)
def run_daily(timestamp: int) -> None:
    """Shortly after midnight: classes start and end."""
    daily.run()
