"""The view, as it should be."""

from django.http import JsonResponse

from katas.k504_bounded_fan_out.bounded import bounded_map
from katas.k504_bounded_fan_out.web import Unreachable


async def link_check(request, register, web):
    results = await bounded_map(web.probe, register.links(), limit=8)
    errors = [result for result in results if isinstance(result, Exception)]
    for error in errors:
        if not isinstance(error, Unreachable):
            raise error
    return JsonResponse({"checked": len(results), "dead": [str(error) for error in errors]})
