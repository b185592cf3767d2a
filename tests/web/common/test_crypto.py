"""Sealed values open only where they were sealed, whole, and under a key that is there."""

import base64
import json
import stat
import threading

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from keshi_web.common import keys
from keshi_web.common.crypto import (
    Broken,
    blind_index,
    key_id_of,
    rewrap,
    seal,
    seal_bytes,
    unseal,
    unseal_bytes,
)

HERE = {"table": "people_person", "column": "name", "row": "7"}


@pytest.fixture(autouse=True)
def key_file(tmp_path, settings):
    settings.VAULT_KEYS = tmp_path / "vault" / "keys.json"
    return settings.VAULT_KEYS


@pytest.fixture(params=["aes", "sm4"])
def cipher(request, key_file):
    keys.make_keyring(key_file, request.param)
    return request.param


quick = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@quick
@given(text=st.text())
def test_what_is_sealed_opens_again(cipher, text):
    sealed = seal(text, **HERE)
    assert unseal(sealed, **HERE) == text
    assert key_id_of(sealed) == f"{cipher}-1"


@quick
@given(plain=st.binary())
def test_bytes_too(cipher, plain):
    assert unseal_bytes(memoryview(seal_bytes(plain, **HERE)), **HERE) == plain


@quick
@given(text=st.text(min_size=4))
def test_equal_values_do_not_look_alike(cipher, text):
    one, other = seal(text, **HERE), seal(text, **HERE)
    assert one != other
    assert text.encode() not in one


@quick
@given(text=st.text(), data=st.data())
def test_a_single_changed_bit_is_noticed(cipher, text, data):
    sealed = bytearray(seal(text, **HERE))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Broken):
        unseal(bytes(sealed), **HERE)


@quick
@given(cut=st.integers(0, 130))
def test_a_shortened_value_is_noticed(cipher, cut):
    sealed = seal("测试甲", **HERE)
    assume(cut < len(sealed))
    with pytest.raises(Broken):
        unseal(sealed[:cut], **HERE)


@pytest.mark.parametrize("moved", [{"table": "people_bankaccount"}, {"column": "phone"}, {"row": "8"}])
def test_a_value_moved_elsewhere_does_not_open(cipher, moved):
    sealed = seal("测试甲", **HERE)
    with pytest.raises(Broken):
        unseal(sealed, **{**HERE, **moved})
    with pytest.raises(Broken):
        rewrap(sealed, **{**HERE, **moved})


def test_places_are_not_confused_by_joining_their_names(cipher):
    with pytest.raises(Broken):
        unseal(seal("x", table="a", column="bc", row="1"), table="ab", column="c", row="1")


@pytest.mark.parametrize("turned_to", ["aes", "sm4"])
def test_turning_the_key_changes_only_the_wrapping(cipher, turned_to):
    sealed = seal("测试甲", **HERE)
    new = keys.add_master(turned_to)
    turned = rewrap(sealed, **HERE)
    assert key_id_of(turned) == new == f"{turned_to}-2"
    assert unseal(turned, **HERE) == unseal(sealed, **HERE) == "测试甲"
    assert keys.retire_masters() == [f"{cipher}-1"]
    assert unseal(turned, **HERE) == "测试甲"
    with pytest.raises(Broken, match=f"{cipher}-1"):
        unseal(sealed, **HERE)


def test_a_key_id_is_never_given_twice(key_file):
    """After the older keys were taken out the file holds one; the next must not take its name and place."""
    sealed = seal("测试甲", **HERE)
    for number in range(2, 6):
        assert keys.add_master("aes") == f"aes-{number}"
        sealed = rewrap(sealed, **HERE)
        keys.retire_masters()
    assert unseal(sealed, **HERE) == "测试甲"
    ring = json.loads(key_file.read_text())
    ring["keys"]["aes-by-hand"] = ring["keys"]["aes-5"]
    key_file.write_text(json.dumps(ring))
    assert keys.add_master("sm4") == "sm4-6"


def test_two_who_add_a_key_at_once_lose_neither(key_file):
    keys.make_keyring(key_file)
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.append(keys.add_master("aes"))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [f"aes-{number}" for number in range(2, 8)]
    assert len(keys.keyring().masters) == 7


def test_the_data_key_cannot_be_claimed_for_another_master(key_file):
    keys.make_keyring(key_file)
    sealed = seal("测试甲", **HERE)
    data = json.loads(key_file.read_text())
    data["keys"]["aes-9"] = data["keys"]["aes-1"]
    key_file.write_text(json.dumps(data))
    with pytest.raises(Broken):
        unseal(sealed.replace(b"aes-1", b"aes-9"), **HERE)


def test_equal_texts_are_found_and_purposes_kept_apart():
    assert blind_index("id_number", "测试") == blind_index("id_number", "测试")
    assert blind_index("id_number", "测试") != blind_index("phone", "测试")
    assert blind_index("id_number", "测试") != blind_index("id_number", "测试 ")
    assert blind_index("name", "测试", size=2) == blind_index("name", "测试")[:2]


def test_another_installation_has_other_indexes(key_file):
    before = blind_index("phone", "x")
    key_file.unlink()
    assert blind_index("phone", "x") != before


def test_the_key_file_is_for_its_owner_only(key_file):
    keys.keyring()
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert [path.name for path in key_file.parent.iterdir()] == ["keys.json"]


def test_processes_that_start_together_share_one_key(key_file):
    rings: list[keys.Keyring] = []
    threads = [threading.Thread(target=lambda: rings.append(keys.keyring())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({ring.index for ring in rings}) == 1


def test_production_makes_no_key_by_itself(settings, key_file):
    settings.LOCAL = False
    with pytest.raises(ImproperlyConfigured, match="rotate_keys --new"):
        keys.keyring()
    assert not key_file.exists()


def _file(**change):
    key = base64.b64encode(bytes(32)).decode()
    return json.dumps({"current": "aes-1", "keys": {"aes-1": key}, "index": key, **change})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        _file(current="aes-2"),
        _file(index=""),
        _file(keys={"aes-1": "AAAA"}),
        _file(keys={"aes-1": base64.b64encode(bytes(32)).decode(), "des-1": "AAAA"}),
        _file(keys=[]),
    ],
)
def test_a_key_file_that_is_none_is_refused_without_showing_it(key_file, text):
    key_file.parent.mkdir()
    key_file.write_text(text)
    with pytest.raises(ImproperlyConfigured) as refusal:
        keys.keyring()
    assert "AAAA" not in str(refusal.value)


def test_a_new_key_file_never_replaces_one(key_file, capsys):
    call_command("rotate_keys", "--new")
    before = key_file.read_bytes()
    with pytest.raises(CommandError, match=r"keys\.json"):
        call_command("rotate_keys", "--new")
    assert key_file.read_bytes() == before
