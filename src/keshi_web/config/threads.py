"""Threads in which requests take turns, each with a connection to the database that it keeps.

By itself Django under ASGI runs every request in a new thread, which signs in to the database anew and is one more
connection: five hundred people who press a button in the same second would be five hundred connections, and the
database refuses most of them. Here a process has a fixed number; who comes when all are busy waits. A thread is taken
when the body of a request has been read and given back when the answer is made, so people on slow lines keep none.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from threading import Lock
from typing import Any

from asgiref.sync import ThreadSensitiveContext

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]
Work = Callable[[], None]


class Threads:
    """So many threads, handed out one to a request. Raises ValueError for fewer than one: nobody would be answered."""

    def __init__(self, count: int) -> None:
        if count < 1:
            raise ValueError(f"KESHI_THREADS is {count}; it must be 1 at least")
        self._lock = Lock()
        self._idle = [ThreadPoolExecutor(1, f"request-{number}") for number in range(count)]
        self._waiting: deque[_Turn] = deque()

    async def run(self, application: Application, scope: Message, receive: Receive, send: Send) -> None:
        """One request, whose own calls all run in one of the threads."""
        outbox: asyncio.Queue[Message | None] = asyncio.Queue()
        sending = asyncio.create_task(_send(outbox, send))
        turn = _Turn(self)
        try:
            async with ThreadSensitiveContext(executor=turn):
                await application(scope, receive, outbox.put)
        finally:
            self._give_back(turn)
            outbox.put_nowait(None)
        await sending

    def _take(self, turn: "_Turn") -> None:
        """A thread for a turn, now or as soon as there is one."""
        with self._lock:
            if not self._idle:
                self._waiting.append(turn)
                return
            thread = self._idle.pop()
        turn.begin(thread)

    def _give_back(self, turn: "_Turn") -> None:
        with self._lock:
            if turn in self._waiting:
                self._waiting.remove(turn)
        thread = turn.end()
        if thread is None:
            return
        with self._lock:
            if not self._waiting:
                self._idle.append(thread)
                return
            following = self._waiting.popleft()
        following.begin(thread)


class _Turn(Executor):
    """The calls of one request; the first one asks for a thread."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        self._lock = Lock()
        self._thread: ThreadPoolExecutor | None = None
        self._asked = False
        self._held: list[tuple[Future[Any], Work]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Run a call in the thread of this turn, after those before it."""
        future: Future[Any] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:
                future.set_exception(error)

        with self._lock:
            asks, self._asked = not self._asked, True
            if self._thread is not None:
                self._thread.submit(work)
            else:
                self._held.append((future, work))
        if asks:
            self._threads._take(self)
        return future

    def begin(self, thread: ThreadPoolExecutor) -> None:
        """The turn has come."""
        with self._lock:
            self._thread = thread
            for _future, work in self._held:
                thread.submit(work)
            self._held.clear()

    def end(self) -> ThreadPoolExecutor | None:
        """The turn is over; which thread it had, if its turn had come."""
        with self._lock:
            thread, self._thread = self._thread, None
            for future, _work in self._held:
                future.cancel()
            self._held.clear()
            return thread


async def _send(outbox: "asyncio.Queue[Message | None]", send: Send) -> None:
    """What the application said, to a client that may be slow."""
    while (message := await outbox.get()) is not None:
        await send(message)
