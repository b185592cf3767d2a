"""Running PostgreSQL's programs, which refuse root, when we are root: as another user, without making one."""

import contextlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

NAMES = ("postgres", "nobody", "daemon")
"""Users that a system has anyway, the best first: the programs look up the name of who runs them."""


@dataclass(frozen=True)
class Unprivileged:
    """A way to run a program in `folder` that PostgreSQL accepts.

    `uid`, `gid`: to change to before the program starts; None when we stay who we are.
    `prefix`: a command that stands before the program's.
    """

    folder: Path
    uid: int | None = None
    gid: int | None = None
    prefix: tuple[str, ...] = ()

    def run(self, command: Sequence[str], words: str = "") -> subprocess.CompletedProcess[str]:
        """Run to the end in the folder; the answer's text is captured, nothing of a PG… variable gets through."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return subprocess.run(
            [*self.prefix, *command], cwd=self.folder, input=words, capture_output=True, encoding="utf-8", check=False,
            env={**environment, "LC_ALL": "C", "TZ": "UTC"}, user=None if self.prefix else self.uid,
            group=None if self.prefix else self.gid, extra_groups=None if self.prefix or self.uid is None else [],
        )  # fmt: skip

    def own(self, *folders: Path) -> None:
        """Let the folders, with all in them, belong to whom the server runs as, closed to others."""
        user, group = (os.geteuid(), os.getegid()) if self.uid is None else (self.uid, self.gid or self.uid)
        for folder in folders:
            if os.geteuid() == 0 and folder.stat().st_uid != user:
                for place, names, files in os.walk(folder):
                    for name in (".", *names, *files):
                        os.lchown(os.path.join(place, name), user, group)
            folder.chmod(0o700)


def unprivileged(folder: Path, programs: Path) -> Unprivileged:
    """How to run the programs here. As an ordinary user: simply. As root, the first of three that works:

    another user's identity; where a parent folder is closed to that user (a checkout in root's home), a user
    namespace in which our own files belong to that user; where the system allows none, the other user's identity with
    the capability to pass closed folders.
    """
    if os.geteuid() != 0:
        return Unprivileged(folder)
    uid, gid = _somebody(folder)
    plain = Unprivileged(folder, uid, gid)
    user, group = str(uid), str(gid)
    ways = [plain]
    if unshare := shutil.which("unshare"):
        mapped = (unshare, "--user", f"--map-user={user}", f"--map-group={group}", "--")
        ways.append(Unprivileged(folder, prefix=mapped))
    if setpriv := shutil.which("setpriv"):
        able = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override")
        ways.append(
            Unprivileged(
                folder,
                uid,
                gid,
                (setpriv, f"--reuid={user}", f"--regid={group}", "--clear-groups", *able, "--"),
            )
        )
    for way in ways:
        if _works(way, programs):
            return way
    raise PermissionError(
        13,
        "PostgreSQL does not run as root, and there is no way to another user here: run as an ordinary user",
        str(folder),
    )


def _somebody(folder: Path) -> tuple[int, int]:
    """The folder's owner, when that is a user, so that both root and they can start the server; or one of NAMES."""
    owner = folder.stat().st_uid
    if owner != 0:
        with contextlib.suppress(KeyError):
            return owner, pwd.getpwuid(owner).pw_gid
    for name in NAMES:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return found.pw_uid, found.pw_gid
    raise PermissionError(13, f"PostgreSQL does not run as root, and none of {', '.join(NAMES)} exists", "")


def _works(way: Unprivileged, programs: Path) -> bool:
    """Whether this way reaches both the folder and the programs."""
    try:
        test = 'test -x "$1" && test -x "$2/postgres" && "$2/postgres" --version'
        return way.run(["/bin/sh", "-c", test, "sh", str(way.folder), str(programs)]).returncode == 0
    except OSError:
        return False
