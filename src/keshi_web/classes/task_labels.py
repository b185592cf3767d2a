"""What a review task is called, in the reader's language."""

from django.utils.translation import gettext as _

from keshi_web.classes.models import Task
from keshi_web.common.language import lang


def task_text(task: Task) -> str:
    """The rule's or material's own text; for the system's checks a sentence."""
    text = task.evidence.get("text")
    if text:
        return str(text[lang()])
    labels = {
        "system:organisation": _("申报单位已核实"),
        "system:blacklist": _("申报单位不在失信限制期内"),
        "system:roster": _("名册人员均符合可核验的条件"),
        "system:elsewhere": _("名册人员没有同期参加其他班级或重复参加同一项目"),
        "system:names": _("名册姓名与已有档案一致"),
        "system:categories": _("名册人员类别与开班日已登记的类别一致"),
        "system:unproven": _("须有证明的人员类别，开班日已有登记"),
        "system:late": _("补录的班级：实际日期有据可查"),
    }
    return labels.get(task.key, task.key)


def task_group(task: Task) -> str:
    """Under which heading it stands."""
    kind = task.key.split(":", 1)[0]
    return {"rule": _("政策条件"), "material": _("申报材料"), "system": _("系统比对")}[kind]
