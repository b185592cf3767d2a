"""广东远程职业培训网: each enterprise is registered by the city's centre before it files a class on it."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from keshi_web.catalogue import services
from keshi_web.catalogue.facts import registered
from keshi_web.catalogue.models import Platform, Registration
from keshi_web.catalogue.services.registrations import act
from keshi_web.classes import sample as cities
from keshi_web.classes.completeness import open_points
from keshi_web.classes.models import Filing
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed
from keshi_web.organisations.models import Organisation

from .conftest import person, version


@pytest.fixture
def platform(db):
    Registration.objects.filter(organisation_id=person("shaoguan-yi").organisation_id).delete()
    return Platform.objects.get(name="广东远程职业培训网")


def asked(platform, username="shaoguan-yi", scheme="shaoguan-2020"):
    by = person(username)
    organisation = Organisation.objects.select_related("region").get(pk=by.organisation_id)
    return services.ask_for_registration(version(scheme), platform, organisation=organisation, by=by)


def test_the_centre_registers_and_nobody_else(platform):
    made = asked(platform)
    notice, firm = version("shaoguan-2020"), made.organisation_id
    assert made.process.office.key == "440200"
    for name in ("shaoguan-clerk", "shaoguan-leader", "jinan-evaluator", "shaoguan-yi"):
        with pytest.raises(NotAllowed):
            act(made.process, "register", by=person(name))
    assert not registered(notice, platform, firm, clock.today())
    act(made.process, "register", by=person("shaoguan-evaluator"))
    assert registered(notice, platform, firm, clock.today())
    assert not registered(notice, platform, person("shaoguan-jia").organisation_id, clock.today())


def test_one_registration_at_a_time_and_another_after_a_refusal(platform):
    first = asked(platform)
    with pytest.raises(Invalid, match="已就此平台申请"):
        asked(platform)
    given = {"reason": "材料不符", "remedy": "更正单位名称后重新申请"}
    act(first.process, "refuse", by=person("shaoguan-evaluator"), given=given)
    again = asked(platform)
    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.filter(pk=first.pk).update(ended=False)
    assert again.process.number != first.process.number


def test_only_what_the_notice_names_is_registered(platform):
    other = Platform.objects.get(name="中国职业培训在线")
    with pytest.raises(Invalid, match="不要求"):
        asked(other)
    with pytest.raises(Invalid, match="不适用"):
        asked(platform, "jinan-jia")


def test_a_filing_is_not_handed_in_before_the_registration(platform):
    made = cities.file_class(cities.CITIES[-1], "draft", "登记前备案", serial=9001)
    filing = Filing.objects.get(pk=made.pk)
    assert filing.scheme_version.scheme == "shaoguan-2020"
    filing.platform = platform
    filing.save(update_fields=["platform"])
    Registration.objects.filter(organisation_id=filing.organisation_id).update(registered_on=None)

    def told():
        return [point.text for point in open_points(filing) if "请在平台页面申请登记" in point.text]

    assert len(told()) == 1
    assert "市职业技能服务中心" in told()[0]
    waiting = Registration.objects.get(organisation_id=filing.organisation_id, ended=False)
    act(waiting.process, "register", by=person("shaoguan-evaluator"))
    assert told() == []


def test_asking_in_the_browser_and_the_list_of_the_centre(platform, sign_in):
    firm = sign_in("shaoguan-yi")
    page = firm.get(reverse("catalogue:platform", args=[platform.pk])).content.decode()
    assert "申请登记" in page
    firm.post(reverse("catalogue:ask-registration", args=[platform.pk]))
    made = Registration.objects.get(organisation_id=person("shaoguan-yi").organisation_id)
    for name in ("shaoguan-yi", "shaoguan-evaluator"):
        client = sign_in(name)
        assert made.process.number in client.get(reverse("catalogue:registrations")).content.decode()
        assert client.get(reverse("catalogue:registration", args=[made.process.number])).status_code == 200
    assert (
        sign_in("shaoguan-jia").get(reverse("catalogue:registration", args=[made.process.number])).status_code
        == 404
    )
