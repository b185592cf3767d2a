"""What a filing still lacks before it can be handed in, each as a sentence that says what to do."""

from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from keshi.scheme import Scheme
from keshi.scheme.model import Form
from keshi.scheme.model import Material as MaterialRule
from keshi.settlement.papers import not_asked
from keshi.vocabulary import Label, vocabulary
from keshi_web.catalogue.facts import platform_facts, registered, registration_asked
from keshi_web.classes.case import ASSUMED, OF_SYLLABUS, class_facts, needed, organisation_values
from keshi_web.classes.models import Filing, RosterImport
from keshi_web.classes.precheck import Precheck, precheck
from keshi_web.common import clock
from keshi_web.common.language import lang
from keshi_web.organisations.facts import organisation_facts
from keshi_web.organisations.queries import blacklisting_on
from keshi_web.organisations.words import State

AGREEMENT = ("method", "content", "term", "fee", "duties")
"""What an agreement with a delegate must hold: method, content, term, fee, duties of both sides."""


@dataclass(frozen=True)
class Point:
    """One thing that is missing or wrong. `step` is the page of the wizard where it is mended."""

    step: str
    text: str
    clause: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        text = f"{self.text}（{self.clause}）" if self.clause else self.text
        return f"{text} {self.remedy}".strip()


def asked_facts(filing: Filing, scheme: Scheme) -> list[str]:
    """The plan's facts that the provider is asked for: needed by the item, in no column, not from the syllabus."""
    columns = {
        "class.code", "class.project", "class.training_type", "class.occupation", "class.level", "class.filed_on",
        "class.starts_on", "class.ends_on", "class.delegate", "class.platform.recommended",
        "class.platform.evaluated_on", "class.course_evaluated_on",
    }  # fmt: skip
    skip = columns | ASSUMED | set(OF_SYLLABUS)
    return [name for name in needed(filing, scheme) if name.startswith("class.") and name not in skip]


def roster_facts(filing: Filing, scheme: Scheme) -> list[str]:
    """The facts that a roster must bring for each person, besides name and identity number."""
    skip = ASSUMED | {"trainee.name", "trainee.id_number", "trainee.other_subsidies"}
    return [name for name in needed(filing, scheme) if name.startswith("trainee.") and name not in skip]


SHOWN_ONLY = frozenset({"post"})
"""Columns of a roster that only the official forms print; the account on the platform is written by hand."""


def kept_facts(filing: Filing, scheme: Scheme) -> frozenset[str]:
    """The facts of a roster that are kept, without `trainee.`: those asked for, subsidies had before where the item
    looks at them, and what the forms print. What only the training brings is not the roster's to say.
    """
    told = {"trainee.other_subsidies"} & set(needed(filing, scheme))
    return SHOWN_ONLY | {name.removeprefix("trainee.") for name in (*roster_facts(filing, scheme), *told)}


def materials_of(filing: Filing, scheme: Scheme) -> list[MaterialRule]:
    """The materials to hand in with the filing of this item."""
    return [
        material
        for material in scheme.file.materials
        if material.stage == "filing" and (not material.items or filing.item in material.items)
    ]


def not_needed(filing: Filing, scheme: Scheme) -> dict[str, Label]:
    """The materials that this class need not hand in, by id, each with the case in which another would."""
    conditional = [rule for rule in materials_of(filing, scheme) if rule.only_if and rule.when]
    if not conditional:
        return {}
    cases = {rule.id: rule.when for rule in conditional if rule.when}
    facts = class_facts(filing, [])
    if any("organisation." in (rule.only_if or "") for rule in conditional):
        facts |= organisation_values(filing)
    return {key: cases[key] for key in not_asked(scheme, filing.item, facts) & cases.keys()}


def why_not_needed(when: str) -> str:
    """The reason in the reader's language; `when` is the case of the notice, in that language too."""
    return _("不需要提交：本班不属于“%(when)s”的情形。") % {"when": when}


def form_of(scheme: Scheme, form_id: str | None) -> Form | None:
    """A form of the scheme by id."""
    return next((form for form in scheme.file.forms if form.id == form_id), None)


def open_points(filing: Filing, *, provisional: bool = False, check: Precheck | None = None) -> list[Point]:
    """Everything that keeps the filing from being handed in, in the order of the wizard.

    `provisional`: the provider promised a day for the rest (陕西 四), so roster and papers may follow.
    """
    scheme = filing.scheme
    points = [
        *_standing(filing),
        *_plan(filing, scheme),
        *_delegation(filing, scheme),
        *_syllabus(filing, scheme),
    ]
    if filing.imports.filter(state=RosterImport.State.STORING).exists():
        points.append(Point("roster", _("名册正在入册，请待全部入册后再提交")))
    if not provisional:
        points += _roster(filing)
        points += _materials(filing, scheme)
    if filing.committed_at is None:
        points.append(Point("materials", _("请阅读并作出承诺")))
    if filing.starts_on and filing.ends_on:
        points += _findings(filing, check or precheck(filing), provisional)
    return points


def _standing(filing: Filing) -> list[Point]:
    """Only an organisation that is verified and not barred today hands in."""
    firm = filing.organisation
    points = []
    if firm.state != State.VERIFIED:
        text = _("本单位尚未通过核实，不能提交。请在“本单位”中提交核实，通过后再提交备案")
        points.append(Point("plan", text))
    if barred := blacklisting_on(firm.pk, clock.today()):
        text = _(
            "本单位自 %(day)s 起被列入黑名单（%(document)s），不能提交。如有异议，请向作出决定的机构申诉"
        )
        points.append(
            Point("plan", text % {"day": barred.valid_from.isoformat(), "document": barred.document_number})
        )
    return points


def _plan(filing: Filing, scheme: Scheme) -> list[Point]:
    wanted = {
        _("培训项目"): filing.project,
        _("开班日期"): filing.starts_on,
        _("结束日期"): filing.ends_on,
        _("所用线上培训平台"): filing.platform_id,
        _("培训管理员"): filing.administrator_id,
    }
    used = needed(filing, scheme)
    if "class.training_type" in used:
        wanted[_("培训类型")] = filing.training_type
    if "class.occupation" in used:
        wanted[_("培训职业（工种）")] = filing.occupation_id
    if "trainee.certificate.kind" in used:
        wanted[_("拟取得证书")] = filing.planned_certificate
    points = [
        Point("plan", _("填写%(field)s") % {"field": label}) for label, value in wanted.items() if not value
    ]
    facts = vocabulary()
    known = class_facts(filing, [])
    for name in asked_facts(filing, scheme):
        if known.get(name) is None and not facts[name].optional:
            label = getattr(facts[name].label, lang())
            points.append(Point("plan", _("填写%(field)s") % {"field": label}))
    named = registration_asked(filing.scheme_version, filing.platform)
    if named and not registered(
        filing.scheme_version, filing.platform, filing.organisation_id, clock.today()
    ):
        text = _("使用“%(name)s”%(rule)s（%(clause)s）。请在平台页面申请登记，准予后再提交")
        rule = getattr(named.registration, lang())
        points.append(Point("plan", text % {"name": named.name, "rule": rule, "clause": named.clause}))
    declared = organisation_facts(
        filing.organisation, filing.filed_on or clock.today(), kind=filing.facts.get("organisation.kind")
    )
    for name in used:
        if name.startswith("organisation.") and declared.get(name) is None and not facts[name].optional:
            label = getattr(facts[name].label, lang())
            points.append(Point("plan", _("在“本单位”中补充%(field)s") % {"field": label}))
    return points


def _delegation(filing: Filing, scheme: Scheme) -> list[Point]:
    agreed = filing.answers.get("agreement", {})
    rule = agreement_asked(filing, scheme)
    # An agreement that was begun is to be whole, whoever it is with.
    if filing.delegate_id is None and rule is None and not any(agreed.values()):
        return []
    labels = agreement_labels()
    missing = [str(labels[name]) for name in AGREEMENT if not str(agreed.get(name) or "").strip()]
    if not missing:
        return []
    if rule is None:
        return [Point("plan", _("委托协议须写明：%(missing)s") % {"missing": "、".join(missing)})]
    text = _("“%(platform)s”是第三方平台，须与其签订协议并在“委托培训”中写明：%(missing)s")
    told = {"platform": filing.platform and filing.platform.name, "missing": "、".join(missing)}
    return [Point("plan", text % told, rule.clause)]


def agreement_asked(filing: Filing, scheme: Scheme) -> MaterialRule | None:
    """The notice's word on an agreement with the platform's operator, where the platform used is a third party's.

    Free platforms that the bureau itself recommends are chosen from its directory, without a contract.
    """
    platform = filing.platform
    if platform is None or platform.operator_id in (filing.organisation_id, filing.delegate_id or 0):
        return None
    day = filing.filed_on or clock.today()
    if platform.free:
        known = platform_facts(platform, filing.scheme_version.scheme, filing.process.path, day)
        if known["recommended"]:
            return None
    return next((rule for rule in materials_of(filing, scheme) if rule.third_party), None)


def agreement_labels() -> dict[str, str]:
    """The five contents of an agreement with a delegate."""
    return {
        "method": _("培训方式"),
        "content": _("培训内容"),
        "term": _("培训期限"),
        "fee": _("培训费用"),
        "duties": _("双方责任"),
    }


def _syllabus(filing: Filing, scheme: Scheme) -> list[Point]:
    modules = list(filing.modules.all())
    if not modules:
        return [Point("syllabus", _("填写培训大纲：至少一个单元模块"))]
    return []


def _roster(filing: Filing) -> list[Point]:
    if not filing.enrolments.filter(left_on=None).exists():
        return [Point("roster", _("录入培训人员名册"))]
    return []


def _materials(filing: Filing, scheme: Scheme) -> list[Point]:
    settled = set(filing.materials.filter(removed_at=None).values_list("material", flat=True))
    settled |= not_needed(filing, scheme).keys()
    return [
        Point("materials", _("上传：%(name)s") % {"name": getattr(material.text, lang())}, material.clause)
        for material in materials_of(filing, scheme)
        if material.id not in settled and form_of(scheme, material.form) is None
    ]


def _findings(filing: Filing, check: Precheck, provisional: bool) -> list[Point]:
    """Rules that fail for the class as a whole; one that a reviewer may waive does not stop the filing."""
    if check.problems:
        return [Point("plan", problem.line(lang())) for problem in check.problems[:5]]
    waivable = {rule.id for rule, _formula in filing.scheme.item(filing.item).requirements if rule.waivable}
    points = []
    for finding in check.findings:
        if finding.outcome == "failed" and finding.rule not in waivable:
            remedy = getattr(finding.remedy, lang()) if finding.remedy else ""
            text = _("不符合：%(rule)s") % {"rule": getattr(finding.text, lang())}
            points.append(Point("check", text, finding.clause, remedy))
    if check.people and not check.eligible and not provisional:
        points.append(Point("roster", _("名册中没有一人符合条件，请核对名册")))
    return points


def resumption_fault(filing: Filing) -> str:
    """Why an interrupted class cannot finish online: the notice caps the online share of such classes.

    What was online in the plan the class began with stays as it was approved; the cap is on what moves online.
    """
    modules = list(filing.modules.all())
    total = sum(module.hours for module in modules)
    online = sum(module.hours for module in modules if module.online)
    begun = filing.snapshots.filter(event="start").order_by("-id").first()
    if begun and online <= sum(row["hours"] for row in begun.plan["modules"] if row["online"]):
        return ""
    for blend in filing.scheme.file.blends:
        if blend.judged_by is None and blend.online_at_most is not None and total:
            most = _share(str(blend.online_at_most))
            if Fraction(online, total) > most:
                return _("线上课时占总课时的比例超过 %(most)s%%（%(clause)s）") % {
                    "most": int(most * 100),
                    "clause": blend.clause,
                }
    return ""


def _share(text: str) -> Fraction:
    """A share as a scheme writes it: `50%` or `0.5`."""
    return Fraction(text.removesuffix("%")) / 100 if text.endswith("%") else Fraction(text)
