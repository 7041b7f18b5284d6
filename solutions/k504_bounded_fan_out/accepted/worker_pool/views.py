"""A class-based view, which closes the source that it has opened."""

from contextlib import aclosing

from django.http import JsonResponse
from django.views import View

from katas.k504_bounded_fan_out.bounded import bounded_map
from katas.k504_bounded_fan_out.web import Unreachable


class LinkCheck(View):
    async def get(self, request, register, web):
        async with aclosing(register.links()) as links:
            results = await bounded_map(web.probe, links, limit=8)
        dead = []
        for result in results:
            match result:
                case Unreachable():
                    dead.append(str(result))
                case Exception():
                    raise result
        return JsonResponse({"checked": len(results), "dead": dead})


link_check = LinkCheck.as_view()
