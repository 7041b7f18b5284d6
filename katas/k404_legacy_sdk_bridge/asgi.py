"""The site with a shutdown, which Django's own ASGI application does not know of. Given.

``uvicorn katas.k404_legacy_sdk_bridge.asgi:application``
"""

from collections.abc import Awaitable, Callable
from typing import Any

from katas.config.asgi import application as django
from katas.k404_legacy_sdk_bridge import views

Message = dict[str, Any]


async def application(
    scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """Serve requests, and close the bridge when the server shuts down.

    https://asgi.readthedocs.io/en/latest/specs/lifespan.html
    """
    if scope["type"] != "lifespan":
        return await django(scope, receive, send)
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await views.wire.aclose()
    return await send({"type": "lifespan.shutdown.complete"})
