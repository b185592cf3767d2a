"""The ASGI entry: `uvicorn keshi_web.config.asgi:application`."""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keshi_web.config.settings")
_service = get_asgi_application()

Message = MutableMapping[str, Any]


async def application(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """The service. Django puts a large body on the disk before anything of it runs: a full disk is answered here."""
    from keshi_web.config.errors import no_room, plain

    try:
        await _service(scope, receive, send)
    except OSError as error:
        if not no_room(error):
            raise
        response = plain(507)
        headers = [(b"content-type", response["Content-Type"].encode()), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 507, "headers": headers})
        await send({"type": "http.response.body", "body": response.content})
