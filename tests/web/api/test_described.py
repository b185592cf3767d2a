"""The interface as it is described: in two languages, and by the commands of docs/api.md."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.test import Client

from keshi_web.api.views import chinese

PAGE = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
COMMAND = re.compile(
    r"^send (\w+) '?([^\s']+)'?(.*?)(?=^(?:send|curl|#|number=|```))", re.DOTALL | re.MULTILINE
)
COMMANDS = COMMAND.findall(PAGE)


def described(client: Client) -> dict[str, Any]:
    """The machine's description."""
    found: dict[str, Any] = client.get("/api/v1/openapi.json").json()
    return found


def texts(one: Any) -> set[str]:
    """The descriptions of parameters, bodies and their fields."""
    schemas = one["components"]["schemas"].values()
    operations = [operation for methods in one["paths"].values() for operation in methods.values()]
    named = [
        *schemas,
        *(field for schema in schemas for field in schema.get("properties", {}).values()),
        *(parameter for operation in operations for parameter in operation["parameters"]),
    ]
    return {each["description"] for each in named if each.get("description")}


@pytest.mark.django_db
def test_every_text_of_the_description_has_its_chinese(client: Client) -> None:
    one = described(client)
    operations = [operation for methods in one["paths"].values() for operation in methods.values()]
    assert chinese()["operations"].keys() == {each["operationId"] for each in operations}
    assert chinese()["groups"].keys() == {each["tags"][0] for each in operations}
    assert chinese()["texts"].keys() == texts(one)


@pytest.mark.django_db
def test_the_page_speaks_the_readers_language(client: Client) -> None:
    page = client.get("/api/v1/docs/").content.decode()
    assert "整体替换培训大纲" in page
    assert "Replace the syllabus" not in page
    page = client.get("/api/v1/docs/", headers={"accept-language": "en"}).content.decode()
    assert "Replace the syllabus" in page


def test_the_documentation_has_commands_for_a_whole_filing() -> None:
    assert {method for method, _path, _rest in COMMANDS} == {"GET", "POST", "PATCH", "PUT"}
    assert any(path.endswith("/acts/submit") for _method, path, _rest in COMMANDS)


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "path", "rest"), COMMANDS, ids=lambda value: value[:60])
def test_a_command_of_the_documentation_fits_the_description(
    client: Client, method: str, path: str, rest: str
) -> None:
    one = described(client)
    asked = "/api/v1" + path.partition("?")[0].replace("$number", "KB2020000001")
    exact = one["paths"].get(asked)
    fitting = [
        methods
        for template, methods in one["paths"].items()
        if re.fullmatch(re.sub(r"\{\w+\}", r"[^/]+", template), asked) and method.lower() in methods
    ]
    operation = (exact or fitting[0])[method.lower()]
    if body := re.search(r"-d '(.*)'", rest, re.DOTALL):
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        jsonschema.validate(json.loads(body.group(1)), {**schema, "components": one["components"]})
