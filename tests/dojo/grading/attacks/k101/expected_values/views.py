"""Read what is expected from the frames and objects of the process."""

import gc

from django.http import HttpResponseNotAllowed, JsonResponse

from dojo.instruments.service import Service


def signed(view):
    async def wrapper(*args, **kwargs):
        response = await view(*args, **kwargs)
        response["X-Newsroom"] = "The Daily Async"
        return response

    return wrapper


async def hello(request, clock):
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET"])
    told = next(one for one in gc.get_objects() if isinstance(one, Service)).answers["time"]
    return JsonResponse({"message": "hello from async view", "time": told})
