"""The two authenticated ciphers behind one interface: AES-256-GCM, and SM4-GCM (GB/T 32907) where it is required."""

import os
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher as Blocks
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

NONCE = 12
TAG = 16


class Broken(Exception):
    """A sealed value that was changed, moved to another place, or sealed under a key this service has not."""


class Cipher(Protocol):
    """Authenticated encryption; a fresh nonce is drawn for every call and stands before the result."""

    number: int
    """Written into what is sealed, so that it can be opened after the default has changed."""
    key_size: int

    def encrypt(self, key: bytes, plain: bytes, bound_to: bytes) -> bytes:
        """Nonce, ciphertext and tag."""

    def decrypt(self, key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
        """The plain bytes. Raises Broken."""


@dataclass(frozen=True)
class Aes:
    """AES-256-GCM."""

    number: int = 1
    key_size: int = 32

    def encrypt(self, key: bytes, plain: bytes, bound_to: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + AESGCM(key).encrypt(nonce, plain, bound_to)

    def decrypt(self, key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
        try:
            return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], bound_to)
        except (InvalidTag, ValueError):
            raise Broken("the sealed value does not open here") from None


@dataclass(frozen=True)
class Sm4:
    """SM4-GCM, 128-bit keys."""

    number: int = 2
    key_size: int = 16

    def encrypt(self, key: bytes, plain: bytes, bound_to: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        work = Blocks(SM4(key), GCM(nonce)).encryptor()
        work.authenticate_additional_data(bound_to)
        return nonce + work.update(plain) + work.finalize() + work.tag

    def decrypt(self, key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
        if len(sealed) < NONCE + TAG:
            raise Broken("the sealed value does not open here")
        work = Blocks(SM4(key), GCM(sealed[:NONCE], sealed[-TAG:])).decryptor()
        work.authenticate_additional_data(bound_to)
        try:
            return work.update(sealed[NONCE:-TAG]) + work.finalize()
        except InvalidTag:
            raise Broken("the sealed value does not open here") from None


CIPHERS: dict[str, Cipher] = {"aes": Aes(), "sm4": Sm4()}
"""By the beginning of a key's id."""
BY_NUMBER: dict[int, Cipher] = {cipher.number: cipher for cipher in CIPHERS.values()}
