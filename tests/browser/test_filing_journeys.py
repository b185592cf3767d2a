"""Filing in each of the five cities, from sign-in to decision letter, by the people who do it."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker

from browser.person import Visitor
from keshi.identity import make_id_number
from support.invariants import broken_rules

Visit = Callable[..., Visitor]


@dataclass(frozen=True)
class City:
    """What differs from city to city: who acts, under which notice, what the class is."""

    slug: str
    district: str
    notice: str
    item: str
    plan: dict[str, str]
    online: int
    practice: int = 0
    columns: tuple[tuple[str, str], ...] = ()
    letter: str = "线上培训开班审核通知书"
    estimate: str = ""
    more: dict[str, str] = field(default_factory=dict)

    @property
    def clerk(self) -> str:
        return f"{self.slug}-{self.district}-clerk"

    @property
    def leader(self) -> str:
        return f"{self.slug}-leader"


PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
COMMON = {"fact:class.free_of_charge": "true"}
TURNER = {"occupation": "6-18-01-01", "level": "5"}
CITIES = (
    City(
        "yingkou", "210802", "营口市疫情防控期间", "中小微企业职工线上职业培训补贴",
        {"training_type": "skill", **TURNER}, 52,
        columns=(("人员类别", "在职职工"), ("用工关系", "劳动合同"), ("是否一线员工", "是")), estimate="1,500.00",
    ),
    City(
        "jinan", "370102", "济南", "企业线上岗位培训补贴",
        {"training_type": "upgrade", **TURNER, "planned_certificate": "skill-level"},
        46, columns=(("人员类别", "在职职工"), ("用工关系", "劳动合同")),
    ),
    City(
        "ankang", "610902", "安康", "职业技能提升行动线上培训补贴",
        {"training_type": "skill", **TURNER, "planned_certificate": "completion"}, 30, 20,
        columns=(("人员类别", "在职职工"), ("用工关系", "劳动合同")),
    ),
    City(
        "wuhai", "150302", "乌海", "职业技能线上培训补贴",
        {"training_type": "skill", **TURNER, "planned_certificate": "skill-level"}, 20, 40,
        columns=(("人员类别", "在职职工"), ("用工关系", "劳动合同"), ("是否按月领取城镇职工基本养老金", "否")),
        more={"agreement:method": "录播自学，直播答疑", "agreement:content": "防疫知识与岗位操作规程",
              "agreement:term": "自开班之日起45天", "agreement:fee": "每人每课时2元",
              "agreement:duties": "平台保证课程与学习记录，本单位组织学员参训"},
    ),
    City(
        "shaoguan", "440203", "韶关", "企业职工线上适岗培训补贴", {"training_type": "in-post", **TURNER}, 30,
        columns=(("人员类别", "在职职工"), ("用工关系", "劳动合同")), estimate="2,700.00",
    ),
)  # fmt: skip


def roster_text(city: City, people: int, serial: int) -> str:
    """A roster as it is copied out of a workbook."""
    headings = ["姓名", "身份证号码", *(heading for heading, _value in city.columns)]
    rows = ["\t".join(headings)]
    for number in range(people):
        born = date(1985, 5, 5) + timedelta(days=31 * number)
        identity = make_id_number(city.district, born, serial + number)
        rows.append(
            "\t".join(
                [f"测试{'甲乙丙丁戊己庚辛'[number]}", identity, *(value for _heading, value in city.columns)]
            )
        )
    return "\n".join(rows)


def write_filing(provider: Visitor, city: City, *, project: str, serial: int, people: int = 3) -> str:
    """The provider's part up to the check page; the number of the filing."""
    page = provider.page
    provider.go("/classes/")
    provider.click("新建备案")
    page.locator("form", has_text=city.item).get_by_role("button", name="新建备案").first.click()
    page.wait_for_url("**/plan/")
    number = page.url.rstrip("/").split("/")[-2]
    starts = date(2020, 5, 11)
    platforms = page.locator("select[name=platform] optgroup").first.locator("option").first
    provider.fill(
        {
            "project": project,
            **city.plan,
            **COMMON,
            **city.more,
            "starts_on": starts.isoformat(),
            "ends_on": (starts + timedelta(days=45)).isoformat(),
            "platform": platforms.get_attribute("value") or "",
            "administrator": page.locator("select[name=administrator] option").nth(1).get_attribute("value")
            or "",
        }
    )
    provider.click("保存并继续")
    page.wait_for_url("**/syllabus/")
    provider.fill(
        {"modules-0-kind": "common", "modules-0-name": "安全与防疫知识", "modules-0-hours": "6",
         "modules-0-epidemic_prevention": "on", "modules-1-name": "岗位操作规程",
         "modules-1-hours": str(city.online - 6)}
    )  # fmt: skip
    course = page.locator("select[name=modules-1-course] option", has_text="岗位操作规程")
    if course.count():
        provider.fill({"modules-1-course": course.first.get_attribute("value") or ""})
    if city.practice:
        provider.fill(
            {"modules-2-kind": "practice", "modules-2-name": "岗位实操", "modules-2-hours": str(city.practice),
             "modules-2-online": "off", "modules-2-theory": "off"}
        )  # fmt: skip
    provider.click("保存并继续")
    page.wait_for_url("**/roster/")
    provider.fill({"text": roster_text(city, people, serial)})
    provider.click("预览粘贴的名册")
    page.wait_for_url("**/imports/**")
    provider.click(f"{people} 人入册")
    page.wait_for_url("**/roster/")
    provider.sees(f"{people} 人已录入名册")
    provider.go(f"/classes/{number}/materials/")
    while True:
        forms = page.locator("form[action*='/add/']")
        open_ones = [
            form for form in forms.all()
            if form.is_visible()  # what the class is not asked for is folded away
            and form.locator("xpath=ancestor::section").locator("a[href$='.pdf'], .ks-file").count() == 0
        ]  # fmt: skip
        if not open_ones:
            break
        reason = open_ones[0].locator("[name=not_applicable]")
        if reason.count():
            reason.fill("原件已在窗口核验")
        else:
            open_ones[0].locator("[name=file]").set_input_files(
                {"name": "材料.png", "mimeType": "image/png", "buffer": PICTURE}
            )
        open_ones[0].locator("button").click()
        page.wait_for_load_state()
    page.locator("input[name=accepted]").check()
    provider.click("确认承诺")
    page.wait_for_url("**/check/")
    return number


def decide(visitor: Visitor, act: str, given: dict[str, str] | None = None) -> None:
    """Take a decision on the page of a case, through its confirmation page."""
    visitor.click(act, exact=True)
    visitor.page.wait_for_url("**/do/**")
    visitor.fill(given or {})
    visitor.page.locator("main form").get_by_role("button", name=act).click()
    visitor.page.wait_for_url("**/classes/**")


def judge_everything(clerk: Visitor, number: str) -> None:
    """Tick all that only a person can judge, then accept with a reason what the system did not pass."""
    page = clerk.page
    clerk.go(f"/classes/{number}/")
    boxes = page.locator("input[name=task]")
    for box in boxes.all():
        box.check()
    if boxes.count():
        clerk.click("勾选项符合")
        page.wait_for_load_state()
    while page.locator(".ks-finding-failed a, .ks-finding-unknown a").filter(has_text="结论").count():
        page.locator(".ks-finding-failed a, .ks-finding-unknown a").filter(has_text="结论").first.click()
        clerk.fill({"note": "已核对原件，予以认可"})
        page.get_by_role("button", name="符合", exact=True).click()
        page.wait_for_url(f"**/classes/{number}/**")


@pytest.fixture(scope="module", autouse=True)
def nothing_broken(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """After all journeys what is stored still fits together."""
    yield
    with django_db_blocker.unblock():
        assert broken_rules() == []


@pytest.mark.parametrize("city", CITIES, ids=lambda city: city.slug)
def test_from_sign_in_to_decision_letter(visit: Visit, city: City) -> None:
    provider = visit(f"{city.slug}-jia")
    number = write_filing(provider, city, project=f"{city.slug}车工在岗培训", serial=500)
    provider.sees("填写完整，可以提交")
    if city.estimate:
        provider.sees(city.estimate)
    decide(provider, "提交备案")
    provider.sees("待初审")

    clerk = visit(city.clerk)
    clerk.go("/work/")
    clerk.page.get_by_role("link", name=number).first.click()
    judge_everything(clerk, number)
    decide(clerk, "初审通过", {"note": "材料齐全，拟同意。"})
    clerk.sees("待审批")

    leader = visit(city.leader)
    leader.go(f"/classes/{number}/")
    decide(leader, "准予开班", {"note": "同意。"})
    leader.sees("准予开班")

    provider.go(f"/classes/{number}/")
    with provider.page.expect_download() as download:
        provider.page.get_by_role("link", name=city.letter).click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    provider.sees("准予开班")


def test_returned_with_every_defect_then_handed_in_again(visit: Visit) -> None:
    city = CITIES[-1]
    provider = visit(f"{city.slug}-jia")
    number = write_filing(provider, city, project="退回补正的培训", serial=600)
    decide(provider, "提交备案")
    clerk = visit(city.clerk)
    clerk.go(f"/classes/{number}/")
    decide(clerk, "退回补正", {"defects": "培训目标未填写\n课程与岗位不符", "due_on": "2020-04-24"})
    provider.go(f"/classes/{number}/")
    provider.sees("补正中")
    provider.sees("培训目标未填写")
    provider.sees("课程与岗位不符")
    provider.click("继续填写")
    provider.fill({"project": "补正后的培训"})
    provider.click("保存并继续")
    provider.go(f"/classes/{number}/check/")
    decide(provider, "重新提交")
    provider.sees("待初审")


def test_another_city_does_not_know_the_filing(visit: Visit) -> None:
    city = CITIES[-1]
    number = write_filing(visit(f"{city.slug}-jia"), city, project="外地看不到的培训", serial=700)
    for username in ("yingkou-jia", "yingkou-210802-clerk", "yingkou-leader", "shaoguan-yi"):
        stranger = visit(username)
        answer = stranger.page.goto(f"/classes/{number}/")
        assert answer is not None
        assert answer.status == 404, username


def test_two_clerks_at_once_and_a_double_click(visit: Visit) -> None:
    city = CITIES[-1]
    provider = visit(f"{city.slug}-jia")
    number = write_filing(provider, city, project="两人同时办理的培训", serial=800)
    decide(provider, "提交备案")
    first, second = visit(city.clerk), visit(city.clerk)
    judge_everything(first, number)
    for clerk in (first, second):
        clerk.go(f"/classes/{number}/")
        clerk.click("初审通过", exact=True)
        clerk.page.wait_for_url("**/do/endorse/")
    first.page.locator("main form").get_by_role("button", name="初审通过").dblclick()
    first.page.wait_for_url("**/classes/**")
    first.sees("待审批")
    second.fill({"note": "我也同意"})
    second.page.locator("main form").get_by_role("button", name="初审通过").click()
    second.page.wait_for_load_state()
    entries = first.page.locator(".ks-timeline").get_by_text("初审通过")
    first.go(f"/classes/{number}/")
    expect(entries).to_have_count(1)


def test_the_clerk_may_not_also_approve(visit: Visit) -> None:
    city = CITIES[-1]
    provider = visit(f"{city.slug}-jia")
    number = write_filing(provider, city, project="经办不能审批的培训", serial=900)
    decide(provider, "提交备案")
    clerk = visit(city.clerk)
    judge_everything(clerk, number)
    decide(clerk, "初审通过")
    assert clerk.page.get_by_role("link", name="准予开班").count() == 0


def test_too_late_for_the_notice_says_what_to_do(visit: Visit) -> None:
    """韶关 asks for filing five workdays before the start."""
    city = CITIES[-1]
    provider = visit(f"{city.slug}-jia")
    number = write_filing(provider, city, project="来不及备案的培训", serial=950)
    provider.go(f"/classes/{number}/plan/")
    provider.fill({"starts_on": "2020-04-22"})
    provider.click("保存并继续")
    provider.go(f"/classes/{number}/check/")
    provider.sees("开展培训前至少5个工作日备案")
    assert provider.page.get_by_role("link", name="提交备案").count() == 0
