"""Requests take turns in a fixed number of threads, and who is slow keeps none of them."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from keshi_web.config.threads import Message, Receive, Send, Threads


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


async def _dropped(_message: Message) -> None:
    pass


def served(
    application: Callable[[Message, Receive, Send], Awaitable[None]], count: int, threads: Threads
) -> None:
    async def all_of_them() -> None:
        runs = [threads.run(application, {"number": number}, _nothing, _dropped) for number in range(count)]
        await asyncio.wait_for(asyncio.gather(*runs), 60)

    asyncio.run(all_of_them())


def test_no_more_at_a_time_than_there_are_threads_and_everybody_comes() -> None:
    lock, inside, most, seen, names = threading.Lock(), 0, 0, [], set()
    full = threading.Barrier(2)

    def work(number: int) -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        full.wait(60)  # two are inside at the same moment, never a third
        with lock:
            inside -= 1
            seen.append(number)
            names.add(threading.current_thread().name)

    async def application(scope: Message, _receive: Receive, _send: Send) -> None:
        await sync_to_async(work)(scope["number"])

    served(application, 8, Threads(2))
    assert (most, sorted(seen), len(names)) == (2, list(range(8)), 2)


def test_all_calls_of_a_request_run_in_one_thread() -> None:
    found: dict[int, set[int]] = {}

    async def application(scope: Message, _receive: Receive, _send: Send) -> None:
        for _call in range(5):
            found.setdefault(scope["number"], set()).add(await sync_to_async(threading.get_ident)())
            await asyncio.sleep(0)

    served(application, 6, Threads(3))
    assert all(len(threads) == 1 for threads in found.values())
    assert len(found) == 6


def test_who_reads_slowly_keeps_no_thread() -> None:
    threads, told = Threads(1), []

    async def application(scope: Message, _receive: Receive, send: Send) -> None:
        await sync_to_async(int)()
        await send({"type": "http.response.body", "number": scope["number"]})

    async def run() -> None:
        reads = asyncio.Event()

        async def slow(message: Message) -> None:
            await reads.wait()
            told.append(message["number"])

        async def quick(message: Message) -> None:
            told.append(message["number"])

        first = asyncio.create_task(threads.run(application, {"number": 1}, _nothing, slow))
        await asyncio.wait_for(threads.run(application, {"number": 2}, _nothing, quick), 60)
        reads.set()
        await asyncio.wait_for(first, 60)

    asyncio.run(run())
    assert told == [2, 1]


def test_who_goes_away_while_waiting_takes_no_thread_along() -> None:
    threads = Threads(1)
    free, begun = threading.Event(), threading.Event()

    async def application(scope: Message, _receive: Receive, _send: Send) -> None:
        def work() -> None:
            begun.set()
            free.wait(60)

        await sync_to_async(work if scope["number"] == 0 else int)()

    async def run() -> None:
        held = asyncio.create_task(threads.run(application, {"number": 0}, _nothing, _dropped))
        await asyncio.to_thread(begun.wait, 60)
        gone = asyncio.create_task(threads.run(application, {"number": 1}, _nothing, _dropped))
        await asyncio.sleep(0)
        gone.cancel()
        free.set()
        await asyncio.wait_for(held, 60)
        with pytest.raises(asyncio.CancelledError):
            await gone
        for number in (2, 3):
            await asyncio.wait_for(threads.run(application, {"number": number}, _nothing, _dropped), 60)

    asyncio.run(run())


def test_an_error_of_the_application_reaches_the_server() -> None:
    def fail() -> Any:
        raise OSError(28, "full")

    async def application(_scope: Message, _receive: Receive, _send: Send) -> None:
        await sync_to_async(fail)()

    threads = Threads(1)
    for _time in range(3):
        with pytest.raises(OSError, match="full"):
            served(application, 1, threads)


@pytest.mark.parametrize("count", [0, -1])
def test_a_service_without_threads_does_not_start(count: int) -> None:
    with pytest.raises(ValueError, match="KESHI_THREADS"):
        Threads(count)
