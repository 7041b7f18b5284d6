"""Serve a submission's site on a Unix socket, for its black-box checks: inside the sandbox.

It is told what to serve by an order: slug, answers (folder), socket (descriptor of one that is
bound), shared (folder with the other sockets and `ROWS`), scratch (folder for the database),
services, watched, settings, queries (whether each of them asks the judge first), clock (whether the
event loop's stands still), row_locks (whether the database has them; then, with queries, the judge
is told who waits for one). The process is a fork of `dojo.site.prefork`.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import inspect
import json
import socket
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn

from dojo import answers
from dojo.site import environment
from dojo.site.standing_clock import clock

UPSTREAM, DATABASE, ROWS = "upstream.sock", "database.sock", "rows.json"
# How names of calls end by which a function tells that it returns, and that of one by which a
# thread tells that it waits for a row lock.
RETURNS, WAITS = " returns", "django.db:waits"
# Exit code where the submission's application can't be loaded: the last line printed says why.
NOT_LOADED = 70
# Seconds for which the server keeps a connection that has nothing to do: longer than any check. One
# that it closes just as the judge sends the next request looks like a site that does not answer.
KEEP_ALIVE_S = 3600
# Seconds for which a transaction waits for a lock: the judge may hold the one that has it.
ROW_LOCKS = {"ENGINE": "dojo.instruments.sqlite_rowlock", "OPTIONS": {"timeout": 60}}


def serve(order: dict[str, Any]) -> None:
    """Serve until killed."""
    slug, shared = order["slug"], Path(order["shared"])
    rows = json.loads((shared / ROWS).read_text(encoding="utf-8"))
    root = Path.cwd()
    sys.path.insert(0, str(root))
    environment.choose(slug, Path(order["scratch"]) / "site.sqlite3")
    answers.install(answers.Answers(f"{slug}={order['answers']}", root))
    prepare(order["settings"], rows, row_locks=order["row_locks"])
    for name in order["services"]:
        replace(name, shared / UPSTREAM)
    for name in order["watched"]:
        watch(name, shared / UPSTREAM)
    if order["clock"]:
        clock.install()
    if order["queries"]:
        watch_queries(shared / DATABASE)
    try:
        application = load(slug)
    except Exception:
        traceback.print_exc()
        sys.exit(NOT_LOADED)
    config = uvicorn.Config(
        application,
        fd=order["socket"],
        loop="asyncio",
        log_level="warning",
        lifespan="auto",
        timeout_keep_alive=KEEP_ALIVE_S,
    )
    uvicorn.Server(config).run()


def prepare(changed: dict[str, Any], rows: list[dict[str, Any]], *, row_locks: bool) -> None:
    """Set Django up with *changed* settings, on a database with *rows*."""
    import django
    from django.conf import settings

    for name, value in changed.items():
        setattr(settings, name, merged(getattr(settings, name, None), value))
    settings.DEBUG = False
    if row_locks:
        settings.DATABASES["default"] |= ROW_LOCKS
    django.setup()
    from django.apps import apps
    from django.core import serializers
    from django.core.management import call_command
    from django.db import connections

    # The tables that migrations lead to, as suites have them; the migrations take thrice as long.
    kept = settings.MIGRATION_MODULES
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, verbosity=0)
    settings.MIGRATION_MODULES = kept
    for row in serializers.deserialize("python", rows):
        row.save()
    connections.close_all()


def load(slug: str) -> Any:
    """Return the site's ASGI application."""
    name = f"katas.{slug}.asgi"
    if importlib.util.find_spec(name) is None:
        name = "katas.config.asgi"
    return importlib.import_module(name).application


def merged(present: Any, changed: Any) -> Any:
    """Return *changed*; of a mapping, with what is present under other keys."""
    if not isinstance(present, dict) or not isinstance(changed, dict):
        return changed
    return present | {key: merged(present.get(key), value) for key, value in changed.items()}


def replace(name: str, path: Path) -> None:
    """Let the function that *name* gives as ``module:dotted.name`` ask the judge at *path*."""
    function, put = found(name)
    if inspect.isasyncgenfunction(function):
        kind = remote_stream
    elif inspect.iscoroutinefunction(function):
        kind = remote
    else:
        kind = remote_sync
    put(kind(name, path))


def watch(name: str, path: Path) -> None:
    """Let the function that *name* gives tell the judge when it begins, and when it returns."""
    function, put = found(name)
    if inspect.iscoroutinefunction(function):
        begins, returns = remote(name, path), remote(f"{name}{RETURNS}", path)

        async def watched(*arguments: object, **keywords: object) -> Any:
            await begins(*arguments, **keywords)
            result = await function(*arguments, **keywords)
            await returns(*arguments, **keywords)
            return result

        put(watched)
    else:
        begin, end = remote_sync(name, path), remote_sync(f"{name}{RETURNS}", path)

        def watched_sync(*arguments: object, **keywords: object) -> Any:
            begin(*arguments, **keywords)
            result = function(*arguments, **keywords)
            end(*arguments, **keywords)
            return result

        put(watched_sync)


def found(name: str) -> tuple[Any, Callable[[Any], None]]:
    """Return what *name* gives, an attribute or an item of a dict, and what puts another there."""
    module, _, dotted = name.partition(":")
    *parents, last = dotted.split(".")
    owner: Any = importlib.import_module(module)
    for parent in parents:
        owner = getattr(owner, parent)
    if isinstance(owner, dict):
        return owner[last], partial(owner.__setitem__, last)
    return getattr(owner, last), partial(setattr, owner, last)


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
            connection.execute_wrappers.insert(0, query)  # around that of the row locks

    locks = importlib.import_module("dojo.instruments.sqlite_rowlock.lock")
    waits = remote_sync(WAITS, path)
    locks.listeners.append(lambda waiting: waits() if waiting else None)
    connections.close_all()  # so that this thread, too, has to connect again
    connection_created.connect(watch, weak=False)


def remote(name: str, path: Path) -> Callable[..., Any]:
    """Return a coroutine function that asks the judge."""

    async def ask(*arguments: object, **keywords: object) -> Any:
        reader, writer = await asyncio.open_unix_connection(path)
        try:
            writer.write(question(name, arguments, keywords))
            line = await reader.readline()
            while seconds := json.loads(line).get("passes"):
                await clock.go_on(seconds)
                line = await reader.readline()
            return answer(line)
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
        error, _ = found(said["type"])
        raise error(said["error"])
    return said["answer"]
