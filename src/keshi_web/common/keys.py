"""The keys of the vault: a file outside the database and outside its backups.

    {"current": "aes-1", "keys": {"aes-1": "<base64>"}, "index": "<base64>"}

`keys` are master keys; an id begins with the cipher it belongs to (aes-, sm4-). New values are sealed under the
current one, older ones stay readable as long as their key is kept. `index` keys the blind indexes and is not
rotated: every stored index would have to be computed anew.
"""

import base64
import fcntl
import json
import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from keshi_web.common.ciphers import CIPHERS, Broken, Cipher

_ID = re.compile(r"(aes|sm4)-[a-z0-9-]{1,40}")


@dataclass(frozen=True)
class Keyring:
    """What is in the file."""

    current: str
    masters: dict[str, bytes]
    index: bytes

    def master(self, key_id: str) -> bytes:
        """A master key. Raises Broken for one that is not in the file."""
        try:
            return self.masters[key_id]
        except KeyError:
            raise Broken(f"no key {key_id} in {settings.VAULT_KEYS}") from None


def cipher_of(key_id: str) -> Cipher:
    """The cipher a key belongs to, by the beginning of its id."""
    return CIPHERS[key_id.partition("-")[0]]


def keyring() -> Keyring:
    """The keys now in the file; a change of the file is seen by the next call.

    Raises:
        ImproperlyConfigured: no file (outside demonstrations and tests), or one that cannot be used.
    """
    # Asked for with every value that is sealed or opened: one look at the file, nothing else.
    path = os.fspath(settings.VAULT_KEYS)
    try:
        stamp = os.stat(path)
    except FileNotFoundError:
        if not settings.LOCAL:
            raise ImproperlyConfigured(
                f"the vault's keys are missing: {path}. Restore the file from its own backup, or make it for a new "
                "installation with `manage.py rotate_keys --new`."
            ) from None
        make_keyring(Path(path))
        stamp = os.stat(path)
    return _read(path, stamp.st_mtime_ns, stamp.st_ino)


@lru_cache(maxsize=4)
def _read(path: str, _changed_at: int, _inode: int) -> Keyring:
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
        masters = {key_id: base64.b64decode(text, validate=True) for key_id, text in data["keys"].items()}
        ring = Keyring(data["current"], masters, base64.b64decode(data["index"], validate=True))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ImproperlyConfigured(f"{path} is not a file of vault keys: {type(error).__name__}") from None
    if ring.current not in masters or len(ring.index) < 32:
        raise ImproperlyConfigured(f"{path}: the current key or the index key is missing")
    for key_id, key in masters.items():
        if not _ID.fullmatch(key_id) or len(key) != cipher_of(key_id).key_size:
            raise ImproperlyConfigured(f"{path}: {key_id} is not an aes- or sm4- key of the right length")
    return ring


def make_keyring(path: Path, cipher: str = "aes") -> None:
    """Write a new file, readable by its owner alone; leaves one that is already there."""
    first = f"{cipher}-1"
    ring = Keyring(first, {first: secrets.token_bytes(CIPHERS[cipher].key_size)}, secrets.token_bytes(32))
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft(path, ring)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first
    finally:
        draft.unlink()


def add_master(cipher: str) -> str:
    """Add a master key, make it the current one, and return its id. The older ones stay in the file."""
    with _changing() as path:
        ring = keyring()
        # Beyond every number in the file, also after older keys were taken out of it: an id names one key for ever.
        key_id = f"{cipher}-{max(map(_number, ring.masters)) + 1}"
        masters = {**ring.masters, key_id: secrets.token_bytes(CIPHERS[cipher].key_size)}
        _draft(path, Keyring(key_id, masters, ring.index)).replace(path)
    return key_id


def retire_masters() -> list[str]:
    """Take all but the current master key out of the file; the ids taken. What they sealed is lost."""
    with _changing() as path:
        ring = keyring()
        old = [key_id for key_id in ring.masters if key_id != ring.current]
        kept = {ring.current: ring.masters[ring.current]}
        _draft(path, Keyring(ring.current, kept, ring.index)).replace(path)
    return old


@contextmanager
def _changing() -> Iterator[Path]:
    """The key file's path, for one process at a time: of two that add a key at once neither loses the other's."""
    path = Path(settings.VAULT_KEYS)
    keyring()
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield path


def _number(key_id: str) -> int:
    """The running number at the end of a key's id, 0 for an id that was given by hand."""
    ending = key_id.rpartition("-")[2]
    return int(ending) if ending.isdecimal() else 0


def _draft(path: Path, ring: Keyring) -> Path:
    """The whole file under another name beside it, so that nobody ever reads half of one."""
    number, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # mode 0600
    with os.fdopen(number, "w", encoding="utf-8") as file:
        encoded = {key_id: base64.b64encode(key).decode() for key_id, key in ring.masters.items()}
        json.dump(
            {"current": ring.current, "keys": encoded, "index": base64.b64encode(ring.index).decode()}, file
        )
        file.flush()
        os.fsync(file.fileno())
    return Path(name)
