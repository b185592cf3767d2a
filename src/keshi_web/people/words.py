"""The fixed words of the vault: proofs of identity, purposes of a read, and what a scheme calls categories."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from keshi_web.common.vocabulary import choices


class Proof(models.TextChoices):
    """The paper an identity number stands on; all have 18 characters and the same check."""

    RESIDENT = "resident-id", _("居民身份证")
    HONG_KONG = "hk-permit", _("港澳台居民居住证（香港）")
    MACAU = "macau-permit", _("港澳台居民居住证（澳门）")
    TAIWAN = "taiwan-permit", _("港澳台居民居住证（台湾）")
    FOREIGN = "foreign-card", _("外国人永久居留身份证")

    @classmethod
    def of(cls, id_number: str) -> "Proof":
        """The paper, by the beginning of a sound number."""
        by_region = {"81": cls.HONG_KONG, "82": cls.MACAU, "83": cls.TAIWAN}
        return cls.FOREIGN if id_number[0] == "9" else by_region.get(id_number[:2], cls.RESIDENT)


class Field(models.TextChoices):
    """What of a person is sealed and can be read."""

    NAME = "name", _("姓名")
    ID_NUMBER = "id_number", _("证件号码")
    PHONE = "phone", _("手机号码")
    ACCOUNT = "bank_account", _("银行账号")


class Purpose(models.TextChoices):
    """Why somebody reads. There is no "other": what fits none of these is no reason."""

    FILING = "filing", _("开班备案审核")
    REVIEW = "review", _("补贴审核")
    PAYMENT = "payment", _("资金拨付")
    CHECK = "spot-check", _("抽查回访")
    OBJECTION = "objection", _("公示异议复核")
    TIP_OFF = "tip-off", _("举报核查")
    CORRECTION = "correction", _("信息更正")
    AUDIT = "audit", _("审计")
    OWN = "own", _("本人查询")


CASES = {"filing": _("开班备案"), "search:people": _("人员查找"), "own:data": _("本人查询")}
"""What a case is called, by the kind before its number or by its whole key."""


class Act(models.TextChoices):
    """How somebody read."""

    REVEAL = "reveal", _("查看")
    SEARCH = "search", _("查找")
    PAPER = "paper", _("查看证明材料")
    EXPORT = "export", _("导出")


def categories() -> list[tuple[str, str]]:
    """Identity categories (trainee.category)."""
    return choices("trainee.category")


BY_WORK = frozenset({"employee", "dispatched", "platform-worker", "domestic-service", "other"})
"""Categories that the work itself shows, or that claim nothing; every other one stands on a paper of its own."""


def relations() -> list[tuple[str, str]]:
    """Employment relations (trainee.relation)."""
    return choices("trainee.relation")


class Turn(models.TextChoices):
    """What happened to a record of the vault."""

    PHONE = "phone", _("手机号码变更")
    ACCOUNT = "account", _("银行账户变更")
    NAME = "name", _("姓名更正")
    USER = "user", _("关联本人账号")
    CATEGORY = "category", _("人员类别变更")
    WORK = "work", _("用工关系变更")
    MERGED = "merged", _("并入另一记录")
    ERASED = "erased", _("身份信息已删除")
