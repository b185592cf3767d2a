"""The page around the content: menu, header, preferences, error pages, forms, components."""

from typing import Any

import pytest
from django import forms
from django.http import HttpRequest
from django.template import Context, RequestContext, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation
from django_cotton.compiler_regex import CottonCompiler

from keshi_web.ui import navigation, shell
from keshi_web.ui.forms import BaseForm


class Person:
    name = "测试甲"
    place_shown = "示例局"
    role = "clerk"


def request_to(path: str, *, signed_in: bool = True) -> HttpRequest:
    request = RequestFactory().get(path)
    request.actor = Person() if signed_in else None
    return request


@pytest.fixture
def menu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_entries", {})
    monkeypatch.setattr(shell, "_providers", shell._Providers())
    for entry in (
        navigation.Entry("lists", "列表", "list", "ui:guide-list", frozenset({"clerk"}), order=20),
        navigation.Entry("guide", "组件", "home", "ui:guide", order=10),
        navigation.Entry("leaders", "决定", "gavel", "ui:guide", frozenset({"leader"})),
        navigation.Entry("elsewhere", "别处", "home", "no-such:page"),
    ):
        navigation.register(entry)


def test_the_menu_shows_what_the_role_may_use_in_order(menu: None) -> None:
    assert [item.key for item in navigation.items(request_to("/"))] == ["guide", "lists"]
    assert [item.key for item in navigation.items(request_to("/", signed_in=False))] == ["guide"]


def test_the_entry_nearest_to_the_address_is_the_present_one(menu: None) -> None:
    def active(request: HttpRequest) -> list[str]:
        return [item.key for item in navigation.items(request) if item.active]

    assert active(request_to("/ui/guide/list/")) == ["lists"]
    assert active(request_to("/ui/guide/errors/404/")) == ["guide"]
    assert active(request_to("/somewhere/")) == []
    named = request_to("/somewhere/")
    named.navigation_key = "lists"
    assert active(named) == ["lists"]


def test_two_entries_of_one_name_are_refused(menu: None) -> None:
    navigation.register(navigation.Entry("guide", "组件", "home", "ui:guide", order=10))
    with pytest.raises(ValueError, match="guide"):
        navigation.register(navigation.Entry("guide", "另一个", "home", "ui:guide"))


def page(request: HttpRequest, **context: Any) -> str:
    return render_to_string("ui/page.html", context, request)


def test_the_header_asks_nothing_for_who_is_signed_out(menu: None) -> None:
    def refuse(request: HttpRequest) -> Any:
        raise AssertionError("asked for somebody who is not there")

    shell.provide_messages(refuse, "ui:guide")
    shell.provide_assignments(refuse, "ui:guide")
    shell.provide_authority(lambda request: "示例市人社局")
    body = page(request_to("/", signed_in=False))
    assert "示例市人社局" in body
    assert "切换身份" not in body


def test_the_header_names_the_person_and_offers_their_roles(menu: None) -> None:
    shell.provide_messages(lambda request: 120, "ui:guide")
    shell.provide_assignments(
        lambda request: [
            shell.Assignment(1, "经办人员", current=True),
            shell.Assignment(2, "负责人", "某局"),
        ],
        "ui:guide",
    )
    body = page(request_to("/"))
    for expected in ("测试甲", "示例局", "99+", "切换身份", 'name="assignment" value="2"'):
        assert expected in body


def test_one_role_offers_no_switch(menu: None) -> None:
    shell.provide_assignments(lambda request: [shell.Assignment(1, "经办人员", current=True)], "ui:guide")
    assert "切换身份" not in page(request_to("/"))


def test_larger_text_stays_until_it_is_turned_off(client: Client) -> None:
    answer = client.post("/ui/view/", {"toggle": "large", "next": "/ui/guide/?x=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/ui/guide/?x=1")
    assert 'data-view="large"' in client.get("/ui/guide/").content.decode()
    client.post("/ui/view/", {"toggle": "contrast"})
    assert 'data-view="large contrast"' in client.get("/ui/guide/").content.decode()
    client.post("/ui/view/", {"toggle": "large"})
    assert 'data-view="contrast"' in client.get("/ui/guide/").content.decode()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_a_preference_leads_to_no_foreign_site(client: Client, target: str) -> None:
    assert client.post("/ui/view/", {"toggle": "large", "next": target})["Location"] == "/"


def test_a_cookie_of_nonsense_is_ignored(client: Client) -> None:
    client.cookies["keshi_view"] = '"><script>'
    assert 'data-view=""' in client.get("/ui/guide/").content.decode()


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_an_error_page_says_what_happened_and_what_to_do(
    client: Client, english: Client, status: int
) -> None:
    body = render_to_string(f"{status}.html")
    assert str(status) in body
    assert "怎么办" in body
    with translation.override("en"):
        assert "What to do" in render_to_string(f"{status}.html")


def test_no_page_of_the_guide_has_inline_script_or_event_attributes(client: Client) -> None:
    for address in ("/ui/guide/", "/ui/guide/list/", "/ui/guide/sign-in/"):
        body = client.get(address).content.decode()
        assert "<script>" not in body
        assert " onclick=" not in body
        assert " style=" not in body


class Enquiry(BaseForm):
    name = forms.CharField(label="名称", help_text="全称")
    day = forms.DateField(label="日期")
    kind = forms.ChoiceField(label="类别", choices=[("a", "甲")], widget=forms.RadioSelect)
    own = forms.CharField(label="自定", error_messages={"required": "请写自定内容。"})


@pytest.fixture
def faulty() -> str:
    form = Enquiry({"name": "", "day": "12.3.2020", "kind": "z"})
    return str(form)


def test_each_fault_is_told_beside_its_field_and_linked_from_the_summary(faulty: str) -> None:
    assert 'href="#id_name"' in faulty
    assert 'href="#id_kind_0"' in faulty
    assert 'aria-describedby="id_name_helptext id_name_error"' in faulty
    assert 'aria-invalid="true"' in faulty
    assert "有 4 处需要改正" in faulty


def test_faults_are_sentences_and_a_forms_own_sentence_wins(faulty: str) -> None:
    for sentence in (
        "请填写此项。",
        "请按“2020-03-12”的样式填写日期。",
        "所选的项不在列表中",
        "请写自定内容。",
    ):
        assert sentence in faulty


def test_dates_use_the_browsers_picker() -> None:
    form = str(Enquiry({"day": "2020-03-12"}))
    assert 'type="date"' in form
    assert 'value="2020-03-12"' in form


def component(source: str, **context: object) -> str:
    request = request_to("/", signed_in=False)
    compiled = Template("{% load ui %}" + CottonCompiler().process(source))
    return compiled.render(RequestContext(request, context))


def test_a_component_takes_nothing_from_the_page_around_it() -> None:
    body = component(
        '<c-card>x</c-card><c-fact label="a" />',
        title="页面标题",
        actions="钮",
        footer="脚",
        note="注",
        wide=True,
    )
    for leaked in ("页面标题", "钮", "脚", "注", "ks-fact-wide"):
        assert leaked not in body


@pytest.mark.parametrize(
    "source",
    [
        '<c-card :title="x" />',
        '<c-stat :value="x" :label="x" />',
        "<c-badge>{{ x }}</c-badge>",
        '<c-finding :text="x" :clause="x" outcome="failed" :remedy="x" />',
        '<c-timeline-item :title="x" :who="x" />',
        '<c-empty :title="x" />',
        '<c-fact :label="x">{{ x }}</c-fact>',
        '<c-file :name="x" :href="x" />',
        '<c-card title="{{ x }}" />',
    ],
)
def test_what_people_wrote_is_shown_as_text(source: str) -> None:
    body = component(source, x='"><script>alert(1)</script>')
    assert "<script>" not in body
    assert "&lt;script&gt;" in body


def test_no_amount_is_a_dash_that_a_screen_reader_hears() -> None:
    assert "无金额" in component("<c-money />")
    assert "0.00" in component('<c-money :fen="0" />')


def test_a_chart_brings_its_numbers_as_a_table() -> None:
    data = {"labels": ["甲", "乙"], "series": [{"name": "人数", "values": [1, 2]}], "units": ["人"]}
    body = component('<c-chart id="c" title="图" :data="data" />', data=data)
    assert '<script id="c" type="application/json">' in body
    assert '<th scope="row">乙</th><td class="ks-end">2</td>' in body


def test_templates_outside_a_request_still_render() -> None:
    assert Template("{% load ui %}{% querystring_with page=2 %}").render(Context()) == "?page=2"
