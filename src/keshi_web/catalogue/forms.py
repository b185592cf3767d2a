"""The forms of the catalogue's pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keshi.scheme.model import FormField
from keshi_web.accounts.actor import Actor
from keshi_web.catalogue.models import Course, Occupation, Platform, Teacher
from keshi_web.catalogue.models.occupations import Edition
from keshi_web.common import clock
from keshi_web.common.language import lang
from keshi_web.common.vocabulary import choices
from keshi_web.schemes.models import SchemeVersion
from keshi_web.schemes.queries import for_place, governing
from keshi_web.ui.forms import BaseForm, BaseModelForm, DateInput, dress

LEVELS = [(5, _("五级")), (4, _("四级")), (3, _("三级")), (2, _("二级")), (1, _("一级"))]
HONOURS = (
    "中华技能大奖",
    "全国技术能手",
    "辽宁工匠",
    "辽宁省功勋高技能人才",
    "辽宁省有突出贡献高技能人才",
    "辽宁省技术能手",
)
"""Offered while typing; any other may be written."""


def find_occupation(text: str) -> Occupation | None:
    """An occupation by code, by `code name` as lists offer it, or by name; the latest edition first."""
    code, _space, name = text.strip().partition(" ")
    rows = Occupation.objects.order_by("-edition")
    if name:
        return rows.filter(code=code, name=name.strip()).first()
    return rows.filter(code=code).first() or rows.filter(name=code).first()


class OccupationField(forms.CharField):
    """An occupation, typed with the help of a list; cleaned to the occupation."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("help_text", _("输入编码或名称，从列表中选择。"))
        super().__init__(
            max_length=110,
            widget=forms.TextInput(attrs={"list": "occupations", "autocomplete": "off"}),
            **more,
        )

    def clean(self, value: Any) -> Any:
        """The occupation, or None where nothing is asked for."""
        text = super().clean(value)
        if not text:
            return None
        found = find_occupation(text)
        if found is None:
            raise forms.ValidationError(_("没有“%(text)s”。请输入编码或名称。"), params={"text": text})
        return found

    def prepare_value(self, value: Any) -> Any:
        return str(Occupation.objects.get(pk=value)) if isinstance(value, int) else value


class PlatformForm(BaseModelForm):
    """A platform of one's own."""

    class Meta:
        model = Platform
        fields = ("name", "kind", "url", "icp", "functions", "free")
        widgets = {"functions": forms.Textarea(attrs={"rows": 3})}

    url = forms.URLField(label=_("网址"), required=False, assume_scheme="https")

    def validate_constraints(self) -> None:
        """The act does, with the database's word."""


class CourseForm(BaseModelForm):
    """A course of one's own."""

    occupation = OccupationField(label=_("职业（工种）"), required=False)
    level = forms.TypedChoiceField(
        label=_("技能等级"), choices=[("", "—"), *LEVELS], coerce=int, empty_value=None, required=False
    )

    class Meta:
        model = Course
        fields = (
            "name", "occupation", "level", "platform", "video_minutes", "standard", "epidemic_prevention",
            "description",
        )  # fmt: skip
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Platform.objects.filter(operator=actor.organisation_id) | Platform.objects.filter(operator=None)
        self.fields["platform"].queryset = own.order_by("name")  # type: ignore[attr-defined]

    def validate_constraints(self) -> None:
        """The act does, with the database's word."""


class TeacherForm(BaseModelForm):
    """A teacher of one's own."""

    honours = forms.CharField(
        label=_("荣誉"),
        required=False,
        max_length=600,
        help_text=_("每行一项，如：全国技术能手。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    consented_on = forms.DateField(
        label=_("本人同意公开之日"),
        required=False,
        widget=DateInput(),
        help_text=_("本人书面同意在公开名录中列出姓名和荣誉的日期；不填则不公开。"),
    )

    class Meta:
        model = Teacher
        fields = ("name", "title", "subject", "honours", "consented_on", "since", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["honours"] = "\n".join(self.instance.honours)

    def clean_honours(self) -> list[str]:
        """One honour a line."""
        lines = [line.strip() for line in self.cleaned_data["honours"].splitlines() if line.strip()]
        if any(len(line) > 60 for line in lines):
            raise forms.ValidationError(_("每项荣誉不超过60字。"))
        return lines

    def validate_constraints(self) -> None:
        """The act does, with the database's word."""


class ListingForm(BaseForm):
    """Recommending a platform under a notice."""

    version = forms.ModelChoiceField(label=_("政策"), queryset=SchemeVersion.objects.none())
    clause = forms.CharField(label=_("条款或文件"), max_length=60)
    valid_from = forms.DateField(label=_("自"), widget=DateInput())
    valid_until = forms.DateField(label=_("至"), required=False, widget=DateInput())

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = versions_for(actor)
        field: Any = self.fields["version"]
        field.queryset = SchemeVersion.objects.filter(pk__in=[one.pk for one in versions])
        field.label_from_instance = lambda version: f"{version.title}（{version.notice}）"


class ReasonForm(BaseForm):
    """A reason."""

    reason = forms.CharField(label=_("原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class ImportForm(BaseForm):
    """The official list of occupations."""

    file = forms.FileField(
        label=_("职业清单"), help_text=_("Excel 工作簿（.xlsx）或 CSV，列：版本、编码、名称、技能等级。")
    )
    edition = forms.TypedChoiceField(
        label=_("版本"),
        choices=[("", _("以表中“版本”列为准")), (2015, "2015"), (2022, "2022")],
        coerce=int,
        empty_value=None,
        required=False,
    )


class EntryForm(BaseForm):
    """An occupation's entry in the region's catalogue."""

    document = forms.CharField(label=_("依据文件"), max_length=120)
    valid_from = forms.DateField(label=_("自"), widget=DateInput())
    valid_until = forms.DateField(label=_("至"), required=False, widget=DateInput())


class EndForm(BaseForm):
    """The last day of an entry."""

    last_day = forms.DateField(label=_("最后一日"), widget=DateInput())


def versions_for(actor: Actor) -> list[SchemeVersion]:
    """Published versions that govern today and cover the actor's office or lie in its jurisdiction."""
    path = actor.office.path if actor.office else "/"
    return [
        version
        for version in governing(clock.today()).order_by("scheme")
        if version.region.path.startswith(path) or path.startswith(version.region.path)
    ]


class TariffForm(BaseForm):
    """A table of standards in the scheme's own format."""

    table = forms.ChoiceField(label=_("政策和标准表"))
    file = forms.FileField(
        label=_("标准表文件"), help_text=_("Excel 工作簿（.xlsx）或 CSV，列名与政策标准表一致。")
    )
    document = forms.CharField(label=_("依据文件"), max_length=120, help_text=_("文号或文件名称。"))
    valid_from = forms.DateField(label=_("自"), widget=DateInput())
    valid_until = forms.DateField(label=_("至"), required=False, widget=DateInput())

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tables = tables_of(for_place(actor.office.path if actor.office else "/", clock.today()))
        self.fields["table"].choices = [(key, label) for key, (_v, _t, label) in self.tables.items()]  # type: ignore[attr-defined]


def tables_of(versions: list[SchemeVersion]) -> dict[str, tuple[SchemeVersion, str, str]]:
    """The tables of the versions: version, table's name, label; by a key for a form."""
    from keshi_web.schemes.library import get

    return {
        f"{version.pk}.{name}": (version, name, f"{version.title}：{getattr(spec.text, lang())}")
        for version in versions
        for name, spec in get(version).file.tables.items()
    }


class LookUpForm(BaseForm):
    """Which row applies to an occupation, level and certificate on a day."""

    version = forms.ChoiceField(label=_("政策"))
    occupation = OccupationField(label=_("职业（工种）"), required=False)
    level = forms.ChoiceField(label=_("技能等级"), choices=[("", "—"), *LEVELS], required=False)
    certificate = forms.ChoiceField(label=_("证书"), required=False)
    training_type = forms.ChoiceField(label=_("培训类型"), required=False)
    day = forms.DateField(label=_("日期"), widget=DateInput())

    def __init__(self, *args: Any, versions: list[SchemeVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {str(version.pk): version for version in versions}
        fields: Any = self.fields
        fields["version"].choices = [(key, one.title) for key, one in self.versions.items()]
        fields["certificate"].choices = [("", "—"), *choices("trainee.certificate.kind")]
        fields["training_type"].choices = [("", "—"), *choices("class.training_type")]


class ApplyForm(BaseForm):
    """What is to be evaluated."""

    platform = forms.ModelChoiceField(label=_("平台"), queryset=Platform.objects.none(), required=False)
    course = forms.ModelChoiceField(label=_("课程"), queryset=Course.objects.none(), required=False)
    occupation = OccupationField(label=_("职业（工种）"), required=False)
    proposed = forms.CharField(
        label=_("新职业名称"),
        max_length=80,
        required=False,
        help_text=_("职业分类大典中没有的新技术、新业态职业。"),
    )

    def __init__(self, *args: Any, actor: Actor, subject: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subject = subject
        kept = {"occupation": ("occupation", "proposed")}.get(subject, (subject,))
        self.fields = {name: field for name, field in self.fields.items() if name in kept}
        if subject == "platform":
            field: Any = self.fields["platform"]
            field.queryset = (
                Platform.objects.filter(operator=actor.organisation_id)
                | Platform.objects.filter(operator=None)
            ).order_by("name")
            field.required = True
        if subject == "course":
            field = self.fields["course"]
            field.queryset = Course.objects.filter(owner=actor.organisation_id).order_by("name")
            field.required = True

    def clean(self) -> dict[str, Any]:
        """One of an occupation of the list and a new one."""
        data = super().clean() or {}
        if (
            self.subject == "occupation"
            and not self.errors
            and bool(data.get("occupation")) == bool(data.get("proposed"))
        ):
            raise forms.ValidationError(_("请选择职业，或填写新职业名称，二者选一。"))
        return data

    @property
    def chosen(self) -> Any:
        """What was chosen."""
        data = self.cleaned_data
        return data.get(self.subject) or data.get("proposed")


class BlanksForm(BaseForm):
    """The blanks of an application form that only the applicant knows; tables row by row."""

    SPARE = 3
    """Empty rows offered below those there are."""

    def __init__(self, *args: Any, asked: list[FormField], values: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        self.rows = {field.id: self._count(field, values) for field in asked if field.kind == "table"}
        for field in asked:
            if field.kind != "table":
                self.fields[field.id] = _control(field)
                self.initial[field.id] = values.get(field.id)
                continue
            held = values.get(field.id) or []
            for row in range(self.rows[field.id]):
                for column, label in enumerate(field.columns):
                    name = f"{field.id}.{row}.{column}"
                    self.fields[name] = forms.CharField(
                        label=f"{getattr(label, lang())} {row + 1}", required=False, max_length=1000
                    )
                    if row < len(held) and column < len(held[row]):
                        self.initial[name] = held[row][column]
        for control in self.fields.values():
            dress(control)

    def _count(self, field: FormField, values: dict[str, Any]) -> int:
        sent = [name for name in self.data if name.startswith(f"{field.id}.") and name.endswith(".0")]
        return min(max(len(sent), len(values.get(field.id) or []) + (0 if sent else self.SPARE)), 60)

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The blanks in the form's order; a table with its headings and rows of controls."""
        found: list[dict[str, Any]] = []
        for field in self.asked:
            if field.kind == "table":
                rows = [
                    [self[f"{field.id}.{row}.{column}"] for column in range(len(field.columns))]
                    for row in range(self.rows[field.id])
                ]
                headings = [getattr(column, lang()) for column in field.columns]
                found.append({"label": getattr(field.label, lang()), "headings": headings, "rows": rows})
            else:
                found.append({"field": self[field.id]})
        return found

    def values(self) -> dict[str, Any]:
        """By field id, as the service takes them."""
        data = self.cleaned_data
        found: dict[str, Any] = {}
        for field in self.asked:
            if field.kind == "table":
                found[field.id] = [
                    [data[f"{field.id}.{row}.{column}"] for column in range(len(field.columns))]
                    for row in range(self.rows[field.id])
                ]
            else:
                found[field.id] = data[field.id]
        return found


def _control(field: FormField) -> forms.Field:
    label = getattr(field.label, lang())
    match field.kind:
        case "choice":
            options = [(choice.zh, getattr(choice, lang())) for choice in field.choices]
            return forms.ChoiceField(label=label, choices=[("", "—"), *options], required=False)
        case "checkbox":
            return forms.BooleanField(label=label, required=False)
        case "number":
            return forms.DecimalField(label=label, required=False, max_digits=12, min_value=0)
        case _:
            return forms.CharField(label=label, required=False, max_length=1000)


class PaperForm(BaseForm):
    """A paper, or why there is none."""

    file = forms.FileField(label=_("文件"), required=False)
    not_applicable = forms.CharField(label=_("不适用的理由"), max_length=200, required=False)


class ExpertForm(BaseForm):
    """What an expert said."""

    expert = forms.CharField(label=_("专家姓名"), max_length=60)
    agrees = forms.TypedChoiceField(
        label=_("结论"),
        choices=[("yes", _("同意开展培训")), ("no", _("不同意"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    opinion = forms.CharField(label=_("意见"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


EDITIONS = [(edition.value, edition.label) for edition in Edition]
