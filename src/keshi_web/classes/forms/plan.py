"""The plan of a class: it asks for what the item's rules and the notice's forms need, no more."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from keshi.problems import BadInput
from keshi.scheme import Scheme
from keshi.vocabulary import vocabulary
from keshi_web.accounts.models import User
from keshi_web.catalogue.models import Occupation, Platform
from keshi_web.classes.case import needed
from keshi_web.classes.completeness import AGREEMENT, agreement_asked, agreement_labels, asked_facts
from keshi_web.classes.forms.controls import LEVELS, NOTHING, answer_control, choices_of, control_for, stored
from keshi_web.classes.forms.sections import Section, sections_of
from keshi_web.classes.forms.selections import delegate_by_code, payee_label, platform_choices
from keshi_web.classes.guards import promises
from keshi_web.classes.models import Filing
from keshi_web.classes.official import Asked, asked
from keshi_web.classes.selectable import administrators
from keshi_web.common import clock
from keshi_web.common.language import lang
from keshi_web.organisations.models import Organisation
from keshi_web.organisations.queries import kinds_on
from keshi_web.organisations.words import FACT_KINDS, KindOf
from keshi_web.ui.forms import BaseForm, dress


class PlanForm(BaseForm):
    """The plan of a class. Fields that the item's rules do not use are not there."""

    project = forms.CharField(label=_("培训项目名称"), max_length=120, required=False)

    def __init__(self, *args: Any, filing: Filing, by_office: bool = False, **kwargs: Any) -> None:
        self.filing = filing
        self.scheme: Scheme = filing.scheme
        self.used = needed(filing, self.scheme)
        self.asked: list[Asked] = asked(filing, self.scheme)
        self.facts = asked_facts(filing, self.scheme)
        kwargs.setdefault("initial", self._initial())
        super().__init__(*args, **kwargs)
        self._class_fields()
        self._place_fields()
        for name in self.facts:
            self.fields[f"fact:{name}"] = control_for(vocabulary()[name])
        for one in self.asked:
            self.fields[f"answer:{one.key}"] = answer_control(one.field)
        if promises(filing):
            self.fields["completion_due_on"] = forms.DateField(
                label=_("承诺补报完整材料的期限"),
                required=False,
                help_text=_("仅在材料暂不齐全、申请先行开班时填写。"),
            )
        self._late_fields(by_office)
        if filing.frozen_at:
            self.fields["starts_on"].disabled = True
            self.fields["starts_on"].help_text = _("班级已开班，开班日期不能变更。")
        for field in self.fields.values():
            dress(field)

    def _class_fields(self) -> None:
        item = self.scheme.item(self.filing.item).item
        facts = vocabulary()
        self.fields["training_type"] = forms.ChoiceField(
            label=_("培训类型"),
            choices=choices_of(facts["class.training_type"], item.training_types or None),
            required=False,
        )
        self.fields["occupation"] = forms.CharField(
            label=_("培训职业（工种）"),
            required=False,
            max_length=100,
            help_text=_("输入编码或名称，从列表中选择。"),
            widget=forms.TextInput(attrs={"list": "occupations", "autocomplete": "off"}),
        )
        levels = [
            NOTHING,
            *((str(n), name) for n, name in reversed(list(enumerate(LEVELS, 1)))),
        ]
        self.fields["level"] = forms.ChoiceField(label=_("技能等级"), choices=levels, required=False)
        if "trainee.certificate.kind" in self.used:
            self.fields["planned_certificate"] = forms.ChoiceField(
                label=_("拟取得证书"), choices=choices_of(facts["trainee.certificate.kind"]), required=False
            )
        self.fields["starts_on"] = forms.DateField(
            label=_("开班日期"), required=False, help_text=self.start_hint()
        )
        self.fields["ends_on"] = forms.DateField(label=_("结束日期"), required=False)

    def start_hint(self) -> str:
        """The first day that the notice's time limit before the start still allows."""
        hints = []
        for limit in self.scheme.file.clocks:
            if limit.stage == "filing" and limit.event == "training-start" and limit.before:
                span = limit.before
                text = f"{getattr(limit.text, lang())}（{limit.clause}）"
                if span.workdays:
                    try:
                        first = self.scheme.workdays.add(clock.today(), span.workdays)
                        text += _now("；今天提交，最早可于 %(day)s 开班") % {"day": first.isoformat()}
                    except BadInput:
                        pass
                hints.append(text)
        return "；".join(hints)

    def _place_fields(self) -> None:
        filing = self.filing
        self.fields["platform"] = forms.ChoiceField(
            label=_("所用线上培训平台"), choices=platform_choices(filing), required=False
        )
        held = kinds_on(filing.organisation, clock.today())
        roles = sorted({FACT_KINDS[KindOf(one)] for one in held})
        if len(roles) > 1:
            kinds = choices_of(vocabulary()["organisation.kind"], roles)
            self.fields["fact:organisation.kind"] = forms.ChoiceField(
                label=_("以何种身份申报"), choices=kinds, required=False
            )
        self.fields["delegate"] = forms.CharField(
            label=_("受委托培训机构（平台）"),
            required=False,
            max_length=18,
            help_text=_("委托其他机构开展培训时，填写其统一社会信用代码。"),
        )
        for name, label in agreement_labels().items():
            self.fields[f"agreement:{name}"] = forms.CharField(
                label=_("委托协议：%(content)s") % {"content": label}, required=False, max_length=200
            )
        payees = [NOTHING, *((key, payee_label(key)) for key in self.scheme.item(filing.item).item.payee)]
        if len(payees) > 2:
            self.fields["payee"] = forms.ChoiceField(label=_("补贴拨付对象"), choices=payees, required=False)
        people = administrators(filing)
        self.fields["administrator"] = forms.ChoiceField(
            label=_("培训管理员"),
            choices=[NOTHING, *((str(one.pk), one.name) for one in people)],
            required=False,
        )

    def _late_fields(self, by_office: bool) -> None:
        if by_office:
            self.fields["received_on"] = forms.DateField(label=_("收到申请的日期"))
        self.fields["late_reason"] = forms.CharField(
            label=_("补录原因"),
            required=False,
            max_length=200,
            help_text=_("仅用于系统启用前已办理、现在补录的班级；补录的班级会带有标记。"),
        )
        self.fields["filed_on"] = forms.DateField(
            label=_("实际备案日期"), required=False, help_text=_("补录时填写原备案日期。")
        )
        self.fields["approved_on"] = forms.DateField(
            label=_("实际同意开班日期"), required=False, help_text=_("补录时填写原同意开班的日期。")
        )

    def _initial(self) -> dict[str, Any]:
        filing = self.filing
        found: dict[str, Any] = {
            "project": filing.project,
            "training_type": filing.training_type,
            "occupation": str(filing.occupation) if filing.occupation else "",
            "level": str(filing.level or ""),
            "starts_on": filing.starts_on,
            "ends_on": filing.ends_on,
            "platform": str(filing.platform_id or ""),
            "delegate": filing.delegate.uscc if filing.delegate else "",
            "payee": filing.payee,
            "administrator": str(filing.administrator_id or ""),
            "planned_certificate": filing.planned_certificate,
            "completion_due_on": filing.completion_due_on,
            "received_on": filing.received_on,
            "late_reason": filing.late_reason,
            "filed_on": filing.filed_on if filing.late else None,
            "approved_on": filing.answers.get("late", {}).get("approved_on"),
        }
        for name, value in filing.facts.items():
            found[f"fact:{name}"] = (
                {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value
            )
        for key, value in filing.answers.items():
            if key not in ("agreement", "late"):
                found[f"answer:{key}"] = value
        for name, value in filing.answers.get("agreement", {}).items():
            found[f"agreement:{name}"] = value
        return found

    def clean_occupation(self) -> Occupation | None:
        """The occupation by code, or by `code name` as the list offers it."""
        text = self.cleaned_data["occupation"].strip()
        if not text:
            return None
        code = text.split()[0]
        found = Occupation.objects.filter(Q(code=code) | Q(name=text)).order_by("-edition")
        if " " in text:
            found = found.filter(Q(name=text.split(maxsplit=1)[1]) | Q(name=text))
        chosen = found.first()
        if chosen is None:
            raise ValidationError(
                _("目录里没有“%(text)s”。请从列表中选择，目录外的职业须先经专家评估。") % {"text": text}
            )
        return chosen

    def clean_delegate(self) -> Organisation | None:
        """The delegate by its credit code: registered here and verified."""
        return delegate_by_code(self.filing, self.cleaned_data["delegate"])

    def clean(self) -> dict[str, Any]:
        """Days in order; a late entry gives its real day."""
        data = super().clean() or self.cleaned_data
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("结束日期不得早于开班日期。"))
        if data.get("late_reason") and not data.get("filed_on"):
            self.add_error("filed_on", _("补录须填写实际备案日期。"))
        if data.get("received_on") and data["received_on"] > clock.today():
            self.add_error("received_on", _("收到日期不能在今天之后。"))
        if data.get("filed_on") and data["filed_on"] > clock.today():
            self.add_error("filed_on", _("实际备案日期不能在今天之后。"))
        decided, filed = data.get("approved_on"), data.get("filed_on")
        if data.get("late_reason") and not decided:
            self.add_error("approved_on", _("补录须填写实际同意开班日期。"))
        if decided and (decided > clock.today() or (filed and decided < filed)):
            self.add_error("approved_on", _("实际同意开班日期应在备案之日与今天之间。"))
        return data

    def columns(self) -> dict[str, Any]:
        """What goes into the filing's columns."""
        data = self.cleaned_data
        found = {
            name: data[name]
            for name in (
                "project", "training_type", "occupation", "starts_on", "ends_on", "delegate", "planned_certificate",
                "payee", "completion_due_on", "received_on", "late_reason", "filed_on",
            )
            if name in data
        }  # fmt: skip
        found["level"] = int(data["level"]) if data.get("level") else None
        found["platform"] = Platform.objects.get(pk=data["platform"]) if data.get("platform") else None
        found["administrator"] = (
            User.objects.get(pk=data["administrator"]) if data.get("administrator") else None
        )
        return found

    def plan_facts(self) -> dict[str, Any]:
        """What goes into `facts`."""
        data = self.cleaned_data
        return {
            name.removeprefix("fact:"): stored(value)
            for name, value in data.items()
            if name.startswith("fact:")
        }

    def answers(self) -> dict[str, Any]:
        """What goes into `answers`, the agreement's five contents among them."""
        data = self.cleaned_data
        given = {
            name.removeprefix("answer:"): stored(value)
            for name, value in data.items()
            if name.startswith("answer:")
        }
        agreement = {name: data.get(f"agreement:{name}", "") for name in AGREEMENT}
        return {**given, "agreement": agreement, "late": {"approved_on": stored(data.get("approved_on"))}}

    def groups(self) -> list[Section]:
        """The fields in the order of the page, under their headings; what few classes need is folded."""
        wanted = agreement_asked(self.filing, self.scheme) is not None
        return sections_of(self, self.asked, agreement_wanted=wanted)
