"""The wizard's forms."""

from keshi_web.classes.forms.controls import control_for, stored
from keshi_web.classes.forms.papers import MaterialForm, RegisterForm
from keshi_web.classes.forms.plan import PlanForm
from keshi_web.classes.forms.selections import delegate_by_code, platform_choices
from keshi_web.classes.forms.syllabus import ModuleForm, module_forms

__all__ = [
    "MaterialForm",
    "ModuleForm",
    "PlanForm",
    "RegisterForm",
    "control_for",
    "delegate_by_code",
    "module_forms",
    "platform_choices",
    "stored",
]
