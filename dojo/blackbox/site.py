"""A submission's site as a client sees it: requests, streams, and connections that drop."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from dojo.blackbox.upstream import Upstream
from dojo.blackbox.waiting import Patience

ORIGIN = "http://site"


# Bytes of one answer. No kata has such long ones; a site that sends for ever must end.
MOST = 8 * 1024 * 1024
# Deflate packs a thousand to one.
MOST_PACKED = 64 * 1024
PACKED = ("gzip", "deflate")
# No connection is made by TLS. To read whom a client trusts takes longer than most checks.
NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


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
        self.client = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(
                uds=str(socket), limits=httpx.Limits(), verify=NO_AUTHORITIES
            ),
            base_url=ORIGIN,
            timeout=None,  # noqa: S113 - patience has it
            trust_env=False,
            event_hooks={"response": [self.tame]},
        )

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
            await asyncio.sleep(0)  # so that its wait begins before those of the block
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
        reader = CappedReader(self.patience)
        protocol = asyncio.StreamReaderProtocol(reader)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_unix_connection(lambda: protocol, str(self.socket))
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()

    async def tame(self, response: httpx.Response) -> None:
        """Let an answer, which may be meant to harm, take no more than it should of this process.

        Raises:
            httpx.RemoteProtocolError: It is packed in a way that nobody needs.
        """
        self.patience.stir()
        packed = response.headers.get("Content-Encoding", "identity").lower()
        if packed not in ("identity", *PACKED):
            raise httpx.RemoteProtocolError(f"Content-Encoding: {packed[:80]}")
        assert isinstance(response.stream, httpx.AsyncByteStream)
        most = MOST_PACKED if packed in PACKED else MOST
        response.stream = Capped(response.stream, most, self.patience)
        response.encoding = "utf-8"  # and not the codec that it names: some unpack, some take ages


class Capped(httpx.AsyncByteStream):
    """The bytes of an answer, up to a limit."""

    def __init__(self, stream: httpx.AsyncByteStream, most: int, patience: Patience) -> None:
        self.stream, self.most, self.patience = stream, most, patience

    async def __aiter__(self) -> AsyncIterator[bytes]:
        count = 0
        async for chunk in self.stream:
            self.patience.stir()
            count += len(chunk)
            if count > self.most:
                raise httpx.RemoteProtocolError(f"more than {self.most:,} bytes")
            yield chunk

    async def aclose(self) -> None:
        """Close what is below."""
        await self.stream.aclose()


class CappedReader(asyncio.StreamReader):
    """The bytes of a bare connection, up to a limit."""

    count = 0

    def __init__(self, patience: Patience) -> None:
        super().__init__()
        self.patience = patience

    def feed_data(self, data: Any) -> None:
        """Take what has come: bytes."""
        self.patience.stir()
        self.count += len(data)
        if self.count > MOST:
            self.set_exception(ConnectionAbortedError(f"more than {MOST:,} bytes"))
        else:
            super().feed_data(data)
