"""Logs: one entry per line, JSON in production and readable in the demonstration, everything through the redaction."""

from typing import Any

import structlog

from keshi_web.config.redaction import redact_entry

SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
]
"""For our entries and for those of Django, uvicorn and procrastinate alike."""


def set_up(*, readable: bool, level: str) -> dict[str, Any]:
    """Configure structlog; returns Django's LOGGING, so that every library's entries take the same way."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=False)
        if readable
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "entries": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [structlog.stdlib.PositionalArgumentsFormatter(), *SHARED],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    redact_entry,
                    renderer,
                ],
            }
        },
        "handlers": {"output": {"class": "logging.StreamHandler", "formatter": "entries"}},
        "root": {"handlers": ["output"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True, "level": level},
            "django.server": {"handlers": [], "propagate": True, "level": "WARNING"},
            "django.request": {"level": "ERROR"},  # refusals and missing pages are in the request's own entry
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "uvicorn": {"handlers": [], "propagate": True, "level": "WARNING"},
            "uvicorn.error": {"handlers": [], "propagate": True, "level": "WARNING"},
            "uvicorn.access": {
                "handlers": [],
                "propagate": False,
                "level": "CRITICAL",
            },  # holds whole addresses
            "procrastinate": {"level": "WARNING"},
            "axes": {"level": "ERROR"},  # its entries name who tried to sign in
        },
    }
