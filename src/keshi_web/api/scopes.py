"""What a token may be used for."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """One kind of use; a token has those its maker ticked."""

    ORGANISATION_READ = "organisation:read", _("读取本单位信息")
    CATALOGUE_READ = "catalogue:read", _("读取政策、平台、课程、职业和教师")
    FILINGS_READ = "filings:read", _("读取备案、状态、核验结果和文书")
    FILINGS_WRITE = "filings:write", _("填报、提交、撤回备案和申请变更")
    ROSTER_WRITE = "roster:write", _("录入和移除培训人员")
    MESSAGES_READ = "messages:read", _("读取消息")
