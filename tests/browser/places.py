"""Every kind of page of the service with who opens it, and the things of the sample that stand in their addresses."""

from collections.abc import Callable
from datetime import date

from browser.person import Visitor
from keshi.identity import make_id_number
from keshi_web.accounts.models import User
from keshi_web.catalogue.models import Course, Evaluation, Occupation, Platform, Teacher
from keshi_web.classes.models import Filing, Task
from keshi_web.organisations.models import Organisation
from keshi_web.schemes.models import SchemeVersion
from keshi_web.workflow.models import Process

NOBODY = ""
GOOD, OTHER = (make_id_number("440203", date(1990, month, 9), 321) for month in (3, 4))
ROSTER = (
    f"姓名\t身份证号码\t人员类别\n测试甲\t{GOOD}\t在职职工\n测试乙\t{OTHER[:-1]}\t在职职工\n\t{GOOD}\t船员",
)
"""A roster as it is pasted, with faults in every row."""

PAGES: dict[str, tuple[str, ...]] = {
    NOBODY: (
        "/", "/directory/", "/directory/?q=没有这样的课程", "/directory/teachers/", "/check/", "/check/?code=ABCDEFGH",
        "/schemes/public/", "/schemes/public/shaoguan-2020/v1/", "/organisations/register/", "/accounts/sign-in/",
        "/api/v1/docs/", "/nothing-here/",
    ),
    "shaoguan-jia": (
        "/", "/work/", "/work/open/", "/messages/", "/messages/settings/", "/classes/", "/classes/new/",
        "/classes/{draft}/", "/classes/{draft}/plan/", "/classes/{draft}/syllabus/", "/classes/{draft}/roster/",
        "{preview}", "/classes/{draft}/materials/", "/classes/{draft}/check/", "/classes/{returned}/",
        "/classes/{approved}/", "/classes/{approved}/people/", "/classes/{approved}/amend/", "{amendment}",
        "/organisations/mine/", "/organisations/mine/details/", "/organisations/mine/size/",
        "/organisations/mine/account/", "/accounts/members/", "/accounts/members/invite/", "/accounts/profile/",
        "/accounts/profile/sessions/", "/api/tokens/", "/api/tokens/new/", "/catalogue/teachers/",
        "/catalogue/teachers/new/", "/people/find/", "/people/{person}/", "/people/exports/", "/schemes/",
        "/schemes/{version}/", "/people/my/",
    ),
    "shaoguan-440203-clerk": (
        "/work/", "/work/open/", "/work/done/", "/messages/", "/classes/", "/classes/?q=没有这样的班",
        "/classes/{submitted}/", "/classes/{submitted}/people/", "/classes/{submitted}/tasks/{task}/",
        "/work/{process}/do/endorse/", "/work/{process}/do/return/", "/classes/register/",
        "/people/find/", "/people/{person}/", "/people/exports/", "/organisations/", "/organisations/{organisation}/",
        "/organisations/{organisation}/verify/", "/accounts/delegations/",
    ),
    "shaoguan-leader": (
        "/", "/work/", "/classes/{endorsed}/", "/work/{endorsed_process}/do/approve/",
        "/work/{endorsed_process}/do/refuse/", "{amendment}", "/schemes/{version}/impact/",
        "/organisations/{organisation}/blacklist/",
    ),
    "shaoguan-clerk": (
        "/schemes/upload/", "/schemes/facts/", "/schemes/{version}/worked/",
        "/schemes/{version}/compare/", "/schemes/{version}/process/", "/catalogue/occupations/import/",
        "/catalogue/tariffs/", "/catalogue/tariffs/new/", "/catalogue/evaluations/",
    ),
    "shaoguan-evaluator": (
        "/work/", "/catalogue/evaluations/", "/catalogue/evaluations/{evaluation}/", "/catalogue/occupations/",
        "/catalogue/occupations/{occupation}/", "/catalogue/platforms/", "/catalogue/platforms/{platform}/",
        "/catalogue/courses/", "/catalogue/courses/{course}/",
    ),
    "shaoguan-wu-operator": (
        "/", "/catalogue/platforms/new/", "/catalogue/platforms/{platform}/", "/catalogue/courses/new/",
        "/catalogue/evaluations/new/", "/catalogue/evaluations/new/{version}/platform/",
        "/catalogue/evaluations/{evaluation}/",
    ),
    "sysadmin": (
        "/", "/accounts/users/", "/accounts/users/new/", "/accounts/users/{user}/", "/accounts/security-log/",
        "/messages/deliveries/",
    ),
    "shaoguan-auditor": ("/", "/classes/", "/classes/{endorsed}/", "/organisations/"),
}  # fmt: skip
"""By sample account."""
ANSWERS = {"/nothing-here/": 404, "/people/my/": 403}
"""Where the page is there for its refusal; every other answers 200."""


def prepare(visit: Callable[..., Visitor]) -> dict[str, object]:
    """What the addresses name: found in the sample, or made by its people as they would make it."""
    filings = Filing.objects.filter(organisation__name__startswith="韶关测试甲").order_by("process__number")
    found: dict[str, object] = {}
    for state in ("draft", "submitted", "endorsed", "returned", "approved"):
        one = filings.filter(process__state=state).earliest("process__number")
        found[state] = one.process.number
        if state == "submitted":
            found |= {
                "process": one.process_id,
                "task": Task.objects.filter(filing=one).earliest("pk").pk,
                "person": one.enrolments.earliest("number").person_id,
            }
        if state == "endorsed":
            found["endorsed_process"] = one.process_id
    evaluation = Evaluation.objects.get(process__office__name="韶关市", process__state="submitted")
    found |= {
        "evaluation": evaluation.process.number,
        "platform": Platform.objects.filter(operator__name__startswith="韶关测试戊").earliest("pk").pk,
        "course": Course.objects.filter(owner__name__startswith="韶关测试").earliest("pk").pk,
        "teacher": Teacher.objects.earliest("pk").pk,
        "occupation": Occupation.objects.filter(entries__isnull=False).earliest("pk").pk,
        "organisation": Organisation.objects.get(name__startswith="韶关测试甲").pk,
        "version": SchemeVersion.objects.get(scheme="shaoguan-2020", number=1).pk,
        "user": User.objects.get(username="shaoguan-440203-clerk").pk,
    }
    provider = visit("shaoguan-jia")
    provider.go(f"/classes/{found['draft']}/roster/")
    provider.fill({"text": ROSTER[0]})
    provider.click("预览粘贴的名册")
    provider.page.wait_for_url("**/imports/**")
    found["preview"] = provider.path
    asked = Process.objects.filter(kind="amendment").first()
    if asked is None:
        provider.go(f"/classes/{found['approved']}/amend/")
        provider.fill({"project": "变更后的培训", "reason": "岗位调整"})
        provider.click("提交变更")
        provider.page.wait_for_url("**/amendments/**")
    found["amendment"] = provider.path if asked is None else f"/classes/amendments/{asked.number}/"
    return found
