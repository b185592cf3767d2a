"""Ways to send an SMS. `SMS_BACKEND` names the class; each is called with a number and a text.

`HttpSms` speaks to a gateway over HTTPS with a signed request. Its settings (`SMS_GATEWAY`):

    url       address that is posted to
    key       account at the gateway
    secret    shared secret of the signature
    sign      signature line that carriers ask for, e.g. 某市人社局
    timeout   seconds (default 5)

The body is JSON: {"account", "mobile", "content", "timestamp", "nonce"}; the header `X-Signature` is the
hexadecimal HMAC-SHA256 over the exact bytes of the body. 2xx with {"code": 0} is accepted; code 4xx of HTTP or
another code is a refusal that no repetition changes.
"""

import hashlib
import hmac
import json
import secrets
import sys
import urllib.error
import urllib.request
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from keshi_web.common import clock


class NotSent(Exception):
    """The gateway could not be reached, or failed; trying again may help. Holds no number."""


class Refused(NotSent):
    """The gateway refused; trying again does not help."""


class Sms(Protocol):
    """What sends an SMS. Raises NotSent."""

    def send(self, number: str, text: str) -> None: ...


def backend() -> Sms:
    """The sender that the settings name."""
    made: Sms = import_string(settings.SMS_BACKEND)()
    return made


class ConsoleSms:
    """Prints the text, for demonstrations; of the number only the last two digits."""

    def send(self, number: str, text: str) -> None:
        sys.stdout.write(f"SMS → …{number[-2:]}: {text}\n")


class MemorySms:
    """Keeps what was sent, for tests."""

    sent: list[tuple[str, str]] = []

    def send(self, number: str, text: str) -> None:
        self.sent.append((number, text))


class HttpSms:
    """A gateway over HTTPS; see the module's text."""

    def __init__(self) -> None:
        self.gateway: dict[str, Any] = settings.SMS_GATEWAY

    def send(self, number: str, text: str) -> None:
        body = json.dumps(
            {
                "account": self.gateway["key"],
                "mobile": number,
                "content": f"【{self.gateway['sign']}】{text}",
                "timestamp": int(clock.now().timestamp()),
                "nonce": secrets.token_hex(8),
            },
            ensure_ascii=False,
        ).encode()
        request = urllib.request.Request(
            self.gateway["url"],
            data=body,
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "X-Signature": hmac.new(self.gateway["secret"].encode(), body, hashlib.sha256).hexdigest(),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=self.gateway.get("timeout", 5)) as answer:
                code = json.load(answer).get("code")
        except urllib.error.HTTPError as error:
            error.close()
            kind = Refused if 400 <= error.code < 500 and error.code != 429 else NotSent
            raise kind(f"HTTP {error.code}") from None
        except (OSError, ValueError) as error:
            raise NotSent(type(error).__name__) from None
        if code != 0:
            raise Refused(f"code {code}")
