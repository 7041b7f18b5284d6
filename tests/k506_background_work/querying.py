"""Jobs that make a query, and what becomes of the connection that they make it on."""

import threading
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection

from dojo.instruments.connections import Connections
from katas.k506_background_work.models import Letter
from tests.k506_background_work.work import Work


class Querying:
    """Jobs of *work* that begin with a query.

    Attributes:
        raw: The driver's connection that each query was made on, by name.
        threads: The name of the thread that made it.
    """

    def __init__(self, work: Work, opened: Connections) -> None:
        self._work = work
        self._opened = opened
        self.raw: dict[str, Any] = {}
        self.threads: dict[str, str] = {}

    async def job(self, name: str) -> None:
        """Make a query, wait to be let go, end."""
        await self.query(name)
        await self._work.job(name)

    async def query(self, name: str, go_on: threading.Event | None = None) -> None:
        """Make a query, and note on which connection; if *go_on* is given, it takes that long."""

        def ask() -> None:
            if go_on:
                go_on.wait()
            Letter.objects.count()
            self.raw[name] = connection.connection
            self.threads[name] = threading.current_thread().name

        await sync_to_async(ask)()

    def open(self, name: str) -> bool:
        """Say whether that connection is still open."""
        raw = self.raw.get(name)
        return any(one.raw is raw and one.is_open for one in self._opened)

    @property
    def told(self) -> str:
        """Name the threads, in order."""
        return ", ".join(f"{name} in thread {thread}" for name, thread in self.threads.items())
