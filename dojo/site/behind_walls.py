"""Serve a submission's site on a Unix socket, for its black-box checks: the process in the sandbox.

``python -P -m dojo.site.behind_walls ORDER`` where ORDER is a JSON object: slug, answers (folder),
socket (descriptor of one that is bound), shared (folder with the other sockets and `ROWS`), scratch
(folder for the database), services, settings, queries (whether each of them asks the judge first).
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import inspect
import json
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn

from dojo import answers
from dojo.site import environment

UPSTREAM, DATABASE, ROWS = "upstream.sock", "database.sock", "rows.json"


def main() -> None:
    """Serve until killed."""
    order = json.loads(sys.argv[1])
    slug, shared = order["slug"], Path(order["shared"])
    rows = json.loads((shared / ROWS).read_text(encoding="utf-8"))
    root = Path.cwd()
    sys.path.insert(0, str(root))
    environment.choose(slug, Path(order["scratch"]) / "site.sqlite3")
    answers.install(answers.Answers(f"{slug}={order['answers']}", root))
    prepare(order["settings"], rows)
    for name in order["services"]:
        replace(name, shared / UPSTREAM)
    if order["queries"]:
        watch_queries(shared / DATABASE)
    application = load(slug)
    config = uvicorn.Config(application, fd=order["socket"], log_level="warning", lifespan="auto")
    uvicorn.Server(config).run()


def prepare(changed: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """Set Django up with *changed* settings, on a database with *rows*."""
    import django
    from django.conf import settings

    for name, value in changed.items():
        setattr(settings, name, value)
    settings.DEBUG = False
    django.setup()
    from django.core import serializers
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    for row in serializers.deserialize("python", rows):
        row.save()


def load(slug: str) -> Any:
    """Return the site's ASGI application."""
    name = f"katas.{slug}.asgi"
    if importlib.util.find_spec(name) is None:
        name = "katas.config.asgi"
    return importlib.import_module(name).application


def replace(name: str, path: Path) -> None:
    """Let the function that *name* gives as ``module:dotted.name`` ask the judge at *path*."""
    module, _, dotted = name.partition(":")
    *parents, attribute = dotted.split(".")
    owner: Any = importlib.import_module(module)
    for parent in parents:
        owner = getattr(owner, parent)
    function = getattr(owner, attribute)
    if inspect.isasyncgenfunction(function):
        kind = remote_stream
    elif inspect.iscoroutinefunction(function):
        kind = remote
    else:
        kind = remote_sync
    setattr(owner, attribute, kind(name, path))


def watch_queries(path: Path) -> None:
    """Let each query ask the judge at *path* before it is sent, in its own thread."""
    from django.db import OperationalError, connections
    from django.db.backends.signals import connection_created

    ask = remote_sync("django.db:query", path)

    def query(execute: Callable[..., Any], sql: str, *others: Any) -> Any:
        try:
            ask(sql)
        except RuntimeError as error:
            raise OperationalError(str(error)) from None
        return execute(sql, *others)

    def watch(connection: Any, **_: object) -> None:
        if query not in connection.execute_wrappers:
            connection.execute_wrappers.append(query)

    connections.close_all()  # so that this thread, too, has to connect again
    connection_created.connect(watch, weak=False)


def remote(name: str, path: Path) -> Callable[..., Any]:
    """Return a coroutine function that asks the judge."""

    async def ask(*arguments: object, **keywords: object) -> Any:
        reader, writer = await asyncio.open_unix_connection(path)
        try:
            writer.write(question(name, arguments, keywords))
            return answer(await reader.readline())
        finally:
            writer.close()

    return ask


def remote_stream(name: str, path: Path) -> Callable[..., Any]:
    """Return an async generator function that asks the judge for each item; None is the end."""
    ask = remote(name, path)

    async def stream(*arguments: object, **keywords: object) -> Any:
        while (item := await ask(*arguments, **keywords)) is not None:
            yield item

    return stream


def remote_sync(name: str, path: Path) -> Callable[..., Any]:
    """Return a function that asks the judge, and blocks its thread meanwhile."""

    def ask(*arguments: object, **keywords: object) -> Any:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            connection.sendall(question(name, arguments, keywords))
            with connection.makefile("rb") as lines:
                return answer(lines.readline())

    return ask


def question(name: str, arguments: tuple[object, ...], keywords: dict[str, object]) -> bytes:
    """Return the line that asks."""
    asked = {"service": name, "arguments": arguments, "keywords": keywords}
    return json.dumps(asked, default=str).encode() + b"\n"


def answer(line: bytes) -> Any:
    """Return what a line answers, or raise what it says."""
    said = json.loads(line)
    if "error" in said:
        raise RuntimeError(said["error"])
    return said["answer"]


if __name__ == "__main__":
    main()
