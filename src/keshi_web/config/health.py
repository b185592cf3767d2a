"""Whether the service can do its work, for monitoring and for load balancers. Nothing here is secret."""

import shutil
from collections.abc import Callable
from functools import cache

import structlog
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

import keshi

log = structlog.get_logger("keshi.health")
HEARTBEAT = 60
"""Seconds after which a worker that did not report is taken for dead; it reports every ten."""


class Broken(Exception):
    """A part that does not work; the text is shown."""


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Everything, for monitoring: 200, or 503 when a part is broken."""
    return _answer({"database": database, "migrations": migrations, "worker": worker, "disk": disk})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """For a load balancer: whether this node can serve pages. A missing worker is no reason to take it out."""
    return _answer({"database": database, "migrations": migrations})


def _answer(parts: dict[str, Callable[[], None]]) -> JsonResponse:
    found = {}
    for name, check in parts.items():
        try:
            check()
            found[name] = "ok"
        except Broken as broken:
            found[name] = str(broken)
        except Exception:
            log.exception("health", part=name)
            found[name] = "does not answer"
    good = set(found.values()) == {"ok"}
    body = {"status": "ok" if good else "broken", "version": keshi.__version__, "parts": found}
    return JsonResponse(body, status=200 if good else 503)


def database() -> None:
    """The database answers."""
    with connection.cursor() as cursor:
        cursor.execute("select 1")


def migrations() -> None:
    """The database has every migration of this version. Asked until it is so, then no more in this process."""
    if not _all_applied():
        _all_applied.cache_clear()
        raise Broken("not applied: run manage.py migrate")


@cache
def _all_applied() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def worker() -> None:
    """A worker has reported lately."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from procrastinate_workers where last_heartbeat > now() - make_interval(secs => %s)",
            [HEARTBEAT],
        )
        (alive,) = cursor.fetchone()
    if not alive:
        raise Broken("none runs: start manage.py worker")


def disk() -> None:
    """There is room for uploads."""
    folder = settings.MEDIA_ROOT
    while not folder.exists():
        folder = folder.parent
    if shutil.disk_usage(folder).free < settings.LEAST_DISK:
        raise Broken("little room is left for uploads")
