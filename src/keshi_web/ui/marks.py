"""The small marks that stand in every row of a list, built without a template because a page has hundreds of them."""

from datetime import date, datetime
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from keshi_web.ui import dates, states


def state_badge(state: str, label: object = None, kind: str | None = None) -> SafeString:
    """A badge in the state's colour; the label is the state's own (`.label`) where none is given."""
    shown = label if label is not None else getattr(state, "label", state)
    return format_html(
        '<span class="badge ks-badge ks-{}" data-state="{}">{}</span>',
        kind or states.kind_of(state),
        state,
        shown,
    )


def clock(
    due: date | datetime | None,
    left: int | None = None,
    paused: bool = False,
    done: date | datetime | None = None,
    label: object = "",
    css: str = "",
) -> SafeString:
    """A statutory clock: its due day with the weekday, and what is left (`keshi_web.ui.dates.face`)."""
    face = dates.face(due, left=left, paused=paused, done=done)
    name = format_html('<span class="ks-clock-label">{}</span>', label) if label else ""
    day = format_html('<time datetime="{}">{}</time>', due.isoformat(), dates.day_text(due)) if due else ""
    text = _left(face) if face.text else ""
    return format_html(
        '<span class="ks-clock ks-clock-{} {}">{}{} {}</span>', face.kind, css, name, day, text
    )


def _left(face: dates.Face) -> SafeString:
    return format_html(
        '<span class="ks-clock-left"><i class="ti ti-{}" aria-hidden="true"></i>{}</span>',
        face.icon,
        face.text,
    )


def cell(opening: SafeString, content: Any) -> SafeString:
    """A table cell behind its opening tag."""
    return format_html("{}{}</td>", opening, content)
