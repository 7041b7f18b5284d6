"""The status page of the desks, and the archive. Edit this file; the brief is in README.md."""

from typing import Protocol

from django.http import HttpRequest, HttpResponse
from django.views import View

from katas.k103_async_cbv.legacy import LegacyArchive


class Desks(Protocol):
    """What the status page needs of the desks."""

    async def fetch(self, key: str) -> str:
        """Return the top story of the desk called *key*; takes a while."""

    async def file(self, key: str, story: str) -> str:
        """Hand *story* to the desk called *key* and return its receipt; takes a while."""


class DeskStatus(View):
    """What every desk is busy with, and a letter box for stories."""

    # as_view(desks=…) hands them in. It takes only what is an attribute of the class already.
    desks: Desks = None  # type: ignore[assignment]

    async def get(self, request: HttpRequest) -> HttpResponse:
        """Answer with the top story of every desk that the query string names.

        TODO (tasks 1 and 3).
        """
        raise NotImplementedError("task 1: ask all desks at once")

    async def post(self, request: HttpRequest) -> HttpResponse:
        """Hand the story in the form to its desk and answer with the receipt.

        TODO (tasks 2 and 3).
        """
        raise NotImplementedError("task 2: file a story")


class Archive(LegacyArchive):
    """What is published, the newest first; takes new drafts.

    TODO (task 4): Django refuses to serve this class.
    """
