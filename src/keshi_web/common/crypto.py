"""Sealing personal data, and finding it again without opening it.

A sealed value brings its own data key, wrapped by a master key from the key file (keys.py). Value and wrapping
are bound to table, column, row and key: a value copied to another row, column or table does not open, nor one
with a single bit changed. Two equal values never look alike; equality is found by `blind_index`.

    version 1 · cipher number 1 · length 1 · key id · length 1 · wrapped data key · nonce, ciphertext, tag
"""

import hmac
import os
from dataclasses import dataclass
from functools import lru_cache

from keshi_web.common.ciphers import BY_NUMBER, Broken
from keshi_web.common.keys import cipher_of, keyring

__all__ = ["Broken", "blind_index", "key_id_of", "rewrap", "seal", "seal_bytes", "unseal", "unseal_bytes"]

_VERSION = 1


def seal(text: str, *, table: str, column: str, row: object) -> bytes:
    """The text encrypted for one place in the database. `row` is the row's key, written as text."""
    return seal_bytes(text.encode(), table=table, column=column, row=row)


def unseal(sealed: bytes | memoryview, *, table: str, column: str, row: object) -> str:
    """The text. Raises Broken when the value was changed or belongs to another place."""
    return unseal_bytes(sealed, table=table, column=column, row=row).decode()


def seal_bytes(plain: bytes, *, table: str, column: str, row: object) -> bytes:
    """Bytes encrypted for one place, as a photograph."""
    ring = keyring()
    cipher = cipher_of(ring.current)
    data_key = os.urandom(cipher.key_size)
    place = _place(table, column, row)
    body = cipher.encrypt(data_key, plain, bytes([cipher.number]) + place)
    wrapped = cipher.encrypt(ring.master(ring.current), data_key, place + _part(ring.current))
    return _Sealed(cipher.number, ring.current, wrapped, body).write()


def unseal_bytes(sealed: bytes | memoryview, *, table: str, column: str, row: object) -> bytes:
    """The bytes. Raises Broken when the value was changed or belongs to another place."""
    parts = _Sealed.read(sealed)
    place = _place(table, column, row)
    data_key = _unwrap(parts, place)
    return BY_NUMBER[parts.cipher].decrypt(data_key, parts.body, bytes([parts.cipher]) + place)


def rewrap(sealed: bytes | memoryview, *, table: str, column: str, row: object) -> bytes:
    """The same value with its data key under the current master key. Raises Broken."""
    parts, ring = _Sealed.read(sealed), keyring()
    place = _place(table, column, row)
    wrapped = cipher_of(ring.current).encrypt(
        ring.master(ring.current), _unwrap(parts, place), place + _part(ring.current)
    )
    return _Sealed(parts.cipher, ring.current, wrapped, parts.body).write()


def key_id_of(sealed: bytes | memoryview) -> str:
    """Under which master key a value is sealed. Raises Broken for what is no sealed value."""
    return _Sealed.read(sealed).key_id


def blind_index(purpose: str, text: str, *, size: int = 32) -> bytes:
    """A keyed digest (HMAC-SHA256) by which equal texts are found; `size` bytes of it.

    Texts are compared as they are given: normalise first. Digests of two purposes have nothing in common, so
    a phone that is somebody's account cannot be recognised. A short one is shared by many texts on purpose.
    """
    return hmac.digest(_index_key(keyring().index, purpose), text.encode(), "sha256")[:size]


@lru_cache(maxsize=64)
def _index_key(index: bytes, purpose: str) -> bytes:
    return hmac.digest(index, b"keshi blind index " + purpose.encode(), "sha256")


@dataclass(frozen=True, slots=True)
class _Sealed:
    cipher: int
    key_id: str
    wrapped: bytes
    body: bytes

    def write(self) -> bytes:
        return b"".join(
            (
                bytes([_VERSION, self.cipher]),
                _short(self.key_id.encode()),
                _short(self.wrapped),
                self.body,
            )
        )

    @classmethod
    def read(cls, sealed: bytes | memoryview) -> "_Sealed":
        raw = bytes(sealed)
        try:
            version, cipher, length = raw[:3]
            key_end = 3 + length
            wrapped_end = key_end + 1 + raw[key_end]
            parts = cls(
                cipher, raw[3:key_end].decode("ascii"), raw[key_end + 1 : wrapped_end], raw[wrapped_end:]
            )
        except (ValueError, IndexError):
            raise Broken("not a sealed value") from None
        if version != _VERSION or cipher not in BY_NUMBER:
            raise Broken("a sealed value of an unknown version or cipher")
        return parts


def _unwrap(parts: _Sealed, place: bytes) -> bytes:
    master = keyring().master(parts.key_id)
    data_key = cipher_of(parts.key_id).decrypt(master, parts.wrapped, place + _part(parts.key_id))
    if len(data_key) != BY_NUMBER[parts.cipher].key_size:
        raise Broken("the sealed value does not open here")
    return data_key


def _place(table: str, column: str, row: object) -> bytes:
    return _part(table) + _part(column) + _part(str(row))


def _part(text: str) -> bytes:
    """With its length before it, so that no two places are written alike."""
    raw = text.encode()
    return len(raw).to_bytes(2, "big") + raw


def _short(raw: bytes) -> bytes:
    return bytes([len(raw)]) + raw
