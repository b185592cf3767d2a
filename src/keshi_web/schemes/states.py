"""The life of a scheme's version and of a fact declared for a region."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a version stands. A published one judges classes; a superseded or withdrawn one judges no new ones."""

    DRAFT = "draft", _("草稿")
    CHECKED = "checked", _("已核对")
    APPROVED = "approved", _("已批准")
    PUBLISHED = "published", _("已发布")
    SUPERSEDED = "superseded", _("已被替代")
    WITHDRAWN = "withdrawn", _("已撤回")


STEPS = [
    (State.DRAFT, State.CHECKED),
    (State.DRAFT, State.WITHDRAWN),
    (State.CHECKED, State.APPROVED),
    (State.CHECKED, State.WITHDRAWN),
    (State.APPROVED, State.PUBLISHED),
    (State.APPROVED, State.WITHDRAWN),
    (State.PUBLISHED, State.SUPERSEDED),
    (State.PUBLISHED, State.WITHDRAWN),
]
"""Every step there is; the database refuses any other."""

OPEN = (State.DRAFT, State.CHECKED, State.APPROVED)
"""Not yet in force."""
AGREED = (State.APPROVED, State.PUBLISHED, State.SUPERSEDED)
"""A second person has approved it."""
SEEN = (State.PUBLISHED, State.SUPERSEDED, State.WITHDRAWN)
"""Once public, and public for good: what judged a class stays readable."""


class Decision(models.TextChoices):
    """What the second person said to a declared fact."""

    OPEN = "open", _("待批准")
    APPROVED = "approved", _("已生效")
    REFUSED = "refused", _("不予批准")


DECISIONS = [(Decision.OPEN, Decision.APPROVED), (Decision.OPEN, Decision.REFUSED)]
