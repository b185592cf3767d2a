"""The files of a scheme as they come in: a folder, a zip or single files; out of untrusted bytes a checked set."""

import hashlib
import io
import re
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _

from keshi.problems import BadInput, Problem
from keshi.scheme import Scheme, load_scheme
from keshi.scheme.load import SCHEME_FILE
from keshi.settlement.worked import worked_cases
from keshi_web.common.errors import Invalid
from keshi_web.common.language import lang

MOST_FILES = 300
MOST_BYTES = 2 * 1024 * 1024
MOST_TOGETHER = 8 * 1024 * 1024
"""A notice is text: the largest of the five is 60 kB. More is a mistake or an attack."""

_BELONGS = re.compile(
    r"^(?:scheme\.toml|tables/[\w.-]+\.csv|cases/[\w.-]+\.toml|forms/[\w.-]+\.(?:typ|docx|toml|pdf))$"
)
_PLACE = re.compile(r"^(?P<file>[\w./-]+\.(?:toml|csv)):(?P<line>\d+)(?::(?P<column>\d+))?")


@dataclass(frozen=True)
class Content:
    """The files by their path inside the scheme's folder, and the names that were left out."""

    files: Mapping[str, bytes]
    left_out: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Over every path and byte, in the order of the paths."""
        whole = hashlib.sha256()
        for path in sorted(self.files):
            for part in (path.encode(), self.files[path]):
                whole.update(hashlib.sha256(part).digest())
        return f"sha256:{whole.hexdigest()}"


@dataclass(frozen=True)
class Fault:
    """One problem as the page shows it: where, what, and the line with the place marked in it."""

    file: str
    line: int | None
    column: int | None
    text: str
    value: str = ""
    before: str = ""
    marked: str = ""
    after: str = ""
    excerpt: str = field(default="", compare=False)

    @property
    def where(self) -> str:
        """file:line:column, as far as it is known."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part)


class Faulty(Invalid):
    """The files do not make a scheme; `faults` lists everything found."""

    def __init__(self, reason: str, faults: Iterable[Fault], problems: Iterable[Problem] = ()) -> None:
        super().__init__(reason, list(problems))
        self.faults = list(faults)


def from_folder(folder: Path) -> Content:
    """The files of a folder that belong to a scheme; folders of variants and notes are left out."""
    found: dict[str, bytes] = {}
    left: list[str] = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            _take(path.relative_to(folder).as_posix(), path.read_bytes(), found, left)
    return _complete(found, left)


def from_uploads(uploads: Iterable[tuple[str, bytes]]) -> Content:
    """One zip, or scheme.toml with its tables (*.csv) and worked cases (other *.toml).

    Raises Invalid on anything that is too large, not a zip, or holds no scheme.toml.
    """
    uploads = list(uploads)
    if not uploads:
        raise Invalid(_("请选择要上传的文件：一个 zip 压缩包，或 scheme.toml 及其 csv、算例文件。"))
    if len(uploads) == 1 and uploads[0][0].lower().endswith(".zip"):
        return _from_zip(uploads[0][1])
    found: dict[str, bytes] = {}
    left: list[str] = []
    tomls = [name for name, _raw in uploads if name.endswith(".toml")]
    for name, raw in uploads:
        name = PurePosixPath(name.replace("\\", "/")).name
        if name.endswith(".toml") and (name == SCHEME_FILE or len(tomls) == 1):
            name = SCHEME_FILE
        elif name.endswith(".csv"):
            name = f"tables/{name}"
        elif name.endswith(".toml"):
            name = f"cases/{name}"
        _take(name, raw, found, left)
    return _complete(found, left)


def _from_zip(raw: bytes) -> Content:
    found: dict[str, bytes] = {}
    left: list[str] = []
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MOST_FILES:
                raise Invalid(
                    _("压缩包内文件超过 %(most)d 个。请只放入政策文件后重新上传。") % {"most": MOST_FILES}
                )
            root = _root(entry.filename for entry in entries)
            together = 0
            for entry in entries:
                name = entry.filename.removeprefix(root)
                if not _BELONGS.match(name):
                    left.append(entry.filename)
                    continue
                with archive.open(entry) as stream:  # what is really there counts, not what the header says
                    content = stream.read(MOST_BYTES + 1)
                together += len(content)
                if together > MOST_TOGETHER:
                    raise Invalid(
                        _("压缩包解开后超过 %(most)d MB。请只放入政策文件后重新上传。")
                        % {"most": MOST_TOGETHER // 1024**2}
                    )
                _take(name, content, found, left)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise Invalid(_("压缩包无法打开：文件损坏、有密码或不是 zip 格式。请重新打包后上传。")) from None
    return _complete(found, left)


def _root(names: Iterable[str]) -> str:
    """The folder inside the zip that scheme.toml stands in."""
    places = sorted(
        (name for name in names if PurePosixPath(name).name == SCHEME_FILE), key=lambda name: name.count("/")
    )
    return places[0].removesuffix(SCHEME_FILE) if places else ""


def _take(name: str, raw: bytes, found: dict[str, bytes], left: list[str]) -> None:
    if not _BELONGS.match(name):
        left.append(name)
        return
    if len(raw) > MOST_BYTES:
        raise Invalid(
            _("文件 %(name)s 超过 %(most)d MB。请核对是否选错文件，改正后重新上传。")
            % {"name": name, "most": MOST_BYTES // 1024**2}
        )
    if name in found:
        raise Invalid(_("文件 %(name)s 出现了两次。请只保留一份后重新上传。") % {"name": name})
    found[name] = raw


def _complete(found: dict[str, bytes], left: list[str]) -> Content:
    if SCHEME_FILE not in found:
        raise Invalid(_("没有找到 scheme.toml。请上传整个政策文件夹的压缩包。"))
    return Content(found, tuple(left))


def write(content: Mapping[str, bytes], folder: Path) -> None:
    """Write the files into a folder. The paths were matched against what belongs to a scheme."""
    for path, raw in content.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(raw)


def checked(content: Content) -> Scheme:
    """The scheme that the files make, every formula checked and the worked cases readable.

    Raises Faulty with every problem found, each with its file, line and column.
    """
    with tempfile.TemporaryDirectory(prefix="keshi-scheme-") as name:
        folder = Path(name).resolve()
        write(content.files, folder)
        problems: list[Problem] = []
        try:
            scheme = load_scheme(folder)
        except BadInput as error:
            problems += error.problems
        try:
            list(worked_cases(folder))
        except BadInput as error:
            problems += error.problems
        if problems:
            reason = _("上传的文件有 %(count)d 处问题，未保存。请改正后重新上传。") % {"count": len(problems)}
            raise Faulty(reason, faults(problems, folder, content.files), problems)
        return scheme


def faults(problems: Iterable[Problem], folder: Path, files: Mapping[str, bytes]) -> list[Fault]:
    """The problems with their places inside the scheme and the lines they stand in."""
    return [_fault(problem, folder, files) for problem in problems]


def _fault(problem: Problem, folder: Path, files: Mapping[str, bytes]) -> Fault:
    inside = f"{folder}/"
    where = problem.where.replace(inside, "")
    text, value = problem.text(lang()).replace(inside, ""), (problem.value or "").replace(inside, "")
    place = _PLACE.match(where)
    if not place:
        return Fault(where, None, None, text, value, excerpt=problem.excerpt)
    line, column = int(place["line"]), int(place["column"] or 0)
    lines = files.get(place["file"], b"").decode("utf-8-sig", "replace").splitlines()
    shown = lines[line - 1] if 0 < line <= len(lines) else ""
    token = re.compile(r"[\w.-]+|.").match(shown, column - 1) if column else None
    start, end = token.span() if token else (len(shown), len(shown))
    return Fault(
        place["file"],
        line,
        column or None,
        text,
        value,
        shown[:start],
        shown[start:end],
        shown[end:],
        excerpt=problem.excerpt,
    )
