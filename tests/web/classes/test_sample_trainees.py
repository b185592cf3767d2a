"""The trainees of the demonstration: in with one click, and their page shows what is kept and who read it."""

from django.test import Client
from django.urls import reverse

from keshi_web.accounts.demonstration import sample_accounts
from keshi_web.people.models import Person


def test_a_sample_trainee_sees_their_categories_and_readers(db):
    [group] = [group for group in sample_accounts() if group.title == "乌海市"]
    assert [one.username for one in group.people if one.role == "学员"] == [
        "wuhai-trainee",
        "wuhai-trainee-2",
    ]
    browser = Client()
    browser.post(reverse("accounts:sign-in-as-sample"), {"username": "wuhai-trainee-2"})
    text = browser.get(reverse("people:my-data")).content.decode()
    own = Person.objects.get(user__username="wuhai-trainee-2")
    number = own.enrolments.get().filing.process.number
    for part in (
        "劳务派遣人员",
        "退役军人",
        "乌海测试己人力资源有限公司",
        number,
        "审计",
        "抽查回访",
    ):
        assert part in text
    assert own.id_number_masked in text
    assert browser.get(reverse("classes:filing", args=[number])).status_code in (403, 404)
