"""Places, their codes through the years, and who has jurisdiction."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from keshi_web.regions.models import Region
from keshi_web.regions.names import english_name
from keshi_web.regions.register import entries
from keshi_web.regions.sample import load_sample

SPRING_2020 = date(2020, 4, 1)


@pytest.fixture
def sample(db):
    return load_sample()


@pytest.mark.parametrize(
    ("code", "day", "key"),
    [
        ("371202", date(2018, 6, 1), "371202"),
        ("371202", SPRING_2020, "370116"),
        ("371203", SPRING_2020, "370117"),
        ("371200", SPRING_2020, "370100"),
        ("610928", SPRING_2020, "610928"),
        ("610928", date(2021, 6, 1), "610981"),
        ("440221", SPRING_2020, "440205"),
        ("440203", date(1990, 1, 1), "440203-2002"),
        ("440203", SPRING_2020, "440203"),
        ("370122", SPRING_2020, "370114"),
        ("370116", date(2010, 1, 1), "370116"),
    ],
)
def test_a_withdrawn_code_leads_to_who_answers_for_it_now(sample, code, day, key):
    assert Region.objects.find(code, day).key == key


def test_an_unknown_code_finds_nothing(sample):
    assert Region.objects.find("999999", SPRING_2020) is None


def test_laiwu_lies_within_jinan_since_2019(sample):
    jinan = Region.objects.get(key="370100")
    assert jinan.covers(Region.objects.get(key="370116").path)
    assert not jinan.covers(Region.objects.get(key="371202").path)
    districts = Region.objects.within(jinan.path).valid_on(SPRING_2020)
    assert {"370116", "370117", "370100-gaoxin", "370100-laiwu-gaoxin"} <= {one.key for one in districts}
    assert "370116" not in {one.key for one in Region.objects.within(jinan.path).valid_on(date(2018, 6, 1))}


def test_a_district_is_not_inside_one_whose_code_begins_alike(sample):
    shaoguan = Region.objects.get(key="440200")
    assert shaoguan.path == "/440000/440200/"
    assert not shaoguan.covers("/440000/440200-2000/")
    assert Region.objects.get(key="440203").ancestors() == ["440000", "440200"]


def test_an_office_without_a_code_stands_below_its_city(sample):
    zone = Region.objects.get(key="610900-gaoxin")
    assert (zone.code, zone.kind, zone.level, zone.parent.key) == ("", "office", "district", "610900")


def test_loading_again_changes_nothing(sample):
    before = list(Region.objects.values_list())
    assert load_sample() == sample == len(before)
    assert list(Region.objects.values_list()) == before


def test_loading_takes_few_queries(db, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        load_sample()


def test_a_jurisdiction_is_looked_up_by_the_index(sample):
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(
            f"explain {Region.objects.order_by().filter(path__startswith='/440000/').query}".replace(
                "LIKE /440000/%", "LIKE '/440000/%'"
            )
        )
        plan = " ".join(row[0] for row in cursor.fetchall())
    assert "Index" in plan
    assert "path" in plan


def test_the_database_refuses_a_division_without_a_code(sample):
    with pytest.raises(IntegrityError, match="region_division_has_code"), transaction.atomic():
        Region.objects.create(key="x", name="x", name_en="x", level="district", path="/x/")


def test_the_database_refuses_a_path_of_another_place(sample):
    with pytest.raises(IntegrityError, match="region_path_ends_with_key"), transaction.atomic():
        Region.objects.create(
            key="x", kind="office", name="x", name_en="x", level="district", path="/440000/"
        )


def test_the_command_says_how_many(db, capsys):
    call_command("load_regions", "61")
    assert "载入" in capsys.readouterr().out
    assert not Region.objects.filter(code__startswith="44").exists()


def test_the_whole_register_is_a_tree_without_gaps():
    regions = entries()
    known = {one.key: one for one in regions}
    assert len(known) == len(regions) > 7000
    current = [one for one in regions if one.level == "district" and one.valid_until is None]
    assert len(current) > 2800
    for one in regions:
        assert one.path.endswith(f"/{one.key}/")
        assert not one.parent or known[one.parent].path == one.path.removesuffix(f"{one.key}/")
        assert not one.successor or one.successor in known
        assert one.name_en


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("武江区", "Wujiang District"),
        ("乳源瑶族自治县", "Ruyuan Yao Autonomous County"),
        ("金平苗族瑶族傣族自治县", "Jinping Miao, Yao and Dai Autonomous County"),
        ("西安市", "Xi'an"),
        ("陕西省", "Shaanxi"),
        ("吕梁市", "Lüliang"),
        ("歙县", "Shexian"),
    ],
)
def test_english_names_are_those_of_maps(name, english):
    assert english_name(name).startswith(english)
