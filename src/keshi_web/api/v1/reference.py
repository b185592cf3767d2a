"""What a filing refers to: the organisation, notices in force, platforms, courses, occupations, teachers."""

from typing import Annotated, Any

from django.db.models import Prefetch, Q
from django.http import HttpRequest
from ninja import Query, Router

from keshi.scheme.model import Clock, Span
from keshi.vocabulary import vocabulary
from keshi_web.api.v1 import outputs, reference_outputs
from keshi_web.api.v1.auth import CATALOGUE_READ, ORGANISATION_READ
from keshi_web.api.v1.fields import Day, Name, line
from keshi_web.api.v1.find import Slug, organisation_of, version_of
from keshi_web.api.v1.paging import Cursor, Size, page
from keshi_web.catalogue.models import Course, Listing, Occupation, Platform, Teacher
from keshi_web.classes.completeness import asked_facts, form_of, materials_of, roster_facts
from keshi_web.classes.models import Filing
from keshi_web.classes.official import asked, forms_of
from keshi_web.classes.selectable import administrators
from keshi_web.classes.services.drafts import available
from keshi_web.common import clock
from keshi_web.common.language import lang
from keshi_web.organisations.queries import in_force, kinds_on, size_on
from keshi_web.schemes.library import get
from keshi_web.schemes.models import SchemeVersion

router = Router()
On = Annotated[Day | None, Query(None, description="First day of the class; today where left out.")]
Words = Annotated[line(60), Query("", description="A part of the name.")]


@router.get(
    "/organisation", response=reference_outputs.Organisation, auth=ORGANISATION_READ, tags=["organisation"]
)
def organisation(request: HttpRequest) -> Any:
    """The organisation in whose name the token acts."""
    found = organisation_of(request)
    today = clock.today()
    declared = size_on(found, today)
    return {
        "id": str(found.pk), "name": found.name, "uscc": found.uscc, "state": found.state,
        "region": found.region.key, "kinds": kinds_on(found, today), "size": declared.size if declared else "",
    }  # fmt: skip


@router.get(
    "/organisation/administrators",
    response=list[outputs.Named],
    auth=ORGANISATION_READ,
    tags=["organisation"],
)
def training_administrators(request: HttpRequest) -> Any:
    """People of the organisation who may be a class's training administrator."""
    mine = Filing(organisation_id=request.actor.organisation_id)
    return [{"id": one.pk, "name": one.name} for one in administrators(mine)]


@router.get("/schemes", response=list[reference_outputs.SchemeLine], auth=CATALOGUE_READ, tags=["reference"])
def schemes(request: HttpRequest, starts_on: On) -> Any:
    """The notices under which the organisation can file a class that starts on a day."""
    return [_scheme_line(one) for one in available(organisation_of(request), starts_on or clock.today())]


@router.get(
    "/schemes/{scheme}", response=reference_outputs.SchemeDetail, auth=CATALOGUE_READ, tags=["reference"]
)
def scheme(request: HttpRequest, scheme: Slug, starts_on: On) -> Any:
    """What a notice asks for, item by item: facts of plan and roster, materials, forms; and its time limits."""
    version = version_of(organisation_of(request), scheme, starts_on or clock.today())
    rules = get(version)
    return {
        **_scheme_line(version),
        "digest": version.digest,
        "needs": [_needs(version, item) for item in rules.rules],
        "clocks": [_limit(one) for one in rules.file.clocks],
    }


def _scheme_line(version: SchemeVersion) -> dict[str, Any]:
    items = [
        {
            "id": rules.item.id, "title": getattr(rules.item.title, lang()), "clause": rules.item.clause,
            "payees": list(rules.item.payee), "training_types": list(rules.item.training_types),
        }
        for rules in get(version).rules.values()
    ]  # fmt: skip
    return {
        "id": version.scheme, "version": version.number, "title": version.title, "notice": version.notice,
        "issued_on": version.issued_on, "region": version.region.key, "items": items,
    }  # fmt: skip


COLUMNS = {
    "class.project": "project",
    "class.training_type": "training_type",
    "class.occupation": "occupation",
    "class.level": "level",
    "trainee.certificate.kind": "planned_certificate",
}
"""Facts that have a field of the plan of their own."""


def _needs(version: SchemeVersion, item: str) -> dict[str, Any]:
    from keshi_web.classes.case import needed

    rules = get(version)
    of_item = Filing(item=item, scheme_version=version)
    used = needed(of_item, rules)
    always = ["starts_on", "ends_on", "platform", "administrator"]
    columns = dict.fromkeys(["project", *(COLUMNS[name] for name in used if name in COLUMNS), *always])
    blanks = asked(of_item, rules)
    return {
        "item": item,
        "plan_columns": list(columns),
        "plan_facts": [_fact(name) for name in asked_facts(of_item, rules)],
        "roster_facts": [_fact(name) for name in roster_facts(of_item, rules)],
        "materials": [
            {
                "id": one.id, "text": getattr(one.text, lang()), "clause": one.clause,
                "when": getattr(one.when, lang()) if one.when else "", "form": one.form,
                "generated": form_of(rules, one.form) is not None,
            }
            for one in materials_of(of_item, rules)
        ],
        "forms": [
            {
                "id": form.id,
                "number": form.number,
                "text": getattr(form.text, lang()),
                "blanks": [_blank(one) for one in blanks if one.form.id == form.id],
                "promises": [getattr(text, lang()) for text in form.promises],
            }
            for form in forms_of(of_item, rules)
        ],
    }  # fmt: skip


def _fact(name: str) -> dict[str, Any]:
    fact = vocabulary()[name]
    choices = [{"value": key, "label": getattr(label, lang())} for key, label in (fact.values or {}).items()]
    return {
        "name": name, "label": getattr(fact.label, lang()), "type": fact.type, "unit": fact.unit,
        "required": not fact.optional, "choices": choices,
    }  # fmt: skip


def _blank(one: Any) -> dict[str, Any]:
    choices = [{"value": choice.zh, "label": getattr(choice, lang())} for choice in one.field.choices]
    return {
        "key": one.key,
        "label": getattr(one.field.label, lang()),
        "kind": one.field.kind,
        "choices": choices,
    }


def _limit(one: Clock) -> dict[str, Any]:
    return {
        "id": one.id, "text": getattr(one.text, lang()), "clause": one.clause, "stage": one.stage, "event": one.event,
        "duty_of": one.duty_of, "within": _span(one.within), "before": _span(one.before),
    }  # fmt: skip


def _span(span: Span | None) -> str | None:
    """`5 workdays`: a length of time as the scheme writes it."""
    if span is None:
        return None
    names = ("workdays", "days", "months")
    return next((f"{getattr(span, name)} {name}" for name in names if getattr(span, name)), None)


# ---------------------------------------------------------------------------------------------------------
# Catalogue


@router.get(
    "/platforms", response=outputs.Page[reference_outputs.Platform], auth=CATALOGUE_READ, tags=["reference"]
)
def platforms(
    request: HttpRequest,
    cursor: Cursor,
    limit: Size,
    name: Words,
    scheme: Annotated[Name | None, Query(None, description="Only those listed under this notice.")],
) -> Any:
    """Platforms, each with the notices under which it is listed where the organisation is registered, and why."""
    mine = organisation_of(request)
    today = clock.today()
    keys = [step for step in mine.region.path.strip("/").split("/") if step]
    listed = Listing.objects.filter(
        in_force(today),
        Q(delisted_on__isnull=True) | Q(delisted_on__gt=today),
        region__key__in=keys,
        platform__isnull=False,
    )
    rows = Platform.objects.filter(name__icontains=name)
    if scheme:
        rows = rows.filter(pk__in=listed.filter(scheme=scheme).values("platform_id"))
    rows = rows.prefetch_related(Prefetch("listings", listed.order_by("id"), to_attr="listed_here"))
    return page(rows, lambda row: _platform(row, mine.pk), key="pk", cursor=cursor, size=limit)


def _platform(row: Platform, mine: object) -> dict[str, Any]:
    grounds = [
        {
            "scheme": one.scheme, "ground": one.ground, "clause": one.clause, "valid_from": one.valid_from,
            "valid_until": one.valid_until,
        }
        for one in row.listed_here  # type: ignore[attr-defined]
    ]  # fmt: skip
    own = row.operator_id == mine
    return {"id": row.pk, "name": row.name, "url": row.url, "kind": row.kind, "own": own, "listings": grounds}


@router.get(
    "/courses", response=outputs.Page[reference_outputs.Course], auth=CATALOGUE_READ, tags=["reference"]
)
def courses(
    request: HttpRequest,
    cursor: Cursor,
    limit: Size,
    name: Words,
    platform: Annotated[int | None, Query(None, ge=1, le=2**53 - 1, description="Courses of this platform.")],
) -> Any:
    """The organisation's own courses, or those of a platform."""
    whose = Q(platform_id=platform) if platform else Q(owner_id=request.actor.organisation_id)
    rows = Course.objects.filter(whose, name__icontains=name).select_related("platform", "occupation")
    return page(rows, _course, key="pk", cursor=cursor, size=limit)


def _course(row: Course) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "platform": {"id": row.platform.pk, "name": row.platform.name} if row.platform else None,
        "occupation": row.occupation.code if row.occupation else None,
        "level": row.level,
        "video_minutes": row.video_minutes,
        "epidemic_prevention": row.epidemic_prevention,
    }


@router.get(
    "/occupations",
    response=outputs.Page[reference_outputs.Occupation],
    auth=CATALOGUE_READ,
    tags=["reference"],
)
def occupations(request: HttpRequest, cursor: Cursor, limit: Size, name: Words) -> Any:
    """The national classification, by a part of the name or the beginning of the code."""
    found = Q(name__icontains=name) | Q(code__startswith=name)
    rows = Occupation.objects.filter(found)
    names = ("edition", "code", "name", "levels")
    return page(
        rows,
        lambda row: {"id": row.pk, **{one: getattr(row, one) for one in names}},
        key="pk",
        cursor=cursor,
        size=limit,
    )


@router.get(
    "/teachers", response=outputs.Page[reference_outputs.Teacher], auth=CATALOGUE_READ, tags=["reference"]
)
def teachers(request: HttpRequest, cursor: Cursor, limit: Size) -> Any:
    """Teachers in the organisation's register."""
    rows = Teacher.objects.filter(organisation_id=request.actor.organisation_id, until=None)
    names = ("name", "title", "subject", "honours")
    return page(
        rows,
        lambda row: {"id": row.pk, **{one: getattr(row, one) for one in names}},
        key="pk",
        cursor=cursor,
        size=limit,
    )
