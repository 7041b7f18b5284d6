"""Builds the calls and never awaits them."""

from django.http import JsonResponse


async def fetch_all(service, keys):
    return [str(service.fetch(key)) for key in keys]


async def front_page(request, desks):
    keys = request.GET.getlist("desk")
    stories = await fetch_all(desks, keys)
    pairs = zip(keys, stories, strict=True)
    return JsonResponse({"stories": [{"desk": key, "story": story} for key, story in pairs]})
