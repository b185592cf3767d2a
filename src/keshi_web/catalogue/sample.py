"""The catalogue of the demonstration: occupations, recommended platforms, courses, teachers, evaluations."""

from datetime import date
from pathlib import Path

from keshi_web.accounts.actor import Actor, actor_of
from keshi_web.accounts.models import User
from keshi_web.catalogue import checklist
from keshi_web.catalogue.facts import registration_asked
from keshi_web.catalogue.models import (
    CatalogueEntry,
    Course,
    Evaluation,
    Occupation,
    Platform,
    Registration,
    Teacher,
)
from keshi_web.catalogue.reading import read_occupations, rows_of
from keshi_web.catalogue.services import (
    act,
    apply_for_evaluation,
    ask_for_registration,
    enter_in_catalogue,
    hand_in,
    judge,
    save_form,
    store_occupations,
    take_over_recommended,
)
from keshi_web.common import clock
from keshi_web.organisations.models import Organisation
from keshi_web.organisations.words import KindOf, State
from keshi_web.schemes.models import SchemeVersion
from keshi_web.schemes.states import State as SchemeState

OCCUPATIONS = Path(__file__).with_name("sample_occupations.csv")
"""Some rows of both editions; the whole list is imported with `manage.py import_occupations`."""
COURSES = (
    ("安全生产与职业卫生", 405, False),
    ("疫情防控知识", 90, True),
    ("岗位操作规程与质量管理", 1350, False),
)
"""Name, minutes of video, about epidemic prevention."""
ENTRIES = ("6-31-01-03", "6-18-01-01", "6-18-02-04", "4-03-02-01", "4-10-01-05", "4-10-01-06", "4-02-06-01")
APPLIED_ON = date(2020, 4, 21)
"""While the notices still take applications."""
CITIES = ("yingkou", "jinan", "ankang", "wuhai", "shaoguan")


def load_sample() -> None:
    """Everything of the catalogue; a second run changes nothing."""
    store_occupations(read_occupations(rows_of(OCCUPATIONS)).rows, by=None, sample=True)
    for version in SchemeVersion.objects.filter(state=SchemeState.PUBLISHED):
        take_over_recommended(version)
    for organisation in Organisation.objects.filter(state=State.VERIFIED).order_by("pk"):
        _of_organisation(organisation)
    for slug in CITIES:
        _entries(slug)
    _evaluations()


def _of_organisation(organisation: Organisation) -> None:
    for name, minutes, epidemic in COURSES:
        Course.objects.get_or_create(
            owner=organisation,
            name=name,
            defaults={"video_minutes": minutes, "epidemic_prevention": epidemic},
        )
    Teacher.objects.get_or_create(
        organisation=organisation,
        name="测试教师一",
        defaults={
            "title": "高级技师",
            "subject": "岗位技能",
            "honours": ["全国技术能手"],
            "consented_on": min(date(2020, 2, 20), clock.today())
            if organisation.kinds.filter(kind=KindOf.INSTITUTION).exists()
            else None,
        },
    )
    if organisation.kinds.filter(kind=KindOf.PLATFORM).exists():
        Platform.objects.get_or_create(
            name=f"{organisation.name[:2]}测试培训在线",
            operator=organisation,
            defaults={
                "kind": Platform.Kind.THIRD_PARTY,
                "url": "https://px.example.cn/",
                "icp": "测ICP备20200001号",
                "functions": "签到注册、学习记录、在线答疑、测试",
                "free": True,
            },
        )


def _entries(slug: str) -> None:
    clerk = _actor(f"{slug}-clerk")
    if clerk is None or clerk.office is None:
        return
    if CatalogueEntry.objects.filter(region_id=clerk.office.id, evaluation=None).exists():
        return
    for occupation in Occupation.objects.filter(edition=2015, code__in=ENTRIES):
        enter_in_catalogue(occupation, by=clerk, document="培训职业目录（示例）", valid_from=date(2020, 1, 1))


def _actor(username: str) -> Actor | None:
    user = User.objects.filter(username=username).first()
    return actor_of(user) if user else None


def _evaluations() -> None:
    """Two that wait at the centre of Shaoguan, and a course of Jinan that its district has checked."""
    with clock.standing_on(min(APPLIED_ON, clock.today())):
        _evaluation("shaoguan", "wu", "platform", to="submitted")
        _evaluation("jinan", "ding", "course", to="reviewed")
        _registration("shaoguan", "jia")


def _registration(slug: str, sort: str) -> None:
    """One that waits at the centre, where the notice asks for it."""
    applicant = _actor(f"{slug}-{sort}")
    version = SchemeVersion.objects.filter(scheme=f"{slug}-2020", state=SchemeState.PUBLISHED).first()
    if applicant is None or version is None or Registration.objects.filter(scheme=version.scheme).exists():
        return
    organisation = Organisation.objects.select_related("region").get(pk=applicant.organisation_id)
    for platform in Platform.objects.filter(operator=None):
        if registration_asked(version, platform):
            ask_for_registration(version, platform, organisation=organisation, by=applicant)


def _evaluation(slug: str, sort: str, subject: str, *, to: str) -> None:
    applicant, clerk = _actor(f"{slug}-{sort}"), _actor("jinan-370102-clerk")
    version = SchemeVersion.objects.filter(scheme=f"{slug}-2020", state=SchemeState.PUBLISHED).first()
    if applicant is None or version is None:
        return
    organisation = Organisation.objects.select_related("region").get(pk=applicant.organisation_id)
    thing: Platform | Course
    if subject == "platform":
        thing = Platform.objects.get(operator=organisation)
    else:
        thing = Course.objects.filter(owner=organisation).order_by("-video_minutes")[0]
    if Evaluation.objects.filter(**{subject: thing}).exists():
        return
    evaluation = apply_for_evaluation(version, subject, thing, applicant=organisation, by=applicant)
    save_form(evaluation.pk, answers(evaluation), by=applicant)
    for slot in checklist.slots(evaluation):
        if slot.required:
            hand_in(evaluation.pk, slot.key, by=applicant, not_applicable="示例：原件已在窗口核验")
    act(evaluation.process, "submit", by=applicant)
    if to == "reviewed" and clerk is not None:
        for check in checklist.rule_of(evaluation).checks:
            judge(evaluation.pk, check.id, True, by=clerk)
        act(evaluation.process, "review", by=clerk, given={"note": "课程内容属实。"})


def answers(evaluation: Evaluation) -> dict[str, object]:
    """Something in every blank that the applicant is asked for."""
    found: dict[str, object] = {}
    for field in checklist.asked(evaluation):
        match field.kind:
            case "choice":
                found[field.id] = field.choices[-1].zh
            case "table":
                found[field.id] = [["示例"] * len(field.columns)]
            case "checkbox":
                found[field.id] = True
            case "number":
                found[field.id] = "1350"
            case _:
                found[field.id] = "示例"
    return found
