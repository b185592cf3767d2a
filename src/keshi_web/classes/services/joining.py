"""People who join a class by an amendment: judged when it is asked for, sealed until it is decided, then enrolled."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from keshi_web.classes.models import Amendment, Filing
from keshi_web.classes.roster_rows import Row, Sheet, pack, read_text, unpack
from keshi_web.classes.services.enrolling import enrol
from keshi_web.classes.services.roster import judge_rows
from keshi_web.common.errors import Invalid
from keshi_web.common.language import lang
from keshi_web.common.sealed import column
from keshi_web.people.writing import id_number_index

JOINING = column(Amendment, "sealed_joining")
MOST = 500
"""More than that is a roster of its own: a class to file."""


def read(text: str) -> list[Row]:
    """The rows of a pasted roster.

    Raises Invalid with what is wrong with the text as a whole.
    """
    sheet = read_text(text)
    if sheet.faults or not sheet.rows:
        told = [fault.text(lang()) for fault in sheet.faults] or [_("没有读到人员，第一行须为表头。")]
        raise Invalid(_("增加的人员无法读取：%(why)s") % {"why": "；".join(told)})
    return sheet.rows


def check(filing: Filing, rows: Sequence[Row]) -> list[Row]:
    """The rows judged against the notice. They are a few, so every fault is told at once.

    Raises Invalid: the class has begun, too many, a row with a fault, or somebody who is on the roster already.
    """
    if filing.frozen_at:
        raise Invalid(_("班级已开班，名册已锁定，不能再增加人员。"))
    if len(rows) > MOST:
        raise Invalid(_("一次最多增加 %(most)d 人；更多的请另行备案。") % {"most": MOST})
    found = list(rows)
    judge_rows(filing, found)
    faults = [
        _at(row, number, fault.text(lang())) for number, row in enumerate(found, 1) for fault in row.faults
    ]
    if not faults:
        there = {
            bytes(index)
            for index in filing.enrolments.filter(left_on=None).values_list(
                "person__id_number_index", flat=True
            )
        }
        faults = [
            _at(row, number, _("此人已在本班名册中。"))
            for number, row in enumerate(found, 1)
            if id_number_index(row.id_number) in there
        ]
    if faults:
        raise Invalid("\n".join(faults))
    return found


def _at(row: Row, number: int, text: str) -> str:
    place = row.place.rpartition("!")[2]
    return _("增加的第 %(n)d 人（%(place)s）：%(text)s") % {
        "n": number,
        "place": place or number,
        "text": text,
    }


def keep(amendment: Amendment, rows: Sequence[Row]) -> None:
    """Seal the rows with the amendment, which is saved."""
    if rows:
        JOINING.put(amendment, pack(Sheet(list(rows))))
        amendment.save(update_fields=["sealed_joining"])


def joining(amendment: Amendment) -> list[Row]:
    """Who would join, opened; pages show masks."""
    text = JOINING.get(amendment)
    return [] if text is None else unpack(text).rows


def bring_in(amendment: Amendment, filing: Filing) -> int:
    """Put the people on the roster; how many."""
    rows = joining(amendment)
    return enrol(filing, rows) if rows else 0


def forget(amendment: Amendment) -> None:
    """Once decided, the people are on the roster or nowhere."""
    amendment.sealed_joining = None
    amendment.save(update_fields=["sealed_joining"])
