"""What the list of filings shows, filters, searches and sorts by, one narrow row for each filing.

The database itself keeps it (triggers in the migrations of `config`, where the table lives): nobody writes it. A list
of a hundred thousand filings reads some megabytes of it instead of joining wide tables, and row-level security,
under which no search index may serve, costs little on it. docs/decisions/0007 tells more.
"""

from django.db import models

from keshi_web.accounts.actor import Actor
from keshi_web.classes.models import Filing
from keshi_web.classes.workflow import FILING
from keshi_web.organisations.models import Organisation
from keshi_web.workflow.table import State


class FilingLineQuerySet(models.QuerySet["FilingLine"]):
    """Lines, always asked for on behalf of somebody."""

    def visible_to(self, actor: Actor) -> "FilingLineQuerySet":
        """Those of the actor's jurisdiction, once an office had them, or of their organisation."""
        if actor.office is not None:
            return self.filter(path__under=actor.office.path, received=True)
        if actor.organisation_id is not None:
            return self.filter(organisation_id=actor.organisation_id)
        return self.none()

    def holding(self, text: str) -> "FilingLineQuerySet":
        """Those with every word of a text in number, project or organisation's name."""
        found = self
        for word in text.lower().split():
            found = found.filter(text__contains=word)
        return found


class FilingLine(models.Model):
    """A filing as lists show it."""

    filing = models.OneToOneField(Filing, on_delete=models.DO_NOTHING, primary_key=True, related_name="line")
    number = models.CharField(max_length=40)
    path = models.CharField(max_length=200)
    received = models.BooleanField()
    state = models.CharField(max_length=20)
    due_on = models.DateField(null=True)
    suspended = models.BooleanField()
    organisation = models.ForeignKey(Organisation, on_delete=models.DO_NOTHING, related_name="+")
    organisation_name = models.CharField(max_length=120)
    pinyin = models.CharField(max_length=400)
    project = models.CharField(max_length=120)
    training_type = models.CharField(max_length=30)
    head_count = models.PositiveIntegerField()
    estimate = models.BigIntegerField(null=True)
    starts_on = models.DateField(null=True)
    text = models.TextField()
    """Number, project and organisation's name in small letters, for the search."""

    objects = FilingLineQuerySet.as_manager()

    class Meta:
        app_label = "config"
        db_table = "classes_filingline"
        managed = False

    def __str__(self) -> str:
        return f"{self.number} {self.project}"

    @property
    def state_shown(self) -> State:
        """Its state with label and tone."""
        return FILING.by_state[self.state]
