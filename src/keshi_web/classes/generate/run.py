"""The whole of it: organisations with their accounts, people, and the plan of copies."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from keshi_web.accounts.models import Assignment, User
from keshi_web.accounts.roles import Role
from keshi_web.accounts.sample import PASSWORD, SINCE
from keshi_web.classes.generate.copies import Copy, tables, write
from keshi_web.classes.generate.draws import draw
from keshi_web.classes.generate.patterns import MARK, STATES, Pattern, patterns
from keshi_web.classes.generate.people import fill_vault, person_id
from keshi_web.classes.models import Enrolment, Filing
from keshi_web.classes.sample import CITIES
from keshi_web.classes.services.drafts import PREFIX
from keshi_web.common import clock
from keshi_web.organisations.generate import generate as make_organisations
from keshi_web.organisations.models import Organisation
from keshi_web.regions.models import Region
from keshi_web.workflow.models import ClockRun, Process, Serial

BATCH = 5_000
FIRST_NUMBER = 100_000
_SHARES = {
    "finished": 48, "running": 10, "approved": 8, "submitted": 10, "endorsed": 5, "returned": 5, "draft": 4,
    "withdrawn": 3, "refused": 3,
}  # fmt: skip
"""Of a hundred filings; a state not named has one."""
_OLDEST_WEEKS = {
    "finished": 99,
    "withdrawn": 99,
    "refused": 99,
    "revoked": 99,
    "running": 5,
    "interrupted": 4,
    "resuming": 4,
}
"""How long ago a case came into its state, at most; three weeks where it is not said."""
_TRADES = (
    "数控车床",
    "焊接",
    "电工",
    "叉车",
    "养老护理",
    "中式烹调",
    "仓储物流",
    "纺织",
    "汽车维修",
    "电子装配",
    "钳工",
    "制冷",
)
_KINDS = (
    "操作工在岗培训",
    "安全技术培训",
    "技能提升培训",
    "转岗培训",
    "新员工岗前培训",
    "质量管理培训",
    "新技术培训",
)
Say = Callable[[str], None]


@dataclass(frozen=True)
class Place:
    """A district with its clerk and the generated organisations registered there, each with who files for it."""

    region: Region
    clerk: int
    organisations: list[tuple[int, str, int]]


def run(*, filings: int, organisations: int, trainees: int, seed: int, processes: int, say: Say) -> None:
    """Bring the database to these numbers of generated rows. What is there is left; going on is safe at any time."""
    known = patterns()
    say(f"patterns: {len(known)}")
    there = Organisation.objects.filter(uscc__contains="MG").count()
    make_organisations(max(0, organisations - there))
    places = _places()
    say(f"organisations: {sum(len(place.organisations) for there in places.values() for place in there)}")
    for done in fill_vault(trainees, seed, processes):
        say(f"people: {done:,}")
    shifts = sorted({days for pattern in known for days in _shifts(pattern)})
    runs = ClockRun.objects.filter(process__in=[one.process for one in known]).prefetch_related("events")
    tables(((number, person_id(seed, number)) for number in range(trainees)), runs, shifts)
    for done, batch in _plan(filings, seed, trainees, known, places):
        write(batch)
        say(f"filings: {done:,}")
    _finish(filings)


def _places() -> dict[str, list[Place]]:
    """Districts by city, the sample's district first; accounts are made where they are missing."""
    rows = (
        Organisation.objects.filter(uscc__contains="MG")
        .select_related("region__parent")
        .order_by("region__path", "id")
    )
    by_region: dict[Region, list[Organisation]] = {}
    for row in rows:
        by_region.setdefault(row.region, []).append(row)
    hashed = make_password(PASSWORD)
    found: dict[str, list[Place]] = {city.slug: [] for city in CITIES}
    slugs = {city.district[:4]: city for city in CITIES}
    for region, members in by_region.items():
        city = slugs[region.code[:4]]
        clerk = _accounts([(f"{city.slug}-{region.key}-clerk", Role.CLERK, region, None)], hashed)[0]
        providers = _accounts(
            [(f"p-{one.uscc[-8:].lower()}", Role.PROVIDER_ADMIN, None, one) for one in members], hashed
        )
        who = [(one.pk, one.name, user) for one, user in zip(members, providers, strict=True)]
        place = Place(region, clerk, who)
        found[city.slug].insert(0 if region.code == city.district else len(found[city.slug]), place)
    return found


@transaction.atomic
def _accounts(wanted: list[tuple[str, Role, Region | None, Organisation | None]], hashed: str) -> list[int]:
    """Users by sign-in name with one assignment each; their keys."""
    names = [username for username, *_rest in wanted]
    there = dict(User.objects.filter(username__in=names).values_list("username", "pk"))
    missing = [one for one in wanted if one[0] not in there]
    made = User.objects.bulk_create(
        User(username=name, name="测试用户", password=hashed, is_sample=False) for name, *_rest in missing
    )
    Assignment.objects.bulk_create(
        Assignment(user=user, role=role, office=office, organisation=organisation, valid_from=SINCE)
        for user, (_name, role, office, organisation) in zip(made, missing, strict=True)
    )
    there |= {user.username: user.pk for user in made}
    return [there[name] for name in names]


def _plan(
    filings: int, seed: int, trainees: int, known: list[Pattern], places: dict[str, list[Place]]
) -> Iterator[tuple[int, list[Copy]]]:
    """Batches of copies that are not there yet, each with how many filings there are after it."""
    by_city: dict[str, list[Pattern]] = {}
    for pattern in known:
        by_city.setdefault(pattern.city.slug, []).append(pattern)
    cities = sorted(by_city)
    weighed = {
        slug: [one for one in found for _ in range(_SHARES.get(one.process.state, 1))]
        for slug, found in by_city.items()
    }
    own = {pattern.process.pk: _people_of(pattern) for pattern in known}
    for first in range(0, filings, BATCH):
        last = min(first + BATCH, filings)
        numbers = {_number(n): n for n in range(first, last)}
        there = Process.objects.filter(number__in=list(numbers)).values_list("number", flat=True)
        missing = sorted(set(numbers.values()) - {numbers[number] for number in there})
        batch = []
        for n in missing:
            slug = cities[n % len(cities)]
            choices = weighed[slug]
            pattern = choices[draw(len(choices), seed, n, "pattern")]
            # Low numbers come more often than high ones: some districts are busy.
            among = places[slug]
            place = among[min(draw(len(among), seed, n, "a"), draw(len(among), seed, n, "b"))]
            organisation, name, provider = place.organisations[
                draw(len(place.organisations), seed, n, "organisation")
            ]
            shifts = _shifts(pattern)
            process = pattern.process
            provider_was, clerk_was = own[process.pk]
            project = f"{_TRADES[draw(len(_TRADES), seed, n, 't')]}{_KINDS[draw(len(_KINDS), seed, n, 'k')]}"
            batch.append(
                Copy(
                    pattern=process.pk, days=shifts[draw(len(shifts), seed, n, "days")], number=_number(n), title=name,
                    project=f"{project}（第{n % 30 + 1}期）", organisation_was=process.organisation_id or 0,
                    organisation=organisation, region_was=process.office_id, region=place.region.pk,
                    path=place.region.path, provider_was=provider_was, provider=provider, clerk_was=clerk_was,
                    clerk=place.clerk, person=n * 10 % trainees,
                )
            )  # fmt: skip
        if batch:
            yield last, batch


def _number(n: int) -> str:
    return f"{PREFIX}2020{FIRST_NUMBER + n:06d}"


def _people_of(pattern: Pattern) -> tuple[int, int]:
    """Who filed the pattern and the clerk of its office."""
    provider = User.objects.get(username=f"{pattern.city.slug}-{pattern.city.provider}")
    clerk = User.objects.get(username=f"{pattern.city.slug}-{pattern.city.district}-clerk")
    return provider.pk, clerk.pk


def _shifts(pattern: Pattern) -> list[int]:
    """By how many days a pattern may be moved on: whole weeks, up to now, as old as fits its state."""
    weeks = (clock.today() - clock.day_of(pattern.process.changed_at)).days // 7
    oldest = _OLDEST_WEEKS.get(pattern.process.state, 3)
    return [7 * week for week in range(max(0, weeks - oldest), weeks + 1)]


def _finish(filings: int) -> None:
    """Numbers go on after the generated ones; the planner learns what there is; patterns have done their work."""
    key = f"{PREFIX}2020"
    Serial.objects.filter(key=key, last__lt=FIRST_NUMBER + filings).update(last=FIRST_NUMBER + filings)
    with connection.cursor() as cursor:
        cursor.execute("drop table person")
        cursor.execute("drop table due")
        cursor.execute("analyze")


def counts() -> dict[str, int]:
    """What is there, patterns left out."""
    return {
        "filings": Filing.objects.exclude(project__startswith=MARK).count(),
        "states": len(set(Process.objects.values_list("state", flat=True)) & set(STATES)),
        "enrolments": Enrolment.objects.count(),
    }
