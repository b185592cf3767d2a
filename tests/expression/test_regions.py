"""Administrative codes: what lies within what."""

import pytest

from keshi.regions import lies_within


@pytest.mark.parametrize(
    ("region", "wider", "inside"),
    [
        ("440203", "440200", True),
        ("440200", "440200", True),
        ("440203", "440000", True),
        ("440000", "440000", True),
        ("440203", "440203", True),
        ("440204", "440203", False),
        ("440300", "440200", False),
        ("440200", "440203", False),
        ("450203", "440000", False),
        ("440000", "440200", False),
        ("371202", "371200", True),
        ("371202", "370100", False),
    ],
)
def test_a_county_lies_within_its_city_and_province(region, wider, inside):
    assert lies_within(region, wider) is inside
