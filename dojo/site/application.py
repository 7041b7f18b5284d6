"""The ASGI application that is served; when it can't be loaded, one that says why."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from dojo import answers
from dojo.site import environment

App = Callable[..., Awaitable[None]]

logger = logging.getLogger("uvicorn.error")


def load() -> App:
    """Return the site as the files are now, with its database. Called before there is a loop."""
    import katas

    # What is saved twice in a second is loaded twice: no bytecode is kept of katas.
    answers.install(answers.Answers(answers.LEARNER, Path(katas.__path__[0]).parent))
    try:
        return site(os.environ.get(environment.KATA, ""))
    except (Exception, SystemExit) as error:
        from dojo.site import errors

        said = errors.describe(error)
        logger.error("The site can't be loaded. %s\nWaiting for the next save.", said)
        return refusal(f"{said}\n")


def site(slug: str) -> App:
    """Return the ASGI application of the kata called *slug*, or the project's own."""
    import django

    from dojo.site import database

    django.setup()
    database.make()
    name = f"katas.{slug}.asgi"
    if not slug or importlib.util.find_spec(name) is None:
        name = "katas.config.asgi"
    application: App = importlib.import_module(name).application
    # Now, and not at the first request: what is wrong is to be said at once.
    if slug and importlib.util.find_spec(f"katas.{slug}.urls"):
        importlib.import_module(f"katas.{slug}.urls")
    return application


def refusal(text: str) -> App:
    """Return an application that answers every request with a 500 and *text*."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise RuntimeError("nothing but HTTP is served")
        headers = [(b"content-type", b"text/plain; charset=utf-8")]
        await send({"type": "http.response.start", "status": 500, "headers": headers})
        await send({"type": "http.response.body", "body": text.encode()})

    return application
