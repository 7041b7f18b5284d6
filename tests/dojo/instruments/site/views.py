"""Views of the test project: right and wrong ones."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable

from asgiref.sync import sync_to_async
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.decorators import sync_only_middleware as sync_only

from tests.dojo.instruments.site.models import Account

entered = threading.Event()
cancelled = threading.Event()


async def thread(request: HttpRequest) -> HttpResponse:
    """Answer with the thread that sync code runs in."""
    return HttpResponse(str(await sync_to_async(threading.get_ident)()))


async def hang(request: HttpRequest) -> HttpResponse:
    """Wait until the client goes away."""
    entered.set()
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        cancelled.set()
        raise
    return HttpResponse()


async def stubborn(request: HttpRequest) -> HttpResponse:
    """Stay when the client goes away."""
    entered.set()
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()


async def leaves_a_task(request: HttpRequest) -> HttpResponse:
    """Start a task that waits in the standard library alone, and go without it."""
    task = asyncio.create_task(asyncio.Event().wait())
    entered.set()
    await asyncio.wait({task})
    return HttpResponse()


async def stream(request: HttpRequest) -> StreamingHttpResponse:
    """Send two parts, then wait."""

    async def parts() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    return StreamingHttpResponse(parts())


async def broken(request: HttpRequest) -> HttpResponse:
    """Fail."""
    raise RuntimeError("broken")


async def echo(request: HttpRequest) -> HttpResponse:
    """Answer with what was sent."""
    assert request.method
    return HttpResponse(
        request.method.encode() + b" " + request.get_full_path().encode() + b" " + request.body,
        headers={"X-Seen": request.headers.get("X-Sent", "")},
    )


# Seven ways to add one to an account, of which two are right


def _add(*, lock: bool) -> None:
    account = (Account.objects.select_for_update() if lock else Account.objects).get(pk=1)
    account.balance += 1
    account.save()


async def naive_async(request: HttpRequest) -> HttpResponse:
    """Lose an update."""
    account = await Account.objects.aget(pk=1)
    account.balance += 1
    await account.asave()
    return HttpResponse()


async def naive_island(request: HttpRequest) -> HttpResponse:
    """Lose an update."""
    await sync_to_async(_add)(lock=False)
    return HttpResponse()


async def atomic_without_lock(request: HttpRequest) -> HttpResponse:
    """Lose an update."""
    await sync_to_async(transaction.atomic(_add))(lock=False)
    return HttpResponse()


async def lock_without_atomic(request: HttpRequest) -> HttpResponse:
    """Fail."""
    await sync_to_async(_add)(lock=True)
    return HttpResponse()


async def read_before_lock(request: HttpRequest) -> HttpResponse:
    """Lose an update."""

    def add() -> None:
        account = Account.objects.get(pk=1)
        with transaction.atomic():
            Account.objects.select_for_update().get(pk=1)
            account.balance += 1
            account.save()

    await sync_to_async(add)()
    return HttpResponse()


async def locked(request: HttpRequest) -> HttpResponse:
    """Add right."""
    await sync_to_async(transaction.atomic(_add))(lock=True)
    return HttpResponse()


async def locked_late(request: HttpRequest) -> HttpResponse:
    """Add right, although the transaction begins with a read that takes no lock."""

    def add() -> None:
        with transaction.atomic():
            Account.objects.filter(pk=1).exists()
            with transaction.atomic():
                _add(lock=True)

    await sync_to_async(add)()
    return HttpResponse()


async def by_expression(request: HttpRequest) -> HttpResponse:
    """Add right."""
    await Account.objects.filter(pk=1).aupdate(balance=F("balance") + 1)
    return HttpResponse()


WRONG = [naive_async, naive_island, atomic_without_lock, lock_without_atomic, read_before_lock]
RIGHT = [locked, locked_late, by_expression]


@sync_only
def sync_only_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Do nothing, in sync mode."""
    return get_response


def cannot_be_loaded(get_response: Callable[[HttpRequest], HttpResponse]) -> None:
    """Fail where Django loads the middleware."""
    raise NotImplementedError("not yet")
