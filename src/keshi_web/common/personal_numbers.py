"""Identity numbers, mobile numbers and bank accounts in texts that people type: found, refused, or hidden.

Such a text is kept for years and read by many; numbers of persons belong in the vault and nowhere else.
"""

import re
import unicodedata

from django.utils.translation import gettext as _

from keshi import identity
from keshi_web.common.errors import Invalid

HIDDEN = "…"
_ALONE = r"(?<![0-9A-Za-z]){}(?![0-9A-Za-z])"
_ID_NUMBER = re.compile(_ALONE.format("[0-9]{17}[0-9Xx]"))
_MOBILE = re.compile(_ALONE.format(r"(?:\+?86)?1[3-9][0-9]{9}"))
_ACCOUNT = re.compile(_ALONE.format("[0-9]{16,19}"))
_JOINED = re.compile(r"(?<=[0-9])[ \-\u00a0](?=[0-9Xx])")


def kind_in(text: str) -> str:
    """What sort of number a text holds, in words; empty for none. Full-width and grouped digits count as well."""
    half_width = unicodedata.normalize("NFKC", text)
    for plain in (half_width, _JOINED.sub("", half_width)):
        if any(_is_id_number(number) for number in _ID_NUMBER.findall(plain)):
            return _("身份证号码")
        if _MOBILE.search(plain):
            return _("手机号码")
        if any(_luhn(number) for number in _ACCOUNT.findall(plain)):
            return _("银行账号")
    return ""


def refuse_in(text: str) -> None:
    """Refuse a text that holds such a number, without repeating it. Raises Invalid."""
    if what := kind_in(text):
        raise Invalid(
            _("填写的文字里有%(what)s。此处内容会长期保存并被多人看到，请删去号码后重新提交。")
            % {"what": what}
        )


def hidden_in(text: str) -> str:
    """The text with such numbers replaced, as for the name of a file; unchanged where there is none."""
    if not kind_in(text):
        return text
    plain = _JOINED.sub("", unicodedata.normalize("NFKC", text))
    for pattern in (_ID_NUMBER, _MOBILE, _ACCOUNT):
        plain = pattern.sub(HIDDEN, plain)
    return plain


def _is_id_number(number: str) -> bool:
    return identity.check_id_number(number.upper()) is None


def _luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
