"""The site with a shutdown, which Django's own ASGI application does not know of. Given.

``uvicorn katas.k404_legacy_sdk_bridge.asgi:application``
"""

from typing import Any

from katas.config.asgi import application as django
from katas.k404_legacy_sdk_bridge import views


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Serve requests, and close the bridge when the server shuts down.

    https://asgi.readthedocs.io/en/latest/specs/lifespan.html
    """
    if scope["type"] != "lifespan":
        await django(scope, receive, send)
        return
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await views.wire.aclose()
    await send({"type": "lifespan.shutdown.complete"})
