"""Texts that stay for years and are read by many hold no identity number, mobile number or bank account."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from keshi import identity
from keshi_web.common.errors import Invalid
from keshi_web.workflow.inputs import label_of

_ALONE = r"(?<![0-9A-Za-z]){}(?![0-9A-Za-z])"
_ID_NUMBER = re.compile(_ALONE.format("[0-9]{17}[0-9Xx]"))
_MOBILE = re.compile(_ALONE.format(r"(?:\+?86)?1[3-9][0-9]{9}"))
_ACCOUNT = re.compile(_ALONE.format("[0-9]{16,19}"))
_JOINED = re.compile(r"(?<=[0-9])[ \-\u00a0](?=[0-9Xx])")


def refuse_numbers(given: Mapping[str, Any]) -> None:
    """Refuse inputs that hold such a number, also written in full width or in groups.

    Raises:
        Invalid: naming the input and what was found, without repeating it.
    """
    for name, value in given.items():
        for text in _texts(value):
            what = _found(text)
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


def _found(text: str) -> str:
    half_width = unicodedata.normalize("NFKC", text)
    for plain in (half_width, _JOINED.sub("", half_width)):
        if any(identity.check_id_number(number.upper()) is None for number in _ID_NUMBER.findall(plain)):
            return _("身份证号码")
        if _MOBILE.search(plain):
            return _("手机号码")
        if any(_luhn(number) for number in _ACCOUNT.findall(plain)):
            return _("银行账号")
    return ""


def _luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
