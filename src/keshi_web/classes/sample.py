"""Classes of the demonstration: in every city one in each stage of its way, made by the real acts on earlier days."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction

from keshi.identity import make_id_number
from keshi_web.accounts.actor import Actor, actor_of
from keshi_web.accounts.models import User
from keshi_web.catalogue import services as catalogue
from keshi_web.catalogue.checklist import form_of as evaluation_form
from keshi_web.catalogue.checklist import rule_of, unjudged
from keshi_web.catalogue.models import Course, Listing, Occupation, Platform, Teacher
from keshi_web.classes.completeness import (
    agreement_asked,
    form_of,
    materials_of,
    not_needed,
    roster_facts,
)
from keshi_web.classes.models import Filing
from keshi_web.classes.official import asked
from keshi_web.classes.roster_rows import Row
from keshi_web.classes.sample_trainees import make_trainees
from keshi_web.classes.services import decisions, drafts, review, roster
from keshi_web.common import clock
from keshi_web.organisations.models import Organisation
from keshi_web.schemes.library import get
from keshi_web.schemes.models import SchemeVersion
from keshi_web.schemes.states import State

FIRST_DAY = date(2020, 4, 13)
"""All five notices are in force; demonstrations stand a week later."""
STARTS_ON = date(2020, 5, 11)
STAGES = ("approved", "endorsed", "submitted", "returned", "draft")
PEOPLE = 12


@dataclass(frozen=True)
class City:
    """How classes are filed in a city of the sample."""

    slug: str
    district: str
    scheme: str
    item: str
    training_type: str
    provider: str = "jia"
    online: int = 30
    practice: int = 20
    certificate: str = "completion"
    facts: dict[str, object] = field(default_factory=dict)


CITIES = (
    City("yingkou", "210802", "yingkou-2020", "sme-online", "skill", online=52, practice=0),
    City(
        "jinan", "370102", "jinan-2020", "enterprise-online", "upgrade", online=46, certificate="skill-level"
    ),
    City("ankang", "610902", "ankang-2020", "training", "skill", certificate="skill-level"),
    City(
        "wuhai",
        "150302",
        "wuhai-2020",
        "training",
        "skill",
        online=20,
        practice=40,
        certificate="skill-level",
    ),
    City("shaoguan", "440203", "shaoguan-2020", "on-the-job", "in-post", practice=0),
)
PROJECTS = (
    "数控车床操作工在岗培训",
    "焊接安全与工艺培训",
    "设备维护保养培训",
    "质量管理培训",
    "电工技能培训",
)
BLANKS = {
    "trainees": "本企业在岗一线职工",
    "method": "视频录播自学，直播答疑，在线测试",
    "cost": "6000",
    "others": "无",
    "retraining-allowance": "否",
    "icp": "示例ICP备00000000号",
    "ip-and-city": "192.0.2.10，北京",
    "target": "掌握本岗位安全操作规程，能独立完成常规加工",
}
"""What a provider writes into the blanks of the official forms, by their ids."""
AGREED = {
    "method": "录播课程自学，平台直播答疑",
    "content": "防疫知识与岗位操作规程",
    "term": "自开班之日起45天",
    "fee": "每人每课时2元，由本单位支付",
    "duties": "平台保证课程与学习记录，本单位组织学员参训",
}
"""The five contents of an agreement with a third party's platform."""
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫"


def load_sample() -> None:
    """File the sample classes, once."""
    if Filing.objects.exists():
        return
    for number, city in enumerate(CITIES):
        with transaction.atomic():
            _evaluated_platform(city)
            for place, stage in enumerate(STAGES):
                with clock.standing_on(FIRST_DAY + timedelta(days=place)):
                    filing = file_class(city, stage, PROJECTS[place], serial=100 * number + 20 * place)
                    if stage == "approved":
                        make_trainees(filing, city.slug, city.provider, f"{city.slug}-{city.district}-clerk")


def actor(username: str) -> Actor:
    """A sample person in their first role."""
    found = actor_of(User.objects.get(username=username))
    assert found is not None
    return found


def file_class(city: City, stage: str, project: str, *, serial: int) -> Filing:
    """One class under the city's notice, carried to a stage by its provider, the district's clerk and its leader."""
    provider = actor(f"{city.slug}-{city.provider}")
    organisation = Organisation.objects.get(pk=provider.organisation_id)
    version = SchemeVersion.objects.get(scheme=city.scheme, state=State.PUBLISHED)
    filing = drafts.create_draft(organisation, version, city.item, by=provider)
    usable = (Listing.Ground.RECOMMENDED, Listing.Ground.EVALUATED)
    listing = Listing.objects.filter(scheme=city.scheme, platform__isnull=False, ground__in=usable).first()
    drafts.save_plan(
        filing.pk,
        {
            "project": project,
            "training_type": city.training_type,
            "occupation": Occupation.objects.get(edition=2015, code="6-18-01-01"),
            "level": 5,
            "starts_on": STARTS_ON,
            "ends_on": STARTS_ON + timedelta(days=45),
            "platform": listing.platform if listing else None,
            "administrator": User.objects.get(pk=provider.user_id),
            "planned_certificate": city.certificate,
        },
        facts={"class.free_of_charge": True, **city.facts},
        answers={
            one.key: BLANKS[one.field.id] for one in asked(filing, filing.scheme) if one.field.id in BLANKS
        },
        by=provider,
    )
    filing.refresh_from_db()
    if agreement_asked(filing, filing.scheme) is not None:
        drafts.save_plan(filing.pk, {}, facts={}, answers={"agreement": AGREED}, by=provider)
    if stage == "draft":
        return filing
    _fill(filing, city, provider, serial)
    decisions.act(filing.process, "submit", by=provider)
    clerk = actor(f"{city.slug}-{city.district}-clerk")
    if stage == "returned":
        given = {
            "defects": ["培训大纲与培训计划的课时不一致，请核对。"],
            "due_on": clock.today() + timedelta(days=7),
        }
        decisions.act(filing.process, "return", by=clerk, given=given)
    if stage in ("endorsed", "approved"):
        for task in filing.tasks.filter(judgement=None):
            if not task.settled:
                review.judge(task.pk, True, by=clerk, note="已核对原件")
        decisions.act(filing.process, "endorse", by=clerk, given={"note": "材料齐全，拟同意。"})
    if stage == "approved":
        decisions.act(filing.process, "approve", by=actor(f"{city.slug}-leader"), given={"remark": "同意。"})
    return filing


def _fill(filing: Filing, city: City, provider: Actor, serial: int) -> None:
    """Syllabus, roster, materials and commitment."""
    course = Course.objects.filter(owner_id=filing.organisation_id).order_by("-video_minutes").first()
    teacher = Teacher.objects.filter(organisation_id=filing.organisation_id, until=None).first()
    common = {
        "kind": "common", "name": "安全生产与疫情防控知识", "hours": 6, "epidemic_prevention": True,
        "content": "安全生产法规、劳动保护、个人防护与消毒", "goal": "知晓本岗位风险，会正确防护",
        "delivery": "直播、测试",
    }  # fmt: skip
    theory = {
        "kind": "vocational", "name": "岗位操作规程", "hours": city.online - 6, "course": course,
        "content": "设备结构、操作步骤、常见故障处理", "goal": "掌握规程，测试80分以上", "delivery": "录播、答疑",
        "teacher": teacher,
    }  # fmt: skip
    modules: list[dict[str, object]] = [common, theory]
    if city.practice:
        modules.append(
            {
                "kind": "practice",
                "name": "岗位实操",
                "hours": city.practice,
                "online": False,
                "theory": False,
                "content": "上机操作与质量检验",
                "goal": "能独立完成典型零件加工",
                "delivery": "线下实操",
            }
        )
    drafts.save_syllabus(filing.pk, modules, by=provider)
    filing = Filing.objects.get(pk=filing.pk)
    wanted = {name.removeprefix("trainee.") for name in roster_facts(filing, filing.scheme)}
    usual = {
        "category": "employee", "relation": "contract", "contract_signed_on": "2019-07-01", "contract_months": "36",
        "insured": True, "front_line": True, "drawing_pension": False,
    }  # fmt: skip
    for number in range(PEOPLE):
        born = date(1972, 1, 1) + timedelta(days=97 * (serial + number) % 10_000)
        row = Row(
            name=f"{SURNAMES[number % len(SURNAMES)]}测试",
            id_number=make_id_number(city.district, born, serial + number + 1),
            facts={name: value for name, value in usual.items() if name in wanted},
        )
        roster.add(filing.pk, row, by=provider)
    spared = not_needed(filing, filing.scheme)
    for rule in materials_of(filing, filing.scheme):
        if form_of(filing.scheme, rule.form) is None and rule.id not in spared:
            drafts.hand_in(filing.pk, rule.id, by=provider, not_applicable="示例：原件已在窗口核验")
    drafts.commit(filing.pk, by=provider)
    filing.refresh_from_db()


def _evaluated_platform(city: City) -> None:
    """Where a notice asks for an evaluation and recommends nothing: the city's sample platform passes one."""
    if Listing.objects.filter(scheme=city.scheme, platform__isnull=False).exists():
        return
    version = SchemeVersion.objects.get(scheme=city.scheme, state=State.PUBLISHED)
    rule = next((one for one in get(version).file.evaluations if one.subject == "platform"), None)
    if rule is None:
        platform = Platform.objects.order_by("id").first()
        assert platform is not None
        catalogue.list_platform(
            platform,
            version,
            by=actor(f"{city.slug}-leader"),
            valid_from=version.issued_on,
        )
        return
    applicant = actor(f"{city.slug}-wu")
    organisation = Organisation.objects.get(pk=applicant.organisation_id)
    platform = Platform.objects.get(operator=organisation)
    with clock.standing_on(FIRST_DAY - timedelta(days=3)):
        evaluation = catalogue.apply_for_evaluation(
            version, rule.id, platform, applicant=organisation, by=applicant
        )
        form = evaluation_form(evaluation.scheme, rule_of(evaluation))
        if form is not None:
            catalogue.save_form(evaluation.pk, _answers(form), by=applicant)
        catalogue.act(evaluation.process, "submit", by=applicant)
        for level in rule.levels:
            place = city.district if level == "district" else None
            first = actor(f"{city.slug}-{place}-clerk" if place else f"{city.slug}-{_first(level)}")
            second = actor(f"{city.slug}-{place}-section" if place else f"{city.slug}-leader")
            evaluation.process.refresh_from_db()
            for check in unjudged(evaluation):
                catalogue.judge(evaluation.pk, check.id, True, by=first)
            catalogue.act(evaluation.process, "review", by=first)
            event = "pass" if evaluation.process.is_last_level else "agree"
            catalogue.act(evaluation.process, event, by=second, given={"note": "同意。"})


def _first(level: str) -> str:
    return "evaluator" if level == "evaluation-centre" else "clerk"


def _answers(form: object) -> dict[str, object]:
    """Something in every blank that an applicant fills in."""
    found: dict[str, object] = {}
    for blank in form.fields:  # type: ignore[attr-defined]
        if blank.fact is None and blank.kind == "choice":
            found[blank.id] = blank.choices[-1].zh
        elif blank.fact is None and blank.kind == "table":
            found[blank.id] = [["示例"] * len(blank.columns)]
        elif blank.fact is None and blank.kind == "checkbox":
            found[blank.id] = True
        elif blank.fact is None and blank.kind in ("text", "number"):
            found[blank.id] = "示例"
    return found
