"""The description of the interface, completed by what every operation has: problems, keys, tags, limits."""

from typing import Any

from keshi_web.api.idempotency import HEADER, LONGEST
from keshi_web.api.problems import CODES, MEDIA_TYPE

PROBLEM = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "code", "detail", "instance"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "enum": list(CODES)},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "etag": {"type": "string", "description": "With 412: the present tag."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["in", "pointer", "code", "detail"],
                "properties": {
                    "in": {"type": "string", "enum": ["body", "query", "path", "header"]},
                    "pointer": {"type": "string", "description": "JSON pointer (RFC 6901)."},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
ALWAYS = (401, 403, 422, 429, 500)
WHEN = {404: "{", 400: "write", 409: "write", 412: "write", 413: "write", 415: "body"}
_VISIBLE = {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": r"^[!-~]+$"}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "ETag of the filing as it was read; another state is answered with 412.",
    "schema": {"type": "string", "pattern": r'^"[0-9]{1,9}\.[0-9]{1,9}"$'},
}
LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    "description": "Chinese, or English where `en` is preferred.",
    "schema": {"type": "string", "examples": ["zh-CN", "en"]},
}


def completed(schema: dict[str, Any]) -> dict[str, Any]:
    """The description with the common parts."""
    schema["components"]["schemas"]["Problem"] = PROBLEM
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            _complete(operation, path, method)
    return schema


def _complete(operation: dict[str, Any], path: str, method: str) -> None:
    writes = method != "get"
    operation["parameters"] = [*operation["parameters"], LANGUAGE]
    if method in ("post", "put", "patch"):
        operation["parameters"].append(
            {
                "name": HEADER,
                "in": "header",
                "required": method == "post",
                "description": "A random value for each new operation; sent again, the first answer is repeated.",
                "schema": _VISIBLE,
            }
        )
    if writes and "/filings/{number}" in path:
        operation["parameters"].append(IF_MATCH)
    holds = {"{": "{" in path, "write": writes, "body": "requestBody" in operation}
    statuses = [*ALWAYS, *(status for status, when in WHEN.items() if holds[when])]
    for status in sorted(statuses):
        titles = [code for code, one in CODES.items() if one.status == status]
        operation["responses"][status] = {
            "description": ", ".join(titles),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    operation["responses"] = {str(status): one for status, one in operation["responses"].items()}
