"""The sections about money: items, conditions, ceilings, hours, figures and tables of standards."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from keshi.scheme.model import Item, Requirement, Rule
from keshi.vocabulary import choice_label, label, vocabulary
from keshi_web.common.language import lang
from keshi_web.schemes.anchors import rule_anchor
from keshi_web.schemes.reading.parts import Cell, Row, Section, Table
from keshi_web.schemes.reading.words import figure, listed, measured, span, unit
from keshi_web.schemes.reading.writer import Writer, heads, say


class Rules(Writer):
    """What is paid, to whom, under which conditions."""

    def sections(self) -> Iterable[Section]:
        """In reading order."""
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


def _fact_of(key: str) -> str:
    """The fact that a table's key column is matched with, as far as its name tells; else the column's own name."""
    named = (f"class.{key}", f"trainee.{key}.kind", f"trainee.{key}", f"organisation.{key}")
    return next((name for name in named if name in vocabulary()), key)


def _column(key: str) -> str:
    return label(_fact_of(key), lang())


def _key_text(key: str, value: object) -> str:
    return choice_label(_fact_of(key), str(value), lang())
