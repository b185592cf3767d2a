"""The sections about the way: steps and time limits, papers and forms, evaluations, duties, places."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from keshi_web.common.language import lang
from keshi_web.schemes.reading.parts import Cell, Row, Section, Table
from keshi_web.schemes.reading.words import clock, listed, span
from keshi_web.schemes.reading.writer import Writer, heads, say


class Procedure(Writer):
    """Who does what, by when, with which papers."""

    def sections(self) -> Iterable[Section]:
        """In reading order."""
        yield self.procedure()
        yield self.clocks()
        yield self.materials()
        yield self.forms()
        yield self.evaluations()
        yield self.public_notice()
        yield self.returns()
        yield self.duties()
        yield self.platforms()
        yield self.offices()

    def procedure(self) -> Section:
        known = {each.id: each for each in self.file.clocks}
        rows = tuple(
            Row(
                (
                    self.rule(step),
                    Cell(say(f"stage-{step.stage}")),
                    Cell(say(f"actor-{step.by}")),
                    Cell(clock(known[step.clock]) if step.clock else ""),
                    self.clause(step.clause),
                ),
                f"step-{step.id}",
            )
            for step in self.file.steps
        )
        table = Table(heads("step", "stage", "by", "due", "clause"), rows)
        return Section("procedure", say("describe-procedure"), (table,) if rows else (), "route")

    def clocks(self) -> Section:
        rows = tuple(
            Row(
                (
                    self.rule(each),
                    Cell(say(f"stage-{each.stage}")),
                    Cell(clock(each)),
                    Cell(say(f"actor-{each.duty_of}")),
                    Cell(each.silence.of(lang()) if each.silence else ""),
                    self.clause(each.clause),
                ),
                f"clock-{each.id}",
            )
            for each in self.file.clocks
        )
        table = Table(heads("requirement", "stage", "due", "by", "silence", "clause"), rows)
        return Section("clocks", say("describe-clocks"), (table,) if rows else (), "clock")

    def materials(self) -> Section:
        forms = {form.id: form for form in self.file.forms}
        rows = []
        for material in self.file.materials:
            form = forms.get(material.form or "")
            copies = _("%(count)d份") % {"count": material.copies} if material.copies > 1 else ""
            cells = (
                self.rule(material, copies),
                Cell(say(f"stage-{material.stage}")),
                Cell(form.text.of(lang()) if form else ""),
                Cell(material.when.of(lang()) if material.when else ""),
                self.clause(material.clause),
            )
            rows.append(Row(cells, f"material-{material.id}"))
        table = Table(heads("material", "stage", "form", "when", "clause"), tuple(rows))
        return Section("materials", say("describe-materials"), (table,) if rows else (), "files")

    def forms(self) -> Section:
        rows = []
        for form in self.file.forms:
            fields = listed(blank.label.of(lang()) for blank in form.fields)
            name = f"{form.number} {form.text.of(lang())}".strip()
            promises = tuple(promise.of(lang()) for promise in form.promises)
            cells = (
                Cell(name, reading=form.reading, ours=form.ours),
                Cell(fields, lines=promises),
                self.clause(form.clause),
            )
            rows.append(Row(cells, f"form-{form.id}"))
        table = Table((say("describe-form"), _("填写内容"), say("describe-clause")), tuple(rows))
        return Section("forms", say("describe-forms"), (table,) if rows else (), "forms")

    def evaluations(self) -> Section:
        tables = []
        for each in self.file.evaluations:
            levels = " → ".join(say(f"actor-{level}") for level in each.levels)
            exempt = f"{say('describe-exempt')}：{each.exempt.of(lang())}" if each.exempt else ""
            until = _("有效期至 %(day)s") % {"day": each.valid_until} if each.valid_until else ""
            filed = (
                say("describe-files-with", office=say(f"actor-{each.files_with}")) if each.files_with else ""
            )
            anchor = f"evaluation-{each.id}"
            rows = [Row((self.rule(each, levels, filed, exempt, until), self.clause(each.clause)), anchor)]
            rows += [
                Row((Cell(check.text.of(lang())), self.clause(check.clause)), anchor) for check in each.checks
            ]
            tables.append(Table((_("评估要点"), say("describe-clause")), tuple(rows), anchor=anchor))
        return Section("evaluations", say("describe-evaluations"), tuple(tables), "rosette-discount-check")

    def public_notice(self) -> Section:
        notice = self.file.public_notice
        if notice is None:
            return Section("public-notice", "")
        shown = listed(say(f"shown-{name}") for name in notice.shows)
        row = Row(
            (
                self.rule(notice),
                Cell(notice.where.of(lang())),
                Cell(span(notice.period)),
                Cell(shown),
                self.clause(notice.clause),
            )
        )
        table = Table(
            (say("describe-requirement"), _("公示地点"), _("公示期"), _("公示内容"), say("describe-clause")),
            (row,),
        )
        return Section("public-notice", say("describe-notice-public"), (table,), "speakerphone")

    def returns(self) -> Section:
        period = {"week": _("每周"), "month": _("每月")}
        rows = tuple(
            Row(
                (
                    self.rule(each, each.headcount.of(lang()) if each.headcount else ""),
                    Cell(period[each.period]),
                    Cell(each.sent_to.of(lang())),
                    Cell(listed(column.of(lang()) for column in each.columns)),
                    self.clause(each.clause),
                ),
                f"return-{each.id}",
            )
            for each in self.file.returns
        )
        table = Table(
            (say("describe-requirement"), _("周期"), _("报送"), _("指标"), say("describe-clause")), rows
        )
        return Section("returns", say("describe-returns"), (table,) if rows else (), "chart-bar")

    def duties(self) -> Section:
        rows = tuple(
            Row(
                (
                    self.rule(duty, *(detail.of(lang()) for detail in duty.details)),
                    Cell(say(f"actor-{duty.of}")),
                    self.clause(duty.clause),
                ),
                f"duty-{duty.id}",
            )
            for duty in self.file.duties
        )
        table = Table(heads("requirement", "by", "clause"), rows)
        return Section("duties", say("describe-duties"), (table,) if rows else (), "shield-check")

    def platforms(self) -> Section:
        rows = tuple(
            Row(
                (
                    Cell(platform.name, lines=(platform.url,) if platform.url else ()),
                    Cell(platform.registration.of(lang()) if platform.registration else ""),
                    self.clause(platform.clause),
                )
            )
            for platform in self.file.platforms
        )
        table = Table((_("平台"), _("说明"), say("describe-clause")), rows)
        return Section("platforms", say("describe-platforms"), (table,) if rows else (), "device-laptop")

    def offices(self) -> Section:
        rows = tuple(
            Row((Cell(o.name), Cell(o.address), Cell(o.phone), self.clause(o.clause)))
            for o in self.file.offices
        )
        table = Table(heads("office", "address", "phone", "clause"), rows)
        return Section("offices", say("describe-offices"), (table,) if rows else (), "map-pin")
