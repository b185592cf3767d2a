"""Texts that stay for years and are read by many hold no identity number, mobile number or bank account."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from keshi_web.common.errors import Invalid
from keshi_web.common.personal_numbers import kind_in
from keshi_web.workflow.inputs import label_of


def refuse_numbers(given: Mapping[str, Any]) -> None:
    """Refuse inputs that hold such a number, also written in full width or in groups.

    Raises:
        Invalid: naming the input and what was found, without repeating it.
    """
    for name, value in given.items():
        for text in _texts(value):
            what = kind_in(text)
            if what:
                raise Invalid(
                    _(
                        "“%(field)s”里有%(what)s。此处内容会长期保存并被多人看到，"
                        "请删去号码，改写为花名册中的序号。"
                    )
                    % {"field": label_of(name), "what": what}
                )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from _texts(inner)
