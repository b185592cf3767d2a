"""What an organisation declares: its size by the standard, and whether the epidemic affected it."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from keshi.sme import Classification, classify
from keshi_web.accounts.actor import Actor
from keshi_web.accounts.auditing import need_role
from keshi_web.accounts.roles import Role
from keshi_web.common import clock
from keshi_web.common.errors import Invalid
from keshi_web.common.saving import save
from keshi_web.organisations.models import EpidemicDeclaration, SizeDeclaration
from keshi_web.organisations.services._changing import changing

EARLIEST_YEAR = 2000


def size_of(
    industry: str, employees: int, revenue_wan: Decimal | None, assets_wan: Decimal | None
) -> Classification:
    """The size by the library's table, exact.

    Raises:
        Invalid: a negative figure.
    """
    figures = (revenue_wan, assets_wan)
    if employees < 0 or any(figure is not None and figure < 0 for figure in figures):
        raise Invalid(_("从业人员、营业收入和资产总额不能为负，请更正。"))
    revenue, assets = (None if figure is None else Fraction(figure) for figure in figures)
    return classify(industry, employees, revenue, assets)


def declare_size(
    organisation_id: int,
    *,
    by: Actor,
    year: int,
    employees: int,
    revenue_wan: Decimal | None,
    assets_wan: Decimal | None,
    industry: str = "",
) -> SizeDeclaration:
    """Declare a year's figures (revenue and assets in 万元); the size is computed, never entered.

    Raises:
        Invalid: a figure that the industry's row needs is missing, or a year that is not over.
    """
    need_role(by, Role.PROVIDER_ADMIN)
    if not EARLIEST_YEAR <= year <= clock.today().year:
        raise Invalid(_("数据年度应为已开始的年度，例如上一年度。"))
    with changing(organisation_id, by=by, act="declare-size") as organisation:
        organisation.industry = industry.strip() or organisation.industry
        found = size_of(organisation.industry, employees, revenue_wan, assets_wan)
        if found.missing:
            labels = {"employees": _("从业人员"), "revenue_wan": _("营业收入"), "assets_wan": _("资产总额")}
            raise Invalid(
                _("“%(industry)s”划型还需要：%(missing)s。")
                % {"industry": found.industry, "missing": "、".join(labels[fact] for fact in found.missing)}
            )
        declaration = SizeDeclaration(
            organisation=organisation,
            year=year,
            industry=organisation.industry,
            employees=employees,
            revenue_wan=revenue_wan,
            assets_wan=assets_wan,
            size=found.size or "",
            by_id=by.user_id,
        )
        save(declaration)
    return declaration


def declare_epidemic(
    organisation_id: int, *, by: Actor, affected: bool, since: date, statement: str
) -> EpidemicDeclaration:
    """Declare that the epidemic affects the organisation from a day on, or no longer does.

    Raises:
        Invalid: no statement, or a day to come.
    """
    need_role(by, Role.PROVIDER_ADMIN)
    if since > clock.today():
        raise Invalid(_("起始日期不能晚于今天。"))
    with changing(organisation_id, by=by, act="declare-epidemic") as organisation:
        declaration = EpidemicDeclaration(
            organisation=organisation,
            affected=affected,
            since=since,
            statement=statement.strip(),
            by_id=by.user_id,
        )
        save(declaration)
    return declaration
