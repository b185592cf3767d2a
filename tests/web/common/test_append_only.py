"""The database refuses to edit what is append-only."""

import pgtrigger
import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import isolate_apps

from keshi_web.common.append_only import append_only


@pytest.fixture
def tables(db):
    """A table where nothing may change, and one where the delivery time may."""
    known = {uri for _, trigger in pgtrigger.registered() for uri in [trigger]}
    with isolate_apps("keshi_web.common"):

        @append_only
        class Line(models.Model):
            text = models.TextField()

            class Meta:
                app_label = "common"

        @append_only(except_columns=("delivered",))
        class Letter(models.Model):
            text = models.TextField()
            delivered = models.BooleanField(default=False)

            class Meta:
                app_label = "common"

        ours = [(model, trigger) for model, trigger in pgtrigger.registered() if model in (Line, Letter)]
        with connection.schema_editor() as editor:
            editor.create_model(Line)
            editor.create_model(Letter)
        for model, trigger in ours:
            trigger.install(model)
        yield Line, Letter
        for model, trigger in ours:
            trigger.unregister(model)
    assert known == {trigger for _, trigger in pgtrigger.registered()}


def test_a_line_cannot_be_changed_or_removed(tables):
    line, _ = tables
    entry = line.objects.create(text="一")
    for act in (
        lambda: line.objects.update(text="二"),
        lambda: line.objects.update(text="一"),
        entry.delete,
        lambda: connection.cursor().execute("truncate common_line"),
    ):
        with pytest.raises(IntegrityError, match=r"只能追加.*append-only"), transaction.atomic():
            act()
    assert line.objects.get().text == "一"


def test_a_column_may_be_left_open(tables):
    _, letter = tables
    letter.objects.create(text="一")
    assert letter.objects.update(delivered=True) == 1
    with pytest.raises(IntegrityError, match="只能追加"), transaction.atomic():
        letter.objects.update(text="二")
    with pytest.raises(IntegrityError, match="只能追加"), transaction.atomic():
        letter.objects.all().delete()
