"""Whether a filing may go on: verdicts whose reason tells what to do. Rules come from the notice, not from here."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from keshi_web.accounts.actor import Actor
from keshi_web.classes.models import Channel, Filing
from keshi_web.common import clock
from keshi_web.workflow.table import YES, Verdict, no

if TYPE_CHECKING:
    from collections.abc import Sequence


def complete(filing: Filing, actor: Actor) -> Verdict:
    """Plan, roster and materials are there and no rule of the filing stage fails."""
    from keshi_web.classes.completeness import open_points

    return _verdict(open_points(filing, provisional=filing.completion_due_on is not None))


def complete_in_full(filing: Filing, actor: Actor) -> Verdict:
    """As `complete`, with everything that a provisional start was allowed to leave out."""
    from keshi_web.classes.completeness import open_points

    return _verdict(open_points(filing, provisional=False))


def _verdict(points: "Sequence[str]") -> Verdict:
    if not points:
        return YES
    shown = "；".join(str(point) for point in points[:3])
    more = _("等 %(count)s 项") % {"count": len(points)} if len(points) > 3 else ""
    return no(_("尚不能提交：%(points)s%(more)s。") % {"points": shown, "more": more})


def came_on_paper(filing: Filing, actor: Actor) -> Verdict:
    """A clerk registers what came on paper, by fax, post or e-mail; web applications are the provider's own."""
    if filing.channel in (Channel.WEB, Channel.API):
        return no(_("网上申报的备案由申报单位自行提交。"))
    return YES


def correction_missed(filing: Filing, actor: Actor) -> Verdict:
    """Only what was not corrected by the day that the return named is closed by the office."""
    due = filing.correction_due_on
    if due is None:
        return no(_("退回时没有规定补正期限，不能终止办理。"))
    if clock.today() <= due:
        return no(_("补正期限至 %(day)s，期满后未补正的才能终止办理。") % {"day": due.isoformat()})
    return YES


def tasks_settled(filing: Filing, actor: Actor) -> Verdict:
    """Every check passed by itself or was judged, and none was judged to fail."""
    tasks = list(filing.tasks.all())
    left = [task for task in tasks if not task.settled]
    if left:
        return no(_("还有 %(count)s 项审核要点未作结论。") % {"count": len(left)})
    if any(task.judgement is False for task in tasks):
        return no(_("有审核要点不符合，请退回补正或建议不予备案。"))
    return YES


def promises(filing: Filing) -> bool:
    """Whether the notice knows a start before the file is complete (a clock from a promised date)."""
    return any(clock_.event == "promised-date" for clock_ in filing.scheme.file.clocks)


def provisional_possible(filing: Filing, actor: Actor) -> Verdict:
    """The notice allows a provisional start and the provider promised a day for the rest."""
    if not promises(filing):
        return no(_("本政策没有先行开班的规定。"))
    if filing.completion_due_on is None:
        return no(_("申报单位没有承诺补报期限。"))
    return YES


def not_provisional_only(filing: Filing, actor: Actor) -> Verdict:
    """A file that is still to be completed can only be approved provisionally."""
    if filing.completion_due_on is not None:
        from keshi_web.classes.completeness import open_points

        if open_points(filing, provisional=False):
            return no(_("材料尚未补齐，只能同意先行开班。"))
    return YES


def starts_later(filing: Filing, actor: Actor) -> Verdict:
    """A class is approved before it starts; one entered late with its real dates is marked and exempt."""
    if filing.late or filing.starts_on is None or clock.today() <= filing.starts_on:
        return YES
    return no(_("开班日期 %(day)s 已过。请退回申报单位调整日期。") % {"day": filing.starts_on.isoformat()})


def amendable(filing: Filing, actor: Actor) -> Verdict:
    """Only a class that was approved and has not ended can be amended."""
    if filing.process.state in ("approved", "provisional", "running", "interrupted"):
        return YES
    return no(_("只有已准予开班、尚未结束的班级可以变更。"))


def not_begun(filing: Filing, actor: Actor) -> Verdict:
    """A class that has begun is not called off any more."""
    if filing.frozen_at is None:
        return YES
    return no(_("班级已开班，不能取消。确实不能继续的，请与受理机构联系。"))


def resumption_fits(filing: Filing, actor: Actor) -> Verdict:
    """The online rest of an interrupted class stays within the notice's share of the total."""
    from keshi_web.classes.completeness import resumption_fault

    fault = resumption_fault(filing)
    return no(fault) if fault else YES
