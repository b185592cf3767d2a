"""The authority that signs letters, by its region."""

import pytest

from keshi_web.regions.models import Region
from keshi_web.regions.sample import load_sample


@pytest.fixture
def sample(db):
    return load_sample()


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("610000", "陕西省人力资源和社会保障厅"),
        ("150000", "内蒙古自治区人力资源和社会保障厅"),
        ("210800", "营口市人力资源和社会保障局"),
        ("440203", "韶关市武江区人力资源和社会保障局"),
        ("440232", "韶关市乳源瑶族自治县人力资源和社会保障局"),
        ("610900-gaoxin", "安康高新区人力资源和社会保障局"),
        ("370100-nanshan", "济南市南部山区人力资源和社会保障局"),
    ],
)
def test_letters_are_signed_in_the_authoritys_whole_name(sample, key, name):
    assert Region.objects.get(key=key).bureau_name == name
