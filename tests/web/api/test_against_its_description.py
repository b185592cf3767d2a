"""Requests made from the description itself, sound and faulty ones: no failure, and no answer it does not describe."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from keshi_web.api.v1.api import v1

from .cases import PDF, SHAOGUAN, fill
from .conftest import System

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.missing_required_header,
    checks.ignored_auth,
    checks.negative_data_rejection,
    checks.unsupported_method,
]
OPERATIONS = [
    (method, path) for path, methods in v1.get_openapi_schema()["paths"].items() for method in methods
]


@pytest.fixture
def service(filled: dict[str, Any]) -> Iterator[Any]:
    """The service in this very thread, so that it sees the test's transaction."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def filled(system: System, settings: Any) -> dict[str, Any]:
    """A filing with everything in it, and what its parts are called in addresses."""
    settings.API_REQUESTS_PER_MINUTE = 10**6
    number = fill(system, SHAOGUAN)
    detail = system.ok("GET", f"/schemes/{SHAOGUAN.scheme}")
    needs = next(one for one in detail["needs"] if one["item"] == SHAOGUAN.item)
    material = needs["materials"][0]["id"]
    document = system.upload(f"/filings/{number}/materials/{material}", "a.pdf", PDF).json()
    return {
        "number": number, "scheme": SHAOGUAN.scheme, "material": material, "row": document["id"],
        "form": needs["forms"][0]["id"], "letter": 1,
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["sound", "faulty"])
def test_every_operation_keeps_to_its_description(
    service: Any, system: System, filled: dict[str, Any], mode: GenerationMode
) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", service)
    for method, path in OPERATIONS:
        known = {name: value for name, value in filled.items() if f"{{{name}}}" in path}
        if mode == GenerationMode.NEGATIVE or path.startswith("/api/v1/amendments/"):
            known = {}
        keeps_to_its_description(schema[path][method.upper()], mode, known, system)


def keeps_to_its_description(
    operation: Any, mode: GenerationMode, known: dict[str, Any], system: System
) -> None:
    """Some requests, the same each time; `known` names parts of the address that exist. Nothing of them stays."""

    @settings(
        max_examples=5, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy(mode))
        case.path_parameters = {**case.path_parameters, **known}
        with transaction.atomic():
            case.call_and_validate(headers={"Authorization": f"Bearer {system.text}"}, checks=CHECKS)
            transaction.set_rollback(True)

    run()
