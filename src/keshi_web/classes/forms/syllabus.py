"""The syllabus, one form for each of its lines."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keshi_web.catalogue.models import Course, Teacher
from keshi_web.classes.models import Filing, Module
from keshi_web.classes.selectable import courses, teachers
from keshi_web.ui.forms import BaseForm


class ModuleForm(BaseForm):
    """One line of the syllabus."""

    kind = forms.ChoiceField(label=_("课程类别"), choices=Module.Kind.choices, initial=Module.Kind.VOCATIONAL)
    name = forms.CharField(label=_("单元模块"), max_length=120)
    content = forms.CharField(label=_("主要内容"), max_length=300, required=False)
    goal = forms.CharField(
        label=_("培训效果"), max_length=200, required=False, help_text=_("学习目的、掌握程度")
    )
    delivery = forms.CharField(
        label=_("培训形式"), max_length=60, required=False, help_text=_("直播、录播、答疑等")
    )
    hours = forms.IntegerField(label=_("课时"), min_value=1, max_value=2000)
    online = forms.BooleanField(label=_("线上"), required=False, initial=True)
    theory = forms.BooleanField(label=_("理论"), required=False, initial=True)
    epidemic_prevention = forms.BooleanField(label=_("疫情防控知识"), required=False)
    course = forms.ModelChoiceField(
        label=_("课程"), queryset=Course.objects.none(), required=False, empty_label="—"
    )
    teacher = forms.ModelChoiceField(
        label=_("教师"), queryset=Teacher.objects.none(), required=False, empty_label="—"
    )

    def __init__(self, *args: Any, filing: Filing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisations = [filing.organisation_id, *([filing.delegate_id] if filing.delegate_id else [])]
        platform = [filing.platform_id] if filing.platform_id else []
        self.fields["course"].queryset = courses(organisations, platform)  # type: ignore[attr-defined]
        self.fields["teacher"].queryset = teachers(organisations)  # type: ignore[attr-defined]


def module_forms(filing: Filing, data: Any = None, extra: int = 1) -> Any:
    """The syllabus as a form set; rows ticked for deletion go, empty ones are ignored."""
    factory = forms.formset_factory(
        ModuleForm, extra=0 if data else extra, can_delete=True, max_num=200, validate_max=True
    )
    initial = [
        {
            "kind": row.kind, "name": row.name, "content": row.content, "goal": row.goal,
            "delivery": row.delivery, "hours": row.hours, "online": row.online,
            "theory": row.theory, "epidemic_prevention": row.epidemic_prevention, "course": row.course_id,
            "teacher": row.teacher_id,
        }
        for row in filing.modules.all()
    ]  # fmt: skip
    return factory(data, initial=initial, prefix="modules", form_kwargs={"filing": filing})
