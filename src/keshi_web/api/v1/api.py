"""Version 1: its operations, how their errors are answered, and their description."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation
from ninja.parser import Parser
from ninja.renderers import JSONRenderer

from keshi_web.api import gate, problems
from keshi_web.api.problems import Problem
from keshi_web.api.v1 import amendments, filings, materials, papers, reference, roster
from keshi_web.api.v1.openapi import completed


class Readable(JSONRenderer):
    """Chinese as it is written."""

    json_dumps_params = {"ensure_ascii": False}


class Json(Parser):
    """Bodies are JSON and say so."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            raise Problem("unsupported-media-type")
        return super().parse_body(request)


class Version(NinjaAPI):
    """The interface with its description completed by what every operation has in common."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(self, **given: Any) -> Any:
        return completed(super().get_openapi_schema(**given))


v1 = Version(
    title="keshi",
    version="1",
    description="File classes of subsidised online training, their rosters and papers, and follow their state.",
    openapi_url=None,
    docs_url=None,
    urls_namespace="api:v1",
    parser=Json(),
    renderer=Readable(),
)
for module in (reference, filings, roster, materials, amendments, papers):
    v1.add_router("", module.router)


@v1.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problems.answer(request, problems.of_validation(error.errors))


@v1.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    # ninja wraps whatever happens while a body is read
    if isinstance(error.__cause__, Problem) or (
        error.__cause__ and not isinstance(error.__cause__, ValueError)
    ):
        return gate.on_exception(request, error.__cause__)  # type: ignore[arg-type]
    return problems.answer(request, Problem("bad-request"))


for kind in (Exception, Http404):
    v1.add_exception_handler(kind, gate.on_exception)
