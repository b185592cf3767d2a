"""Uploading a notice: the files, every problem in them, then the draft."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keshi_web.accounts.guards import allowed
from keshi_web.accounts.roles import Role
from keshi_web.common.errors import Refusal
from keshi_web.schemes import services
from keshi_web.schemes.content import MOST_FILES, MOST_TOGETHER, Faulty
from keshi_web.schemes.states import State
from keshi_web.ui.forms import BaseForm


class ManyFiles(forms.ClearableFileInput):
    """A file input for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; each must be one that a file field accepts."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """The files, at least one."""
        chosen = data if isinstance(data, list) else [data]
        return [super(FilesField, self).clean(each, initial) for each in chosen or [None]]


class UploadForm(BaseForm):
    """A zip, or scheme.toml with its tables and worked cases."""

    files = FilesField(
        label=gettext_lazy("政策文件"),
        help_text=gettext_lazy(
            "一个 zip 压缩包（含 scheme.toml、tables、cases），或同时选择 scheme.toml 及各 csv、算例文件。"
        ),
        widget=ManyFiles(attrs={"accept": ".zip,.toml,.csv"}),
    )

    def received(self) -> list[tuple[str, bytes]]:
        """Every file with its name, in the order chosen. Raises Refusal where they are too many or too large."""
        chosen = self.cleaned_data["files"]
        if len(chosen) > MOST_FILES or sum(each.size for each in chosen) > MOST_TOGETHER:
            raise Refusal(
                _("文件过多或过大：合计不得超过 %(most)d MB。请只选择政策文件后重新上传。")
                % {"most": MOST_TOGETHER // 1024**2}
            )
        return [(each.name, each.read()) for each in chosen]


@allowed(Role.CLERK)
def upload(request: HttpRequest) -> HttpResponse:
    """Receive the files; on success the draft is checked at once and its process page opens."""
    form = UploadForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "steps": steps()}
    if request.method == "POST" and form.is_valid():
        try:
            version = services.upload(form.received(), actor=request.actor)
        except Faulty as faulty:
            context |= {"reason": str(faulty), "faults": faulty.faults}
        except Refusal as refusal:
            context["reason"] = str(refusal)
        else:
            if version.state == State.DRAFT:
                version = services.check(version.pk, actor=request.actor)
            messages.success(request, _("已导入 %(version)s。") % {"version": version})
            return redirect("schemes:process", pk=version.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "schemes/upload.html", context, status=status)


def steps() -> list[str]:
    """The way from the files to a rule in force."""
    return [_("上传"), _("核对算例"), _("批准"), _("发布")]
