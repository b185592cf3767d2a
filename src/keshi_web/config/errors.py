"""Pages for what went wrong. They say what happened and what to do; when even the page fails, plain text does."""

import errno
import sys
from collections.abc import Sequence

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from keshi.problems import Problem
from keshi_web.accounts.views import already_signed_in
from keshi_web.common.language import lang

log = structlog.get_logger("keshi.errors")

WORDS = {
    400: (_("请求有误"), _("浏览器发来的内容不完整或不合规。"), _("请返回上一页，核对后重新提交。")),
    403: (
        _("不能办理"),
        _("您现在的身份不能查看或办理此项。"),
        _("如应由您办理，请切换身份，或联系本单位的管理员。"),
    ),
    404: (
        _("没有此页"),
        _("地址有误，或此件不在您的辖区、单位之内。"),
        _("请从首页进入，或核对编号后再查找。"),
    ),
    405: (
        _("不能直接打开此地址"),
        _("此地址只接收表单，不能刷新或直接打开。"),
        _("请返回上一页，或从菜单重新进入。"),
    ),
    409: (
        _("此件已有变化"),
        _("此件在您打开页面之后已由他人办理。"),
        _("请返回并刷新页面，按现在的状态办理。"),
    ),
    422: (_("内容有误"), _("提交的内容有误，没有保存。"), _("请返回，按提示改正后重新提交。")),
    500: (
        _("系统出错"),
        _("系统没能完成这一步，已办理完毕的内容不受影响。"),
        _("请稍后再试；如仍出错，请把下面的编号告诉系统管理员。"),
    ),
    503: (
        _("暂时不能办理"),
        _("数据库暂时没有应答，刚才的操作可能没有完成。"),
        _("请稍等片刻，返回上一页重新提交；已经办成的步骤不会重复办理。"),
    ),
    507: (
        _("存储空间不足"),
        _("服务器存储空间不足，文件没有保存。"),
        _("请稍后重新上传；如多次出现，请联系系统管理员。"),
    ),
}
"""Status: heading, what happened, what to do."""


def page(
    request: HttpRequest, status: int, *, reason: str = "", problems: Sequence[Problem] = ()
) -> HttpResponse:
    """The page for a status; `reason` replaces the general sentence, `problems` are listed with their places."""
    heading, what, do = WORDS[status]
    number = getattr(request, "number", "")
    words = {"code": status, "heading": heading, "what": reason or what, "do": do}
    try:
        lines = [problem.line(lang()) for problem in problems]
        text = render_to_string("config/error.html", {**words, "lines": lines, "number": number}, request)
        return HttpResponse(text, status=status)
    except Exception:
        log.exception("error page failed")
        return plain(status, number)


def plain(status: int, number: str = "") -> HttpResponse:
    """The same words without a page around them, for when nothing else works."""
    heading, what, do = WORDS[status]
    text = f"{status} {heading}\n\n{what}\n{do}\n{number}\n"
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403; a view that raises PermissionDenied with a text gives the reason."""
    return page(request, 403, reason=str(exception))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; 503 where the database is away and 507 where the disk is full, which pass and are nobody's fault."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        return _without_database(request)
    return page(request, 507 if no_room(error) else 500)


def no_room(error: BaseException | None) -> bool:
    """Whether an error says that the disk is full."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def _without_database(request: HttpRequest) -> HttpResponse:
    """A page drawn without the request, so that nothing on it asks the database: not even who is signed in."""
    heading, what, do = WORDS[503]
    words = {
        "code": 503,
        "heading": heading,
        "what": what,
        "do": do,
        "number": getattr(request, "number", ""),
    }
    response = HttpResponse(render_to_string("config/error.html", words), status=503)
    response["Retry-After"] = "10"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is missing or of another session."""
    if (onward := already_signed_in(request)) is not None:
        return onward
    return page(request, 403, reason=gettext("页面已过期，或浏览器不允许使用 Cookie。请刷新页面后重新提交。"))
