"""The roles of the service and what sets each apart.

A role says what a person does; an office or an organisation where.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Every role there is."""

    CLERK = "clerk", _("经办人员")
    SECTION_LEADER = "section-leader", _("科室负责人")
    BUREAU_LEADER = "bureau-leader", _("分管领导")
    EVALUATOR = "evaluator", _("评估中心人员")
    FINANCE_MAKER = "finance-maker", _("财务经办")
    FINANCE_CHECKER = "finance-checker", _("财务复核")
    AUDITOR = "auditor", _("审计人员")
    PROVIDER_ADMIN = "provider-admin", _("单位管理员")
    TRAINING_ADMIN = "training-admin", _("培训管理员")
    PLATFORM_OPERATOR = "platform-operator", _("平台运营人员")
    TRAINEE = "trainee", _("学员")
    SYSADMIN = "sysadmin", _("系统管理员")


LEADERS = frozenset({Role.SECTION_LEADER, Role.BUREAU_LEADER})
"""Who decides."""
REVIEWERS = frozenset({Role.CLERK, *LEADERS})
"""Who reviews a case at a bureau."""
FINANCE = frozenset({Role.FINANCE_MAKER, Role.FINANCE_CHECKER})
OFFICE_ROLES = frozenset({*REVIEWERS, *FINANCE, Role.EVALUATOR, Role.AUDITOR})
"""Held at an office of the bureau, over its part of the region tree."""
PROVIDERS = frozenset({Role.PROVIDER_ADMIN, Role.TRAINING_ADMIN})
ORGANISATION_ROLES = frozenset({*PROVIDERS, Role.PLATFORM_OPERATOR})
"""Held at an organisation, over what is its own."""
SECOND_FACTOR = frozenset({*OFFICE_ROLES, Role.SYSADMIN})
"""Sign in with a second factor."""
