"""The sample cities, and evaluations carried to where a test needs them."""

from collections.abc import Callable
from typing import Any

import pytest

from keshi_web.accounts.actor import Actor
from keshi_web.catalogue import checklist, services
from keshi_web.catalogue.models import Course, Evaluation, Platform
from keshi_web.catalogue.sample import _actor, answers
from keshi_web.organisations.models import Organisation
from keshi_web.schemes.models import SchemeVersion
from web.classes.conftest import _sample_cities, sample_database, settings_day, sign_in

__all__ = ["_sample_cities", "sample_database", "settings_day", "sign_in"]


def person(username: str) -> Actor:
    """A sample person in their role."""
    found = _actor(username)
    assert found is not None, username
    return found


def version(scheme: str) -> SchemeVersion:
    """The published version of a scheme."""
    return SchemeVersion.objects.select_related("region").get(scheme=scheme, state="published")


class Case:
    """An evaluation with its people: they act, and it is fresh afterwards."""

    def __init__(self, evaluation: Evaluation, applicant: Actor) -> None:
        self.pk, self.applicant = evaluation.pk, applicant

    @property
    def evaluation(self) -> Evaluation:
        return Evaluation.objects.select_related(
            "process__office", "scheme_version__region", "applicant"
        ).get(pk=self.pk)

    @property
    def state(self) -> str:
        return self.evaluation.process.state

    def fills(self) -> "Case":
        """Form and papers, complete."""
        services.save_form(self.pk, answers(self.evaluation), by=self.applicant)
        for slot in checklist.slots(self.evaluation):
            if slot.required:
                services.hand_in(self.pk, slot.key, by=self.applicant, not_applicable="原件已在窗口核验")
        return self

    def does(self, who: Actor, event: str, **given: Any) -> "Case":
        services.act(self.evaluation.process_id, event, by=who, given=given)
        return self

    def judges(self, who: Actor, passed: bool = True, note: str = "") -> "Case":
        for check in checklist.unjudged(self.evaluation):
            services.judge(self.pk, check.id, passed, by=who, note=note)
        return self


@pytest.fixture
def opened(db: None) -> Callable[..., Case]:
    """`opened("wuhai", "wu", "platform")`: a draft of a sample organisation about something new of its own."""

    def make(slug: str, sort: str, rule: str, subject: Any = None) -> Case:
        applicant = person(f"{slug}-{sort}")
        organisation = Organisation.objects.select_related("region").get(pk=applicant.organisation_id)
        if subject is None and rule == "platform":
            subject = services.save_platform(
                None,
                {
                    "name": "新测试平台",
                    "kind": "third-party",
                    "url": "https://new.example.cn/",
                    "icp": "测ICP备1号",
                },
                by=applicant,
            )
        elif subject is None:
            subject = services.save_course(None, {"name": "新测试课程", "video_minutes": 1200}, by=applicant)
        assert isinstance(subject, Platform | Course | str) or subject is not None
        found = services.apply_for_evaluation(
            version(f"{slug}-2020"), rule, subject, applicant=organisation, by=applicant
        )
        return Case(found, applicant)

    return make
