"""Word and Excel files: the package within the limits of `keshi.workbook`, no macros, no parts from elsewhere."""

import re
from pathlib import Path
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _

from keshi.problems import BadInput, Problem
from keshi.workbook.package import inspect_package, parts_of
from keshi_web.common.errors import Invalid
from keshi_web.common.language import lang
from keshi_web.files import kinds
from keshi_web.files.kinds import Kind

_MAIN = {"word/document.xml": kinds.DOCX, "xl/workbook.xml": kinds.XLSX}
_ACTIVE_PART = re.compile(
    r"vbaproject|vbadata|/activex/|/embeddings/|\.(bin|exe|dll|js|vbs|html?|hta|svgz?|swf)$"
)
_HARMLESS_BIN = re.compile(r"/printersettings/[^/]+\.bin$")
_MACRO_TYPE = re.compile(rb"macroEnabled|vbaProject|ms-office\.activeX", re.I)
_FIELD = re.compile(rb"\bDDE(?:AUTO)?\b|\bINCLUDE(?:TEXT|PICTURE)\b")
_INSTRUCTION = re.compile(rb"<w:instrText\b[^>]*>([^<]*)<|\bw:instr=\"([^\"]*)\"")


def kind_of(path: Path) -> Kind | None:
    """Word or Excel by the main part of the package; None for any other archive."""
    try:
        with ZipFile(path) as package:
            names = {entry.filename.replace("\\", "/").lower() for entry in package.infolist()}
    except (BadZipFile, ValueError, NotImplementedError, OSError):
        return None
    return next((kind for part, kind in _MAIN.items() if part in names), None)


def check(data: bytes, name: str, kind: Kind) -> None:
    """Refuse a package that is a trap, holds programs, or fetches something when it is opened.

    Raises:
        Invalid: with what was found.
    """
    try:
        if kind is kinds.XLSX:
            inspect_package(name, data)
        for part, content in parts_of(name, data):
            _check_part(part.lower(), content, name)
    except BadInput as error:
        raise Invalid(_sentence(error.problems[0], name, kind), error.problems) from None


def _check_part(part: str, content: bytes, name: str) -> None:
    if _ACTIVE_PART.search(part) and not _HARMLESS_BIN.search(part):
        raise _active(name, part)
    if part == "[content_types].xml" and _MACRO_TYPE.search(content):
        raise _active(name, _("宏"))
    if part.endswith((".xml", ".rels")) and b"<!DOCTYPE" in content:
        raise _active(name, "DOCTYPE")
    if part.endswith(".rels"):
        _check_links(content, name)
    if part.startswith("word/") and part.endswith(".xml"):
        for match in _INSTRUCTION.finditer(content):
            if _FIELD.search(match[1] or match[2] or b""):
                raise _active(name, _("自动更新域"))


def _check_links(content: bytes, name: str) -> None:
    """A link that a person clicks is fine; a template, picture or object fetched from elsewhere is not."""
    try:
        links = ElementTree.fromstring(content)
    except ElementTree.ParseError:
        raise Invalid(_damaged(name)) from None
    for link in links:
        if link.get("TargetMode", "").lower() == "external" and not link.get("Type", "").endswith(
            "/hyperlink"
        ):
            raise _active(name, _("外部链接"))


def _active(name: str, found: str) -> Invalid:
    return Invalid(
        _(
            "“%(name)s”含有宏、嵌入程序或外部链接（%(found)s）。请在 Word、Excel 或 WPS 中删去后另存，再重新上传。"
        )
        % {"name": name, "found": found}
    )


def _damaged(name: str) -> str:
    return _("“%(name)s”已损坏或不完整。请在 Word、Excel 或 WPS 中打开检查，另存后重新上传。") % {
        "name": name
    }


def _sentence(problem: Problem, name: str, kind: Kind) -> str:
    if kind is kinds.XLSX:
        return f"“{name}”{'：' if lang() == 'zh' else ': '}{problem.text(lang())}"
    if problem.code == "file-encrypted":
        return _("“%(name)s”设有打开密码。请取消密码后重新上传。") % {"name": name}
    if problem.code in ("file-unpacks-too-large", "file-too-many-parts"):
        return _("“%(name)s”解压后过大，不是正常的文档。请把内容复制到新文档，另存后重新上传。") % {
            "name": name
        }
    return _damaged(name)
