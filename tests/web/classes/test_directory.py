"""A platform is taken out of the directory: filings not yet decided stop, decided classes go on."""

import pytest
from django.urls import reverse

from keshi_web.catalogue import services as catalogue
from keshi_web.catalogue.models import Listing
from keshi_web.catalogue.signals import uses_of
from keshi_web.classes.services import decisions
from keshi_web.common.errors import NotAllowed
from keshi_web.workflow.models import Message


def taken_out(filing, actor):
    listing = Listing.objects.filter(platform=filing.platform, scheme=filing.scheme_version.scheme).get()
    return catalogue.delist(listing.pk, "停止运营", by=actor("shaoguan-leader"))


def test_a_filing_under_review_is_not_agreed_to_with_a_platform_taken_out(file, actor, desk):
    filing = file("shaoguan", "endorsed")
    taken_out(filing, actor)
    leader = desk(filing).leader
    with pytest.raises(NotAllowed, match="移出目录（停止运营）"):
        decisions.act(filing.process, "approve", by=leader)
    assert filing.process.entries.filter(event="delisted").count() == 1
    told = Message.objects.filter(process=filing.process, kind="class-platform-delisted")
    assert told.filter(user_id=actor("shaoguan-jia").user_id).count() == 1
    decisions.act(filing.process, "return", by=desk(filing).section, given={"defects": ["平台已移出目录"]})


def test_a_class_agreed_to_before_goes_on(file, actor):
    filing = file("shaoguan", "approved")
    taken_out(filing, actor)
    filing.process.refresh_from_db()
    assert filing.process.state == "approved"
    assert not filing.process.entries.filter(event="delisted").exists()
    assert not Message.objects.filter(process=filing.process, kind="class-platform-delisted").exists()


def test_the_leader_sees_which_classes_are_touched_before_deciding(file, actor, sign_in):
    waiting, agreed = file("shaoguan", "submitted"), file("shaoguan", "approved")
    listing = Listing.objects.get(platform=waiting.platform, scheme="shaoguan-2020")
    found = {use.number: use.decided for use in uses_of(listing, actor("shaoguan-leader"))}
    assert found[waiting.process.number] is False
    assert found[agreed.process.number] is True
    page = sign_in("shaoguan-leader").get(reverse("catalogue:delist", args=[listing.pk])).content.decode()
    assert waiting.process.number in page
    assert not uses_of(listing, actor("jinan-leader"))


def test_another_ground_still_carries_the_filing(file, actor, desk):
    filing = file("shaoguan", "endorsed")
    listing = Listing.objects.get(platform=filing.platform, scheme="shaoguan-2020")
    Listing.objects.create(
        platform=filing.platform, scheme=listing.scheme, region=listing.region, ground="evaluated",
        valid_from=listing.valid_from,
    )  # fmt: skip
    catalogue.delist(listing.pk, "改列", by=actor("shaoguan-leader"))
    decisions.act(filing.process, "approve", by=desk(filing).leader)
