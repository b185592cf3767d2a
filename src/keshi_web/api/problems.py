"""What an answer says when a request could not be done (RFC 9457): in the caller's language, every fault in its place.

No problem repeats a value that was sent: it may be somebody's number.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from keshi.problems import Problem as LibraryProblem
from keshi_web.common.errors import Invalid, NotAllowed, Refusal, Stale
from keshi_web.common.language import lang

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Code:
    """A kind of problem: its status, and what it means to a caller."""

    status: int
    title: str | Promise
    advice: str | Promise


CODES: Mapping[str, Code] = {
    "bad-request": Code(400, _("请求无法读取"), _("核对请求的格式后重新发送。")),
    "idempotency-key-missing": Code(
        400, _("缺少 Idempotency-Key"), _("为每一次新的操作生成一个随机值，重发同一操作时沿用。")
    ),
    "unauthorised": Code(401, _("令牌无效"), _("使用有效的令牌；已过期或停用的，请单位管理员重新生成。")),
    "scope-missing": Code(403, _("令牌没有此项权限"), _("请单位管理员生成含有此项权限的令牌。")),
    "not-allowed": Code(403, _("不能办理"), _("按 detail 所述办理。")),
    "not-found": Code(404, _("没有此项"), _("核对编号；其他单位的事项视同不存在。")),
    "method-not-allowed": Code(405, _("此地址不支持该方法"), _("按 Allow 所列的方法请求。")),
    "changed-meanwhile": Code(409, _("此件已有变化"), _("重新读取后再办理。")),
    "precondition-failed": Code(
        412, _("与 If-Match 不符"), _("内容已被修改，重新读取，用新的 ETag 再发送。")
    ),
    "too-large": Code(413, _("内容过大"), _("分批发送，或压缩文件。")),
    "unsupported-media-type": Code(415, _("内容类型不对"), _("按文档使用 JSON 或 multipart/form-data。")),
    "invalid": Code(422, _("内容有误"), _("按 errors 所列逐项改正，整个请求没有保存。")),
    "idempotency-key-reused": Code(
        422, _("Idempotency-Key 已用于另一请求"), _("新的操作使用新的值。")
    ),
    "too-many-requests": Code(429, _("请求过于频繁"), _("按 Retry-After 所述的秒数等待后重试。")),
    "server-error": Code(500, _("系统出错"), _("稍后用同一 Idempotency-Key 重试；如仍出错，请提供 instance。")),
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """One thing wrong: where (`body`, `query`, `path`, `header`), a JSON pointer there, and a sentence."""

    pointer: str
    detail: str
    code: str = "invalid"
    place: str = "body"


@dataclass
class Problem(Exception):
    """A request that was not done; nothing was written."""

    code: str
    detail: str = ""
    faults: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The problem as it is sent."""
    code = CODES[problem.code]
    content: dict[str, Any] = {
        "type": f"{reverse('api:docs')}#{problem.code}",
        "title": str(code.title),
        "status": code.status,
        "code": problem.code,
        "detail": problem.detail or str(code.advice),
        "instance": f"urn:request:{getattr(request, 'number', '')}",
        **problem.more,
    }
    if problem.faults:
        content["errors"] = [
            {"in": one.place, "pointer": one.pointer, "code": one.code, "detail": one.detail}
            for one in problem.faults
        ]
    text = json.dumps(content, ensure_ascii=False)
    response = HttpResponse(text, status=code.status, content_type=MEDIA_TYPE)
    for name, value in problem.headers.items():
        response[name] = value
    return response


def of_refusal(refusal: Refusal, *, conditional: bool) -> Problem:
    """What an act refused. `conditional`: the caller named the state they saw."""
    if isinstance(refusal, NotAllowed):
        return Problem("not-allowed", str(refusal))
    if isinstance(refusal, Invalid):
        return Problem("invalid", str(refusal), [of_library(one) for one in refusal.problems])
    if isinstance(refusal, Stale) and conditional:
        return Problem("precondition-failed", str(refusal))
    return Problem("changed-meanwhile", str(refusal))


def of_library(problem: LibraryProblem, pointer: str = "") -> Fault:
    """A problem of the library; without the value found."""
    return Fault(pointer or problem.where, problem.text(lang()), problem.code)


def pointer(*steps: object) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def of_validation(errors: Iterable[Mapping[str, Any]]) -> Problem:
    """What does not fit the schema, from the errors that ninja collects."""
    faults = []
    for error in errors:
        place, *steps = error["loc"]
        where = {"file": "body", "form": "body"}.get(place, place)
        if place == "body":  # the name of the handler's argument stands first
            steps = steps[1:]
        faults.append(Fault(pointer(*steps), _sentence(error), str(error["type"]).replace("_", "-"), where))
    return Problem("invalid", "", faults)


def _sentence(error: Mapping[str, Any]) -> str:
    given = error.get("ctx") or {}
    match str(error["type"]):
        case "missing":
            return _now("缺少此项。")
        case "extra_forbidden":
            return _now("没有这一项，请核对名称。")
        case "string_too_short" | "too_short":
            return _now("至少 %(least)s 个。") % {"least": given.get("min_length")}
        case "string_too_long" | "too_long":
            return _now("至多 %(most)s 个。") % {"most": given.get("max_length")}
        case "greater_than_equal":
            return _now("不得小于 %(least)s。") % {"least": given.get("ge")}
        case "less_than_equal":
            return _now("不得大于 %(most)s。") % {"most": given.get("le")}
        case "literal_error" | "enum":
            return _now("只能是 %(choices)s。") % {"choices": given.get("expected")}
        case kind if kind.startswith("date"):
            return _now("请按“2020-03-12”的样式填写日期。")
        case kind if kind.startswith("int"):
            return _now("应为整数。")
        case kind if kind.startswith("bool"):
            return _now("应为 true 或 false。")
        case kind if kind.startswith("list"):
            return _now("应为列表。")
        case kind if kind.startswith(("dict", "model", "mapping")):
            return _now("应为对象。")
        case kind if kind.startswith("string"):
            return _now("应为文本，不含控制字符，格式与文档一致。")
        case _other:
            return _now("内容与文档不符。")
