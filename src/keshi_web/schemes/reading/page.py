"""A scheme as a page of sections: what is paid, to whom, under which conditions, by when, with which papers."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from keshi.messages import message
from keshi.scheme import Scheme
from keshi.scheme.model import Item, Requirement, Rule
from keshi.vocabulary import choice_label, label, vocabulary
from keshi_web.common.language import lang
from keshi_web.schemes.anchors import rule_anchor
from keshi_web.schemes.reading.parts import Cell, ClauseEntry, Row, Section, Table
from keshi_web.schemes.reading.words import Words, clock, figure, listed, measured, span, unit


def sections(scheme: Scheme) -> list[Section]:
    """The sections in reading order, in the reader's language; those without content are left out."""
    return [section for section in _Page(scheme).sections() if section.tables]


def clauses(found: Iterable[Section]) -> list[ClauseEntry]:
    """Every clause that the sections cite, in their order, with what it rules."""
    entries: dict[str, ClauseEntry] = {}
    for section in found:
        for table in section.tables:
            if table.clause:
                entries.setdefault(table.clause, ClauseEntry(table.clause)).rules.append(
                    (table.title, table.anchor)
                )
            for row in table.rows:
                clause = next((cell.clause for cell in row.cells if cell.clause), "")
                if clause:
                    entry = entries.setdefault(clause, ClauseEntry(clause))
                    text = row.title or next((cell.text for cell in row.cells if cell.text), "")
                    if (text, row.anchor) not in entry.rules:
                        entry.rules.append((text, row.anchor))
    return list(entries.values())


def say(key: str, **params: object) -> str:
    """A label of the library's own page about a scheme."""
    return message(key, lang(), **params)


def heads(*keys: str) -> tuple[str, ...]:
    """Column heads by the library's keys."""
    return tuple(say(f"describe-{key}") for key in keys)


class _Page:
    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.file = scheme.file
        self.words = Words(scheme)
        self.titles = {item.id: item.title.of(lang()) for item in scheme.file.items}

    def sections(self) -> Iterable[Section]:
        for item in self.file.items:
            yield self.item(item)
        for subject, title, icon in (
            ("organisation", _("谁可以申报"), "building"),
            ("trainee", _("谁可以参加培训"), "users"),
            ("class", _("开班与申领条件"), "clipboard-check"),
        ):
            yield self.requirements(subject, title, icon)
        yield self.ceilings()
        yield self.hours()
        yield self.figures()
        yield self.tariffs()
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

    def rule(self, rule: Rule, *lines: str) -> Cell:
        return Cell(rule.text.of(lang()), reading=rule.reading, lines=tuple(filter(None, lines)))

    def clause(self, clause: str) -> Cell:
        return Cell(clause=clause)

    def formula(self, text: str) -> Cell:
        return Cell(self.words.formula(text), code=text)

    def item(self, item: Item) -> Section:
        rules = self.scheme.rules[item.id]
        types = listed(choice_label("class.training_type", kind, lang()) for kind in item.training_types)
        anchor, title = f"item-{item.id}", item.title.of(lang())
        rows = [
            (say("describe-payee"), Cell(listed(say(f"payee-{payee}") for payee in item.payee))),
            (say("describe-fund"), Cell(item.fund)),
            (say("describe-training-types"), Cell(types or say("describe-any"))),
            (_("课时"), self.formula(item.class_hours)),
            (_("补贴金额"), self.formula(item.amount)),
        ]
        tables = [
            Table(
                heads("what", "content", "clause"),
                tuple(
                    Row((Cell(name), cell, self.clause(item.clause)), anchor, title) for name, cell in rows
                ),
            )
        ]
        if rules.quantities:
            tables.append(
                Table(
                    heads("quantity", "formula", "unit", "clause"),
                    tuple(
                        Row(
                            (
                                Cell(q.label.of(lang())),
                                self.formula(q.formula.text),
                                Cell(
                                    unit(str(q.formula.type.unit)) if q.formula.type.kind == "number" else ""
                                ),
                                self.clause(q.clause),
                            ),
                            f"quantity-{item.id}-{q.name}",
                        )
                        for q in rules.quantities
                    ),
                    title=say("describe-computation"),
                )
            )
        if rules.advance:
            advance = rules.advance.rule
            due = _("%(event)s后%(span)s内") % {
                "event": say(f"event-{advance.after}"),
                "span": span(advance.due),
            }
            row = (
                self.rule(advance),
                self.formula(advance.each),
                Cell(due if advance.due else ""),
                self.clause(advance.clause),
            )
            tables.append(
                Table(
                    heads("requirement", "formula", "due", "clause"),
                    (Row(row),),
                    title=say("describe-advance"),
                )
            )
        return Section(anchor, title, tuple(tables), "coin-yuan")

    def requirements(self, subject: str, title: str, icon: str) -> Section:
        found: list[tuple[Requirement, list[str]]] = [
            (rule, list(rule.items)) for rule in self.file.requirements
        ]
        found += [(rule, [item.id]) for item in self.file.items for rule in item.requirements]
        rows = []
        for rule, items in found:
            if rule.of != subject:
                continue
            only = _("仅限：%(items)s") % {"items": listed(self.titles[i] for i in items)} if items else ""
            accepted = _("审核人员可说明理由后接受") if rule.waivable else ""
            judged = self.formula(rule.holds) if rule.holds else Cell(say("describe-manual"))
            cells = (
                self.rule(rule, only if len(self.titles) > 1 else "", accepted),
                Cell(say(f"stage-{rule.stage}")),
                judged,
                Cell(rule.remedy.of(lang()) if rule.remedy else ""),
                self.clause(rule.clause),
            )
            rows.append(Row(cells, rule_anchor(rule.id)))
        table = Table(heads("requirement", "stage", "formula", "remedy", "clause"), tuple(rows))
        return Section(f"who-{subject}", title, (table,) if rows else (), icon)

    def ceilings(self) -> Section:
        rows: dict[str, Row] = {}
        for rules in self.scheme.rules.values():
            for limit in rules.limits:
                rule = limit.rule
                ceiling = self.words.formula(rule.amount_at_most or rule.count_at_most)
                per = " + ".join(say(f"per-{per}") for per in rule.per)
                kind = "sum" if rule.amount_at_most else "count"
                content = say(f"limit-{kind}", per=per, ceiling=ceiling)
                rows[rule.id] = self._ceiling(rule, rule.id, content)
            for sequence in rules.sequences:
                rows[sequence.id] = self._ceiling(sequence, sequence.id, say("describe-sequence"))
            for exclusion in rules.exclusions:
                other = choice_label("trainee.other_subsidies", exclusion.subsidy, lang())
                rows[exclusion.id] = self._ceiling(
                    exclusion, exclusion.id, say("describe-exclusion", other=other)
                )
        table = Table(heads("requirement", "content", "clause"), tuple(rows.values()))
        return Section("limits", say("describe-limits"), (table,) if rows else (), "hand-stop")

    def _ceiling(self, rule: Rule, name: str, content: str) -> Row:
        return Row((self.rule(rule), Cell(content), self.clause(rule.clause)), f"limit-{name}")

    def hours(self) -> Section:
        rule = self.file.hours
        basis = {"trainee": _("按每名学员的有效学习时间"), "course": _("按课程总时长")}[rule.basis]
        rest = (
            _("不足一课时的余数不计")
            if rule.remainder == "drop"
            else _("余数满%(count)d分钟计一课时") % {"count": rule.remainder}
        )
        size = _("每课时不少于%(count)d分钟") % {"count": rule.minutes}
        rows = [
            Row((self.rule(rule), Cell(size, lines=(basis, rest)), self.clause(rule.clause)), "rule-hours")
        ]
        for blend in self.file.blends:
            content = []
            if blend.online_at_most is not None:
                content.append(_("线上不超过%(share)s") % {"share": blend.online_at_most})
            if blend.theory_at_least is not None:
                content.append(_("理论不少于%(share)s") % {"share": blend.theory_at_least})
            cells = (
                self.rule(blend),
                Cell("；".join(content), lines=(blend.applies_to.of(lang()),)),
                self.clause(blend.clause),
            )
            rows.append(Row(cells, f"blend-{blend.id}"))
        table = Table(heads("requirement", "content", "clause"), tuple(rows))
        return Section("hours", say("describe-hours"), (table,), "hourglass")

    def figures(self) -> Section:
        rows = tuple(
            Row(
                (
                    Cell(
                        p.text.of(lang()) if p.text else name, code="" if p.text else name, reading=p.reading
                    ),
                    Cell(figure(p), number=not p.regions),
                    self.clause(p.clause),
                ),
                f"figure-{name}",
            )
            for name, p in self.file.parameters.items()
        )
        table = Table((_("参数"), _("数值"), say("describe-clause")), rows)
        return Section("figures", _("参数"), (table,) if rows else (), "adjustments")

    def tariffs(self) -> Section:
        tables = []
        for name, spec in self.file.tables.items():
            dated = any(row.valid_from or row.valid_to for row in self.scheme.tables[name].rows)
            columns = [_column(key) for key in spec.keys]
            rows = []
            for row in self.scheme.tables[name].rows:
                keys = [
                    Cell("—" if value is None else _key_text(key, value))
                    for key, value in zip(spec.keys, row.keys, strict=True)
                ]
                if dated:
                    keys.append(Cell(f"{row.valid_from or ''} – {row.valid_to or ''}"))
                rows.append(Row((*keys, Cell(measured(row.value, spec.unit), number=True))))
            title = spec.text.of(lang())
            shown = (*columns, *([_("有效期")] if dated else []), _("标准"))
            tables.append(Table(shown, tuple(rows), title, spec.sample, f"table-{name}", spec.clause))
        return Section("tables", _("补贴标准表"), tuple(tables), "table")

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
            anchor = f"evaluation-{each.id}"
            rows = [Row((self.rule(each, levels, exempt, until), self.clause(each.clause)), anchor)]
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


def _fact_of(key: str) -> str:
    """The fact that a table's key column is matched with, as far as its name tells; else the column's own name."""
    named = (f"class.{key}", f"trainee.{key}.kind", f"trainee.{key}", f"organisation.{key}")
    return next((name for name in named if name in vocabulary()), key)


def _column(key: str) -> str:
    return label(_fact_of(key), lang())


def _key_text(key: str, value: object) -> str:
    return choice_label(_fact_of(key), str(value), lang())
