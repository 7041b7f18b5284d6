"""A submission's site as a client sees it: requests, streams, and connections that drop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from dojo.blackbox.upstream import Upstream
from dojo.blackbox.waiting import Patience

ORIGIN = "http://site"


@dataclass(frozen=True)
class Asked:
    """A request that is under way.

    Attributes:
        what: Method and path, for messages.
        task: Gives the answer, or raises AssertionError.
    """

    what: str
    task: asyncio.Task[httpx.Response]


class Site:
    """One site that is being served.

    Attributes:
        upstream: The services that the site calls.
        database: The site's queries, if the checks have ``QUERIES = True``: each is a call with its
            SQL as the argument, made before the query is sent and in the same thread. An error that
            `answer` raises is raised there as OperationalError, and no query is sent.
        patience: For conditions of a check's own.
    """

    def __init__(
        self, socket: Path, upstream: Upstream, database: Upstream, patience: Patience
    ) -> None:
        self.socket, self.patience = socket, patience
        self.upstream, self.database = upstream, database
        transport = httpx.AsyncHTTPTransport(uds=str(socket), limits=httpx.Limits())
        self.client = httpx.AsyncClient(transport=transport, base_url=ORIGIN, timeout=None)  # noqa: S113

    async def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request and return the whole answer; *options* are those of httpx.

        Raises:
            AssertionError: There was none.
        """
        what = f"{method} {path}"
        try:
            return await self.patience.answer(self.client.request(method, path, **options), what)
        except httpx.HTTPError as error:
            raise AssertionError(f"{what}: no answer: {type(error).__name__}: {error}") from None

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """Send a GET request; see `request`."""
        return await self.request("GET", path, **options)

    async def post(self, path: str, **options: Any) -> httpx.Response:
        """Send a POST request; see `request`."""
        return await self.request("POST", path, **options)

    @contextlib.asynccontextmanager
    async def asked(self, method: str, path: str, **options: Any) -> AsyncIterator[Asked]:
        """Send a request in the background, for the block; leaving it drops the connection."""
        task = asyncio.create_task(self.request(method, path, **options))
        task.add_done_callback(lambda _: self.patience.look())
        try:
            yield Asked(f"{method} {path}", task)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    @contextlib.asynccontextmanager
    async def streamed(
        self, method: str, path: str, **options: Any
    ) -> AsyncIterator[httpx.Response]:
        """Send a request and give its answer as soon as the headers are there; see httpx.stream.

        Leaving the block drops the connection.
        """
        what = f"{method} {path}"
        request = self.client.build_request(method, path, **options)
        try:
            sending = self.client.send(request, stream=True)
            response = await self.patience.answer(sending, what)
            try:
                yield response
            finally:
                await response.aclose()
        except httpx.HTTPError as error:
            raise AssertionError(f"{what}: broken off: {type(error).__name__}: {error}") from None

    @contextlib.asynccontextmanager
    async def connection(
        self,
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """Open a bare connection for bytes of the check's own; leaving the block drops it."""
        reader, writer = await asyncio.open_unix_connection(self.socket)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()
