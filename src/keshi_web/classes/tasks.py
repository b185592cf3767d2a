"""Jobs of the classes app."""

from procrastinate.contrib.django import app

from keshi_web.classes.models import RosterImport
from keshi_web.classes.services import daily, roster


@app.periodic(cron="5 0 * * *")
@app.task(queueing_lock="classes.daily", pass_context=False)
def run_daily(timestamp: int) -> None:
    """Shortly after midnight: classes start and end."""
    daily.run()


@app.task(name="classes.read_roster", retry=3)
def read_roster(import_id: str) -> None:
    """Read a large roster file; one that was given up meanwhile is left alone."""
    made = RosterImport.objects.select_related("filing__scheme_version", "source").get(pk=import_id)
    if made.state == RosterImport.State.READING:
        roster.read(made)
