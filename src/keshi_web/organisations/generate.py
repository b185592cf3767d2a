"""Many made-up organisations at once, for measuring: rows as the acts leave them, written in bulk."""

from datetime import date
from decimal import Decimal

from keshi.identity import make_uscc
from keshi.sme import INDUSTRIES
from keshi_web.common import clock
from keshi_web.files.models import Attachment
from keshi_web.organisations.models import Kind, Organisation, SizeDeclaration
from keshi_web.organisations.names import name_key, pinyin_of
from keshi_web.organisations.services import size_of
from keshi_web.organisations.words import KindOf, LegalForm, State
from keshi_web.regions.models import Level, Region

BATCH = 2_000
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_TRADES = ("机械", "商贸", "物流", "餐饮", "建材", "纺织", "电子", "服务")


def generate(
    count: int = 5_000, *, under: tuple[str, ...] = ("210800", "370100", "610900", "150300", "440200")
) -> list[int]:
    """`count` verified organisations spread over the districts of some cities; their ids.

    Numbered on from what is there, so it can be repeated. Needs the regions and one attachment to serve as every
    licence (any will do).
    """
    districts = list(
        Region.objects.valid_on(clock.today())
        .filter(level=Level.DISTRICT, parent__key__in=under)
        .exclude(code="")
    )
    licence = Attachment.objects.order_by("at").first()
    if not districts or licence is None:
        raise LookupError("load the regions and the sample organisations first")
    start = Organisation.objects.count()
    ids: list[int] = []
    for first in range(start, start + count, BATCH):
        numbers = range(first, min(first + BATCH, start + count))
        rows = Organisation.objects.bulk_create(
            [_organisation(number, districts[number % len(districts)], licence) for number in numbers]
        )
        Kind.objects.bulk_create(
            Kind(organisation=row, kind=_kind(number), valid_from=date(2020, 1, 1))
            for number, row in zip(numbers, rows, strict=True)
        )
        SizeDeclaration.objects.bulk_create(
            _declaration(number, row) for number, row in zip(numbers, rows, strict=True)
        )
        ids.extend(row.pk for row in rows)
    return ids


def _organisation(number: int, region: Region, licence: Attachment) -> Organisation:
    stem = "".join(_STEMS[int(digit)] for digit in str(number))
    name = f"{region.name}测试{stem}{_TRADES[number % len(_TRADES)]}有限公司"
    return Organisation(
        uscc=make_uscc(region.code, f"MG{number:06d}"),
        name=name,
        name_key=name_key(name),
        pinyin=pinyin_of(name),
        legal_form=LegalForm.COMPANY,
        legal_person=True,
        region=region,
        address=f"{region.name}测试路{number}号",
        industry=INDUSTRIES[number % len(INDUSTRIES)],
        licence=licence,
        state=State.VERIFIED,
    )


def _kind(number: int) -> KindOf:
    return KindOf.INSTITUTION if number % 10 == 0 else KindOf.ENTERPRISE


def _declaration(number: int, organisation: Organisation) -> SizeDeclaration:
    employees = 3 + number * 37 % 1_500
    revenue, assets = Decimal(20 + number * 113 % 60_000), Decimal(50 + number * 71 % 90_000)
    return SizeDeclaration(
        organisation=organisation,
        year=clock.today().year - 1,
        industry=organisation.industry,
        employees=employees,
        revenue_wan=revenue,
        assets_wan=assets,
        size=size_of(organisation.industry, employees, revenue, assets).size or "",
    )
