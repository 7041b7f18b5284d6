"""Jobs that make a query, and what becomes of the connection that they make it on."""

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
    """

    def __init__(self, work: Work, opened: Connections) -> None:
        self._work = work
        self._opened = opened
        self.raw: dict[str, Any] = {}

    async def job(self, name: str) -> None:
        """Make a query, wait to be let go, end."""
        await self.query(name)
        await self._work.job(name)

    async def query(self, name: str) -> None:
        """Make a query, and note on which connection."""

        def ask() -> None:
            Letter.objects.count()
            self.raw[name] = connection.connection

        await sync_to_async(ask)()

    def open(self, name: str) -> bool:
        """Say whether that connection is still open."""
        raw = self.raw.get(name)
        return any(one.raw is raw and one.is_open for one in self._opened)
