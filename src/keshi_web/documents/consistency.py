"""What holds between letters and their numbers; see `common.consistency`."""

from collections.abc import Iterator

from keshi_web.common.consistency import check, rows
from keshi_web.documents.models import Document
from keshi_web.documents.services import content_of


@check("the numbers of letters have no gaps")
def numbers() -> Iterator[str]:
    """As many letters as numbers given out in a series; that none is doubled the database sees to."""
    for office, series, year, last, count in rows(
        """
        select s.office_key, s.series, s.year, s.last, count(d.id) from documents_serial s
        left join documents_document d on d.kind = 'letter' and d.office_key = s.office_key
            and starts_with(d.number, s.series || '〔' || s.year || '〕')
        group by s.id having count(d.id) <> s.last
        """
    ):
        yield f"{office} {series}〔{year}〕: {last} numbers given out, {count} letters"


@check("every letter says what it said when it was issued")
def contents() -> Iterator[str]:
    """The content kept against its digest."""
    for letter in Document.objects.filter(kind=Document.Kind.LETTER).order_by("id").iterator():
        try:
            content_of(letter)
        except ValueError as error:
            yield str(error)
