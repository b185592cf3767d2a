"""Pages about the interface: an organisation's tokens, and the description for people and for machines."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keshi_web.accounts.guards import allowed, public, recently_authenticated
from keshi_web.accounts.roles import Role
from keshi_web.api import tokens as acts
from keshi_web.api.forms import TokenForm
from keshi_web.api.models import ApiToken
from keshi_web.api.problems import CODES
from keshi_web.api.scopes import Scope
from keshi_web.api.v1.api import v1
from keshi_web.common.errors import Refusal
from keshi_web.common.language import lang


@allowed(Role.PROVIDER_ADMIN)
@require_GET
def tokens(request: HttpRequest) -> HttpResponse:
    """The organisation's tokens: who made them, what they may do, when they were last used."""
    rows = ApiToken.objects.visible_to(request.actor).select_related("assignment__user", "revoked_by")
    return render(request, "api/tokens.html", {"tokens": rows})


@allowed(Role.PROVIDER_ADMIN)
@never_cache
@recently_authenticated
@require_http_methods(["GET", "POST"])
def new_token(request: HttpRequest) -> HttpResponse:
    """A new token; the page that follows shows it once."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            token, text = acts.make(**form.token(), by=request.actor)
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
        else:
            return render(request, "api/token_made.html", {"token": token, "text": text})
    return render(request, "api/token_new.html", {"form": form}, status=422 if form.errors else 200)


@allowed(Role.PROVIDER_ADMIN)
@recently_authenticated
@require_POST
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """End a token."""
    try:
        acts.revoke(token_id, by=request.actor)
        messages.success(request, _("令牌已停用，使用它的系统不能再连接。"))
    except ApiToken.DoesNotExist:
        raise Http404 from None
    except Refusal as refusal:
        messages.error(request, refusal.reason)
    return redirect("api:tokens")


@public
@require_GET
def openapi(request: HttpRequest) -> HttpResponse:
    """The description for machines (OpenAPI 3.1)."""
    return JsonResponse(_description(), json_dumps_params={"ensure_ascii": False})


def _description() -> dict[str, Any]:
    with translation.override("en"):
        described: dict[str, Any] = v1.get_openapi_schema()
    return described


@cache
def chinese() -> dict[str, dict[str, str]]:
    """The description's words in Chinese: groups by tag, operations by id, other texts by their English."""
    raw: dict[str, dict[str, str]] = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
    return raw


def _said(kind: str, key: str, text: str) -> SafeString:
    """A text of the description in the reader's language, what stands in `marks` as code."""
    said = chinese()[kind].get(key, text) if lang() == "zh" else text
    parts = [("code" if index % 2 else "span", part) for index, part in enumerate(said.split("`"))]
    return format_html_join("", "<{0}>{1}</{0}>", parts)


def _group(tag: str) -> str:
    return chinese()["groups"][tag] if lang() == "zh" else tag.capitalize()


@public
@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    """The description for people, without a script."""
    described = _description()
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in described["paths"].items():
        for method, one in methods.items():
            groups.setdefault(_group(one["tags"][0]), []).append(_operation(path, method, one))
    schemas = [
        {"name": name, "text": _text(one), "fields": _fields(one)}
        for name, one in sorted(described["components"]["schemas"].items())
    ]
    problems = [
        {"code": key, "status": one.status, "title": one.title, "advice": one.advice}
        for key, one in CODES.items()
    ]
    context = {"groups": groups, "schemas": schemas, "problems": problems, "scopes": Scope.choices}
    return render(request, "api/docs.html", context)


def _operation(path: str, method: str, one: dict[str, Any]) -> dict[str, Any]:
    body = one.get("requestBody", {}).get("content", {})
    answers = [
        {
            "status": status,
            "kinds": [
                _kind(of.get("schema", {})) or media for media, of in answer.get("content", {}).items()
            ],
        }
        for status, answer in one["responses"].items()
        if status.startswith("2")
    ]
    return {
        "id": one["operationId"],
        "method": method.upper(),
        "path": path,
        "text": _said("operations", one["operationId"], one.get("description", "")),
        "parameters": [
            {"name": p["name"], "place": p["in"], "required": p["required"], "kind": _kind(p["schema"]),
             "text": _text(p)}
            for p in one["parameters"]
        ],
        "body": [_kind(of["schema"]) or media for media, of in body.items()],
        "answers": answers,
        "problems": [status for status in one["responses"] if not status.startswith("2")],
    }  # fmt: skip


def _text(one: dict[str, Any]) -> str:
    text = one.get("description", "")
    return _said("texts", text, text) if text else ""


def _fields(schema: dict[str, Any]) -> list[dict[str, Any]]:
    required = set(schema.get("required", []))
    return [
        {"name": name, "required": name in required, "kind": _kind(one), "text": _text(one)}
        for name, one in schema.get("properties", {}).items()
    ]


def _kind(schema: dict[str, Any]) -> str:
    """A type in a few words: `Filing`, `list of Module`, `string or null`, `one of: a, b`."""
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[-1])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(one) for one in schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        return "one of: " + ", ".join(str(one) for one in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    if schema.get("format"):
        return str(schema["format"])
    return str(schema.get("type", ""))
