"""The door for partner papers. Given: it asks the database before the view is called."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from katas.k604_release_the_connection.models import Partner

View = Callable[..., Coroutine[Any, Any, HttpResponseBase]]


def partners_only(view: View) -> View:
    """Let partners in, who send their token as ``X-Token``; answer 403 to others.

    The query runs in the request's own thread, as every query does in a request, unless
    somebody asks for another thread. The connection that it opens belongs to that thread.
    """

    @wraps(view)
    async def door(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        token = request.headers.get("X-Token", "")
        if not await Partner.objects.filter(token=token).aexists():
            return HttpResponse(status=403)
        return await view(request, **kwargs)

    return door
