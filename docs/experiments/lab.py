"""What the experiments share: a Django project of a few lines, and requests as a server makes them.

An experiment is a script, so its views and middlewares are those of ``__main__``.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from asgiref.sync import SyncToAsync
from django.apps import apps
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.db import connection, models


def start(**more: Any) -> type[models.Model]:
    """Set up Django with a database of its own, which goes when the experiment ends.

    Args:
        more: Settings.

    Returns:
        Django's `Group`, a model with a name and little else.
    """
    folder = tempfile.mkdtemp(prefix="experiment-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(Path(folder) / "db.sqlite3")}
    apps_wanted = ["auth", "contenttypes", "sessions"]
    defaults = {
        "ALLOWED_HOSTS": ["*"],
        "DATABASES": {"default": database},
        "INSTALLED_APPS": [f"django.contrib.{name}" for name in apps_wanted],
        "LOGGING_CONFIG": None,
        "ROOT_URLCONF": "__main__",
        "SECRET_KEY": "no secret",
    }
    settings.configure(**defaults | more)
    logging.getLogger("django").addHandler(logging.NullHandler())
    django.setup()
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            editor.create_model(model)
    connection.close()
    return apps.get_model("auth.Group")


class Request:
    """A GET request of the ASGI application, in a task of its own."""

    def __init__(self, path: str = "/", application: ASGIHandler | None = None) -> None:
        self.inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.inbox.put_nowait({"type": "http.request"})
        self.sent: list[dict[str, Any]] = []
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "headers": [(b"host", b"testserver")],
            "query_string": b"",
        }
        running = (application or ASGIHandler())(scope, self.inbox.get, self.send)
        self.task = asyncio.create_task(running)

    async def send(self, message: dict[str, Any]) -> None:
        """Take a message as the server does."""
        self.sent.append(message)

    def disconnect(self) -> None:
        """Let the client hang up."""
        self.inbox.put_nowait({"type": "http.disconnect"})

    @property
    def status(self) -> int | None:
        """Status of the response; None if there was none."""
        return self.sent[0]["status"] if self.sent else None


@contextmanager
def counted_hops() -> Iterator[Callable[[], int]]:
    """Give a function that says how many calls have gone through `sync_to_async` so far."""
    calls = 0
    original = SyncToAsync.__call__

    async def call(self: SyncToAsync[Any, Any], *args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        return await original(self, *args, **kwargs)

    SyncToAsync.__call__ = call  # type: ignore[method-assign]
    try:
        yield lambda: calls
    finally:
        SyncToAsync.__call__ = original  # type: ignore[method-assign]


def outcome(error: BaseException) -> str:
    """Return an exception in one line."""
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}".rstrip(
        ": "
    )


def names(rows: models.QuerySet[Any]) -> str:
    """Return the names that are in the database, or that there is none."""
    return ", ".join(rows.order_by("name").values_list("name", flat=True)) or "nothing"
