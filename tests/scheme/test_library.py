"""Finding a notice, and the version that governs a class."""

from datetime import date

import pytest

from keshi.problems import BadInput
from keshi.scheme import all_schemes, check_versions, find_scheme, load_scheme, scheme_root
from support import schemes

FIRST = "applies = { until = 2020-06-30 }\n"
SECOND = "version = 2\napplies = { from = 2020-07-01 }\n"


def refused(reference, **options):
    with pytest.raises(BadInput) as refusal:
        find_scheme(reference, **options)
    (found,) = refusal.value.problems
    assert found.line("zh")
    assert found.line("en")
    return found


@pytest.fixture
def two(tmp_path):
    schemes.write(tmp_path / "small-1", schemes.text(top=FIRST))
    schemes.write(tmp_path / "small-2", schemes.text(top=SECOND))
    return tmp_path


def test_a_scheme_is_found_by_its_id_whatever_its_folder(tmp_path):
    schemes.write(tmp_path / "anything", schemes.text())
    assert find_scheme("small-2020", root=tmp_path).folder == tmp_path / "anything"


def test_a_scheme_is_found_by_its_folder(tmp_path):
    folder = schemes.write(tmp_path / "mine", schemes.text())
    assert find_scheme(str(folder)).id == "small-2020"
    assert find_scheme(str(folder), day=date(1999, 1, 1)).id == "small-2020"


def test_the_notices_that_come_along_are_found():
    assert find_scheme("shaoguan-2020").id == "shaoguan-2020"
    assert {"yingkou-2020", "jinan-2020", "ankang-2020", "wuhai-2020", "shaoguan-2020"} <= {
        s.id for s in all_schemes()
    }
    assert (scheme_root() / "shaoguan-2020").is_dir()


def test_an_unknown_id_is_refused_with_those_there_are(two):
    found = refused("smal-2020", root=two)
    assert (found.code, found.value, found.params) == ("scheme-unknown", "smal-2020", {"known": "small-2020"})


def test_a_folder_without_a_scheme_is_refused(tmp_path, monkeypatch):
    assert refused(str(tmp_path)).code == "scheme-file-absent"
    assert refused(str(tmp_path / "none" / "here")).code == "scheme-file-absent"
    (tmp_path / "small-2020").mkdir()
    monkeypatch.chdir(tmp_path)
    assert refused("small-2020").where.endswith("scheme.toml")


@pytest.mark.parametrize(
    ("day", "version"),
    [(date(1900, 1, 1), 1), (date(2020, 6, 30), 1), (date(2020, 7, 1), 2), (date(2090, 1, 1), 2)],
)
def test_the_version_of_the_first_day_governs(two, day, version):
    assert find_scheme("small-2020", day=day, root=two).file.version == version


def test_several_versions_need_a_day(two):
    found = refused("small-2020", root=two)
    assert (found.code, found.value) == ("scheme-no-version", None)


def test_a_day_without_a_version_is_refused(tmp_path):
    schemes.write(tmp_path / "small-1", schemes.text(top=FIRST))
    assert find_scheme("small-2020", root=tmp_path).file.version == 1
    found = refused("small-2020", day=date(2020, 7, 1), root=tmp_path)
    assert (found.code, found.value, found.params) == (
        "scheme-no-version",
        "2020-07-01",
        {"scheme": "small-2020"},
    )
    schemes.write(tmp_path / "small-2", schemes.text(top=SECOND.replace("2020-07-01", "2020-07-02")))
    assert refused("small-2020", day=date(2020, 7, 1), root=tmp_path).code == "scheme-no-version"


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        (FIRST, SECOND, False),
        (SECOND, FIRST, False),
        (FIRST, SECOND.replace("07-01", "06-30"), True),
        (SECOND.replace("07-01", "06-30"), FIRST, True),
        ("", SECOND, True),
        ("", "", True),
    ],
)
def test_two_versions_at_once_are_an_error(tmp_path, first, second, overlap):
    one = schemes.write(tmp_path / "a", schemes.text(top=first))
    two = schemes.write(tmp_path / "b", schemes.text(top=second))
    both = [load_scheme(one), load_scheme(two)]
    if not overlap:
        check_versions(both)
        assert len(all_schemes(tmp_path)) == 2
        return
    with pytest.raises(BadInput) as refusal:
        check_versions(both)
    (found,) = refusal.value.problems
    assert found.code == "scheme-versions-overlap"
    assert found.where == str(two / "scheme.toml")
    assert found.params == {"first": str(one), "second": str(two), "scheme": "small-2020"}
    with pytest.raises(BadInput):
        all_schemes(tmp_path)
    with pytest.raises(BadInput):
        find_scheme("small-2020", root=tmp_path, day=date(2020, 3, 1))


def test_other_notices_may_apply_at_the_same_time(tmp_path):
    schemes.write(tmp_path / "a", schemes.text())
    schemes.write(tmp_path / "b", schemes.text().replace('id = "small-2020"', 'id = "other-2020"'))
    assert [scheme.id for scheme in all_schemes(tmp_path)] == ["small-2020", "other-2020"]


def test_a_broken_neighbour_does_not_hide_a_sound_notice(tmp_path):
    schemes.write(tmp_path / "a", schemes.text())
    schemes.write(tmp_path / "b", "id = = 3")
    schemes.write(tmp_path / "c", "名".encode("utf-16"))
    schemes.write(tmp_path / "d", "a = " + "[" * 50_000)
    schemes.write(tmp_path / "e", "a = " + "9" * 5_000)
    assert find_scheme("small-2020", root=tmp_path).id == "small-2020"
    assert refused("b", root=tmp_path).code == "file-toml"
