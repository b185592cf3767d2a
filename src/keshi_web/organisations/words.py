"""The closed lists of an organisation: what it may be and in which state its registration stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a registration stands."""

    REGISTERED = "registered", _("已登记，待提交")
    SUBMITTED = "submitted", _("待核实")
    VERIFIED = "verified", _("已核实")
    REJECTED = "rejected", _("核实未通过")
    MERGED = "merged", _("已并入其他单位")
    CLOSED = "closed", _("已注销")


OPEN_STATES = frozenset({State.REGISTERED, State.SUBMITTED, State.VERIFIED, State.REJECTED})
"""The organisation exists and is nobody's duplicate."""


class LegalForm(models.TextChoices):
    """The form on the licence."""

    COMPANY = "company", _("公司")
    PARTNERSHIP = "partnership", _("合伙企业")
    SOLE_PROPRIETORSHIP = "sole-proprietorship", _("个人独资企业")
    INDIVIDUAL_BUSINESS = "individual-business", _("个体工商户")
    BRANCH = "branch", _("分支机构")
    COOPERATIVE = "cooperative", _("农民专业合作社")
    PUBLIC_INSTITUTION = "public-institution", _("事业单位")
    PRIVATE_NON_ENTERPRISE = "private-non-enterprise", _("民办非企业单位")
    SOCIAL_ORGANISATION = "social-organisation", _("社会团体")


LEGAL_PERSONS = frozenset(
    {LegalForm.COMPANY, LegalForm.COOPERATIVE, LegalForm.PUBLIC_INSTITUTION, LegalForm.SOCIAL_ORGANISATION}
)
"""Always an independent legal person (Civil Code, articles 57 to 100)."""
NO_LEGAL_PERSONS = frozenset(
    {LegalForm.PARTNERSHIP, LegalForm.SOLE_PROPRIETORSHIP, LegalForm.INDIVIDUAL_BUSINESS, LegalForm.BRANCH}
)
"""Never one. A private non-enterprise unit may be either; its certificate says which."""


class KindOf(models.TextChoices):
    """What an organisation does in training; it may do several."""

    ENTERPRISE = "enterprise", _("企业")
    INSTITUTION = "institution", _("培训机构")
    PLATFORM = "platform", _("线上平台")
    DISPATCH_AGENCY = "dispatch-agency", _("劳务派遣单位")
    BUREAU_SCHOOL = "bureau-school", _("人社部门所属院校")


FACT_KINDS: dict[KindOf, str] = {
    KindOf.ENTERPRISE: "enterprise",
    KindOf.INSTITUTION: "institution",
    KindOf.PLATFORM: "platform",
    KindOf.DISPATCH_AGENCY: "enterprise",
    KindOf.BUREAU_SCHOOL: "institution",
}
"""The value of the library's fact `organisation.kind`."""

CHECKS = {
    "licence": _("已核对营业执照或登记证书，与登记内容一致"),
    "legal-representative": _("已核对法定代表人（负责人）姓名"),
    "bank-account": _("已核对银行账户，户名与单位名称一致"),
}
"""What a clerk ticks before an organisation is verified."""

SIZES = {"large": _("大型"), "medium": _("中型"), "small": _("小型"), "micro": _("微型")}
