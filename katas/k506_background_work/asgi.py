"""The site with a shutdown, which Django's own ASGI application does not know of. Given.

``uvicorn katas.k506_background_work.asgi:application``
"""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "katas.k506_background_work.settings")

from katas.config.asgi import application as django


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Serve requests, and wait for the jobs when the server shuts down.

    The server says so when it has answered its last request.
    https://asgi.readthedocs.io/en/latest/specs/lifespan.html
    """
    if scope["type"] != "lifespan":
        await django(scope, receive, send)
        return
    # Only now: Django has to be set up before models are imported.
    from katas.k506_background_work import views

    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await views.jobs.drain()
    await send({"type": "lifespan.shutdown.complete"})
