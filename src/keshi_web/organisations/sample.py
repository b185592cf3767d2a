"""Organisations of the demonstration: six in each of the five cities, all made up, through the real acts.

Every first administrator's sign-in name is the city's and the organisation's word: `yingkou-jia`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from keshi.identity import check_bank_code, make_uscc
from keshi_web.accounts.actor import Actor, actor_of
from keshi_web.accounts.models import Assignment, User
from keshi_web.accounts.roles import Role
from keshi_web.accounts.sample import provider_accounts
from keshi_web.common import clock
from keshi_web.organisations import services
from keshi_web.organisations.models import Organisation
from keshi_web.organisations.words import CHECKS, KindOf, LegalForm
from keshi_web.regions.models import Region


@dataclass(frozen=True)
class City:
    """A city of the sample: where its organisations are registered."""

    slug: str
    name: str
    region: str


@dataclass(frozen=True)
class Sort:
    """One sort of organisation that every city has; revenue and assets in 万元."""

    slug: str
    suffix: str
    form: LegalForm
    kinds: tuple[KindOf, ...]
    industry: str
    employees: int
    revenue_wan: int | None = None
    assets_wan: int | None = None


CITIES: tuple[City, ...] = (
    City("yingkou", "营口", "210802"),
    City("jinan", "济南", "370102"),
    City("ankang", "安康", "610902"),
    City("wuhai", "乌海", "150302"),
    City("shaoguan", "韶关", "440203"),
)
SORTS: tuple[Sort, ...] = (
    Sort("jia", "测试甲机械有限公司", LegalForm.COMPANY, (KindOf.ENTERPRISE,), "工业", 120, 1_860, 2_400),
    Sort("yi", "测试乙商贸有限公司", LegalForm.COMPANY, (KindOf.ENTERPRISE,), "零售业", 8, 90),
    Sort("bing", "测试丙装备集团有限公司", LegalForm.COMPANY, (KindOf.ENTERPRISE,), "工业", 3_200, 95_000, 120_000),
    Sort("ding", "测试丁职业培训学校", LegalForm.PRIVATE_NON_ENTERPRISE, (KindOf.INSTITUTION,), "教育", 46),
    Sort("wu", "测试戊网络科技有限公司", LegalForm.COMPANY, (KindOf.PLATFORM,), "软件和信息技术服务业", 60, 900),
    Sort(
        "ji",
        "测试己人力资源有限公司",
        LegalForm.COMPANY,
        (KindOf.ENTERPRISE, KindOf.DISPATCH_AGENCY),
        "租赁和商务服务业",
        140,
        None,
        9_000,
    ),
)  # fmt: skip


REGISTERED_ON = date(2020, 2, 10)
"""Before the first sample class."""


def load_sample() -> list[Organisation]:
    """Register every organisation of the sample and let a clerk of its region verify it; safe to repeat.

    Needs the regions. Where no clerk is responsible for a region, its organisations wait for verification.
    """
    with clock.standing_on(min(REGISTERED_ON, clock.today())):
        made = [
            organisation_of(city, sort, number) for city in CITIES for number, sort in enumerate(SORTS, 1)
        ]
        for organisation in made:
            provider_accounts(organisation)
    return made


def organisation_of(city: City, sort: Sort, number: int) -> Organisation:
    """One organisation of the sample, registered, declared, submitted and, with a clerk, verified."""
    uscc = make_uscc(city.region, f"MA{number:06d}", registrar="52" if sort.slug == "ding" else "91")
    if found := Organisation.objects.filter(uscc=uscc).first():
        return found
    region = Region.objects.find(city.region, clock.today())
    if region is None:
        raise LookupError(f"region {city.region} is not loaded")
    name = f"{city.name}{sort.suffix}"
    organisation, invitation = services.register(
        services.Details(
            uscc=uscc,
            name=name,
            legal_form=sort.form,
            legal_person=True,
            region=region,
            address=f"{region.name}测试路{number}号",
            industry=sort.industry,
        ),
        kinds=sort.kinds,
        representative=services.Person(f"测试{sort.suffix[2]}一"),
        contact=services.Person(f"测试{sort.suffix[2]}二", f"1380000{number:04d}"),
        licence=ContentFile(licence_picture(uscc), name="营业执照.png"),
        administrator=services.Administrator(f"{city.slug}-{sort.slug}", f"测试{sort.suffix[2]}管理员"),
    )
    _complete(organisation, sort, number, _actor(invitation.user))
    clerk = clerk_for(region)
    if clerk is not None:
        services.verify(organisation.pk, by=clerk, checks=CHECKS.keys())
        if KindOf.INSTITUTION in sort.kinds:
            services.enter_catalogue(
                organisation.pk,
                by=clerk,
                document=f"{city.name}市职业培训机构目录清单（示例）",
                valid_from=date(2020, 1, 1),
            )
    organisation.refresh_from_db()
    return organisation


def _complete(organisation: Organisation, sort: Sort, number: int, admin: Actor) -> None:
    services.add_bank_account(
        organisation.pk,
        by=admin,
        holder=organisation.name,
        bank="测试银行营业部",
        branch_code=bank_code(f"1020000{number:04d}"),
        account=f"99{organisation.region.code}{number:08d}",
    )
    services.declare_size(
        organisation.pk,
        by=admin,
        year=clock.today().year - 1,
        employees=sort.employees,
        revenue_wan=None if sort.revenue_wan is None else Decimal(sort.revenue_wan),
        assets_wan=None if sort.assets_wan is None else Decimal(sort.assets_wan),
    )
    services.declare_epidemic(
        organisation.pk,
        by=admin,
        affected=True,
        since=min(date(2020, 2, 3), clock.today()),
        statement="春节后延期复工，现已逐步恢复生产（示例）",
    )
    services.submit_for_verification(organisation.pk, by=admin)


def clerk_for(region: Region) -> Actor | None:
    """A clerk whose office is the region or lies above it, the nearest first."""
    day = clock.today()
    held: Sequence[Assignment] = (
        Assignment.objects.filter(
            role=Role.CLERK, office__key__in=[*region.ancestors(), region.key], valid_from__lte=day
        )
        .exclude(valid_until__lt=day)
        .select_related("user", "office")
        .order_by("-office__path", "pk")
    )
    return _actor(held[0].user, held[0].pk) if held else None


def _actor(user: User, assignment_id: int | None = None) -> Actor:
    found = actor_of(user, assignment_id)
    if found is None:
        raise LookupError(f"{user.username} holds no role today")
    return found


def bank_code(eleven: str) -> str:
    """Eleven digits of a bank code and the check digit that fits."""
    return next(code for digit in range(10) if check_bank_code(code := f"{eleven}{digit}") is None)


def licence_picture(uscc: str) -> bytes:
    """A picture that stands for a licence and says that it is a sample."""
    picture = Image.new("RGB", (640, 400), "#f4f1e8")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((20, 20, 620, 380), outline="#8a6d3b", width=4)
    draw.text((60, 170), f"SAMPLE LICENCE  {uscc}", fill="#333333")
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
