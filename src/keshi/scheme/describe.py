"""A scheme as a page that an official can read: Markdown in Chinese or English, every rule with its clause."""

from collections.abc import Iterable, Iterator

from keshi.messages import Lang, message
from keshi.scheme.load import Scheme
from keshi.scheme.model import Clock, Evaluation, Form, Item, Parameter, Rule, SchemeFile, Span
from keshi.vocabulary import choice_label


def describe(scheme: Scheme, lang: Lang = "zh") -> str:
    """The page as Markdown."""
    return "\n".join(_Page(scheme, lang).lines()) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


class _Page:
    def __init__(self, scheme: Scheme, lang: Lang) -> None:
        self.scheme = scheme
        self.file: SchemeFile = scheme.file
        self.lang = lang

    def say(self, key: str, **params: object) -> str:
        return message(key, self.lang, **params)

    def lines(self) -> Iterator[str]:
        yield from self.head()
        for item in self.file.items:
            yield from self.item(item)
        yield from self.figures()
        yield from self.hours()
        yield from self.procedure()
        yield from self.papers()
        yield from self.around()
        yield from self.directory()
        yield ""
        yield f"`{self.scheme.digest}`"

    def table(self, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
        heads = [self.say(f"describe-{head}") for head in heads]
        rows = [[_cell(cell) for cell in row] for row in rows]
        if not rows:
            yield self.say("describe-none")
            return
        yield f"| {' | '.join(heads)} |"
        yield f"|{'---|' * len(heads)}"
        for row in rows:
            yield f"| {' | '.join(row)} |"

    def section(self, key: str, **params: object) -> Iterator[str]:
        yield ""
        yield f"## {self.say(f'describe-{key}', **params)}"
        yield ""

    def rule_text(self, rule: Rule) -> str:
        marked = f" _({self.say('describe-reading')})_" if rule.reading else ""
        return f"{rule.text.of(self.lang)}{marked}"

    def head(self) -> Iterator[str]:
        file = self.file
        yield f"# {file.title.of(self.lang)}"
        yield ""
        rows = [
            ("notice", file.notice),
            ("issuer", file.issuer.of(self.lang)),
            ("issued-on", file.issued_on.isoformat()),
            ("region", file.region),
            ("id", f"{file.id} · v{file.version}"),
            ("applies", self.period(file)),
        ]
        yield from self.table(
            ("what", "content"), ((self.say(f"describe-{key}"), text) for key, text in rows)
        )
        if file.related:
            yield ""
            yield f"{self.say('describe-related')}: {'; '.join(file.related)}"

    def period(self, file: SchemeFile) -> str:
        since, until = file.applies.since, file.applies.until
        if since is None and until is None:
            return self.say("describe-always")
        return f"{since or '…'} – {until or '…'}"

    def item(self, item: Item) -> Iterator[str]:
        rules = self.scheme.rules[item.id]
        yield from self.section("item", title=item.title.of(self.lang), id=item.id)
        types = ", ".join(
            choice_label("class.training_type", value, self.lang) for value in item.training_types
        )
        payees = ", ".join(self.say(f"payee-{payee}") for payee in item.payee)
        yield from self.table(
            ("what", "content", "clause"),
            [
                (self.say("describe-payee"), payees, item.clause),
                (self.say("describe-fund"), item.fund, item.clause),
                (self.say("describe-training-types"), types or self.say("describe-any"), item.clause),
            ],
        )
        yield ""
        yield f"### {self.say('describe-computation')}"
        yield ""
        named = [*rules.quantities, rules.class_hours, rules.amount]
        yield from self.table(
            ("quantity", "formula", "unit", "clause"),
            (
                (q.label.of(self.lang), f"`{q.name} = {q.formula.text}`", str(q.formula.type.unit), q.clause)
                for q in named
            ),
        )
        yield ""
        yield f"### {self.say('describe-requirements')}"
        yield ""
        yield from self.table(
            ("subject", "requirement", "formula", "remedy", "clause"),
            (
                (
                    self.say(f"subject-{rule.of}"),
                    self.rule_text(rule),
                    self.say("describe-manual") if formula is None else f"`{formula.text}`",
                    rule.remedy.of(self.lang) if rule.remedy else "",
                    rule.clause,
                )
                for rule, formula in rules.requirements
            ),
        )
        yield from self.limits(item)

    def limits(self, item: Item) -> Iterator[str]:
        rules = self.scheme.rules[item.id]
        yield ""
        yield f"### {self.say('describe-limits')}"
        yield ""
        rows = []
        for limit in rules.limits:
            rule = limit.rule
            ceiling = rule.amount_at_most or rule.count_at_most or ""
            kind = "sum" if rule.amount_at_most else "count"
            per = " + ".join(self.say(f"per-{per}") for per in rule.per)
            rows.append(
                (self.rule_text(rule), self.say(f"limit-{kind}", per=per, ceiling=ceiling), rule.clause)
            )
        rows += [
            (self.rule_text(rule), self.say("describe-sequence"), rule.clause) for rule in rules.sequences
        ]
        for exclusion in rules.exclusions:
            other = choice_label("trainee.other_subsidies", exclusion.subsidy, self.lang)
            rows.append(
                (self.rule_text(exclusion), self.say("describe-exclusion", other=other), exclusion.clause)
            )
        yield from self.table(("requirement", "content", "clause"), rows)
        if rules.advance:
            advance = rules.advance.rule
            yield ""
            yield f"### {self.say('describe-advance')}"
            yield ""
            due = self.span(advance.due) if advance.due else ""
            yield from self.table(
                ("requirement", "formula", "due", "clause"),
                [(self.rule_text(advance), f"`{advance.each}`", due, advance.clause)],
            )

    def figures(self) -> Iterator[str]:
        yield from self.section("figures")
        yield from self.table(
            ("quantity", "content", "unit", "clause"),
            (
                (
                    p.text.of(self.lang) if p.text else f"`{name}`",
                    self.figure(p),
                    "" if p.unit == "1" else p.unit,
                    p.clause,
                )
                for name, p in self.file.parameters.items()
            ),
        )
        for name, spec in self.file.tables.items():
            yield ""
            sample = f" _({self.say('describe-sample')})_" if spec.sample else ""
            yield f"### {spec.text.of(self.lang)}{sample} · `{name}` · {spec.clause}"
            yield ""
            rows = self.scheme.tables[name].rows
            yield f"| {' | '.join(spec.keys)} | {spec.value} ({spec.unit}) |"
            yield f"|{'---|' * (len(spec.keys) + 1)}"
            for row in rows:
                yield f"| {' | '.join('*' if key is None else str(key) for key in row.keys)} | {row.value} |"

    def figure(self, parameter: Parameter) -> str:
        marked = f" _({self.say('describe-reading')})_" if parameter.reading else ""
        if parameter.day:
            return f"{parameter.day.isoformat()}{marked}"
        if parameter.regions:
            return f"{', '.join(parameter.regions)}{marked}"
        if parameter.dated:
            return "; ".join(f"{period.since}: {period.value}" for period in parameter.dated) + marked
        return f"{parameter.value}{marked}"

    def hours(self) -> Iterator[str]:
        rule = self.file.hours
        yield from self.section("hours")
        yield f"- {self.rule_text(rule)} ({rule.clause})"
        for blend in self.file.blends:
            yield f"- {self.rule_text(blend)} — {blend.applies_to.of(self.lang)} ({blend.clause})"

    def span(self, span: Span) -> str:
        for kind in ("workdays", "days", "months"):
            value = getattr(span, kind)
            if value:
                return self.say(f"span-{kind}", count=value)
        return ""

    def clock(self, clock: Clock) -> str:
        event = self.say(f"event-{clock.event}")
        if clock.before:
            span = self.span(clock.before)
            return self.say("clock-before" if span else "clock-before-at-all", span=span, event=event)
        return self.say("clock-within", span=self.span(clock.within) if clock.within else "", event=event)

    def procedure(self) -> Iterator[str]:
        clocks = {clock.id: clock for clock in self.file.clocks}
        yield from self.section("procedure")
        yield from self.table(
            ("stage", "step", "by", "due", "clause"),
            (
                (
                    self.say(f"stage-{step.stage}"),
                    self.rule_text(step),
                    self.say(f"actor-{step.by}"),
                    self.clock(clocks[step.clock]) if step.clock else "",
                    step.clause,
                )
                for step in self.file.steps
            ),
        )
        yield from self.section("clocks")
        yield from self.table(
            ("stage", "requirement", "due", "silence", "clause"),
            (
                (
                    self.say(f"stage-{clock.stage}"),
                    self.rule_text(clock),
                    self.clock(clock),
                    clock.silence.of(self.lang) if clock.silence else "",
                    clock.clause,
                )
                for clock in self.file.clocks
            ),
        )
        notice = self.file.public_notice
        if notice:
            yield from self.section("notice-public")
            yield f"- {self.rule_text(notice)} ({notice.clause})"
            yield f"- {notice.where.of(self.lang)}; {self.span(notice.period)}"
            yield f"- {', '.join(self.say(f'shown-{name}') for name in notice.shows)}"

    def papers(self) -> Iterator[str]:
        yield from self.section("materials")
        yield from self.table(
            ("stage", "material", "form", "when", "clause"),
            (
                (
                    self.say(f"stage-{material.stage}"),
                    self.rule_text(material),
                    material.form or "",
                    material.when.of(self.lang) if material.when else "",
                    material.clause,
                )
                for material in self.file.materials
            ),
        )
        yield from self.section("forms")
        for form in self.file.forms:
            yield from self.form(form)

    def form(self, form: Form) -> Iterator[str]:
        ours = f" _({self.say('describe-ours')})_" if form.ours else ""
        number = f"{form.number} " if form.number else ""
        yield f"- **{number}{form.text.of(self.lang)}**{ours} ({form.clause})"
        yield f"  {'; '.join(field.label.of(self.lang) for field in form.fields)}"
        for promise in form.promises:
            yield f"  - {promise.of(self.lang)}"

    def evaluation(self, evaluation: Evaluation) -> Iterator[str]:
        levels = " → ".join(self.say(f"actor-{level}") for level in evaluation.levels)
        yield f"- {self.rule_text(evaluation)} ({evaluation.clause}): {levels}"
        if evaluation.files_with:
            yield f"  - {self.say('describe-files-with', office=self.say(f'actor-{evaluation.files_with}'))}"
        if evaluation.exempt:
            yield f"  - {self.say('describe-exempt')}: {evaluation.exempt.of(self.lang)}"
        for check in evaluation.checks:
            yield f"  - {check.text.of(self.lang)} ({check.clause})"

    def around(self) -> Iterator[str]:
        if self.file.evaluations:
            yield from self.section("evaluations")
            for evaluation in self.file.evaluations:
                yield from self.evaluation(evaluation)
        if self.file.returns:
            yield from self.section("returns")
            for each in self.file.returns:
                yield f"- {self.rule_text(each)} ({each.clause}) → {each.sent_to.of(self.lang)}"
        if self.file.duties:
            yield from self.section("duties")
            for duty in self.file.duties:
                yield f"- {self.rule_text(duty)} ({duty.clause})"
                for detail in duty.details:
                    yield f"  - {detail.of(self.lang)}"

    def directory(self) -> Iterator[str]:
        if self.file.platforms:
            yield from self.section("platforms")
            for platform in self.file.platforms:
                note = f" — {platform.registration.of(self.lang)}" if platform.registration else ""
                yield f"- {platform.name} {platform.url} ({platform.clause}){note}"
        if self.file.offices:
            yield from self.section("offices")
            yield from self.table(
                ("office", "address", "phone"), ((o.name, o.address, o.phone) for o in self.file.offices)
            )
