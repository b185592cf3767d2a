"""The five notices by command and as a sample."""

import io

import pytest
from django.core.management import CommandError, call_command

from keshi_web.accounts.roles import Role
from keshi_web.schemes import sample
from keshi_web.schemes.models import SchemeVersion
from keshi_web.schemes.states import State

from .conftest import LINJIANG, ROOT


def test_the_command_imports_for_a_named_clerk_and_leaves_approval_open(clerk):
    out = io.StringIO()
    call_command("import_schemes", str(LINJIANG), "--by", "jingban", stdout=out)
    assert SchemeVersion.objects.get().state == State.CHECKED
    assert "linjiang-2021 v1" in out.getvalue()


def test_the_command_publishes_with_a_second_named_person(clerk, leader):
    for _again in range(2):
        call_command(
            "import_schemes",
            str(LINJIANG),
            "--by",
            "jingban",
            "--approved-by",
            "fuzeren",
            stdout=io.StringIO(),
        )
    version = SchemeVersion.objects.get()
    assert (version.state, version.approved_by_id) == (State.PUBLISHED, leader.user_id)


@pytest.mark.parametrize(
    "names", [("--by", "nobody"), ("--by", "fuzeren"), ("--by", "jingban", "--approved-by", "jingban")]
)
def test_the_command_refuses_people_without_the_role(clerk, leader, names):
    with pytest.raises(CommandError):
        call_command("import_schemes", str(LINJIANG), *names, stdout=io.StringIO())


def test_the_sample_is_approved_by_a_leader_of_the_region_or_above(person, regions):
    clerk = person("sg", Role.CLERK, "440200")
    leader = person("gd", Role.BUREAU_LEADER, "440000")
    version = sample.bring_into_force(ROOT / "schemes" / "shaoguan-2020")
    assert (version.imported_by_id, version.approved_by_id) == (clerk.user_id, leader.user_id)
    assert version.state == State.PUBLISHED
    with pytest.raises(LookupError, match="nobody"):
        sample.bring_into_force(LINJIANG)
