"""The ASGI entry: `uvicorn keshi_web.config.asgi:application`."""

import asyncio
import os
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keshi_web.config.settings")
_service = get_asgi_application()

from django.conf import settings  # noqa: E402 - read by what stands above

from keshi_web.config.threads import Threads  # noqa: E402

Message = MutableMapping[str, Any]
_threads = Threads(settings.THREADS)


async def application(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """The service. Django puts a large body on the disk before anything of it runs: a full disk is answered here."""
    from keshi_web.config.errors import no_room, plain

    unread = True

    async def read() -> Message:
        nonlocal unread
        message = await receive()
        unread = message.get("more_body", False)
        return message

    try:
        await _threads.run(_service, scope, read, send)
    except OSError as error:
        if not no_room(error):
            raise
        with suppress(TimeoutError):
            async with asyncio.timeout(60):
                while unread:  # who is cut off while sending does not read the answer
                    await read()
        response = plain(507)
        headers = [(b"content-type", response["Content-Type"].encode()), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 507, "headers": headers})
        await send({"type": "http.response.body", "body": response.content})
