"""Plain views: Django runs them in a thread, and takes the context there."""

from django.http import JsonResponse, StreamingHttpResponse

from katas.k303_request_id_context.request_ids import current_id


def ticker(request, wire):
    return StreamingHttpResponse(lines(wire, current_id()), content_type="text/plain")


async def lines(wire, request_id):
    async for headline in wire.headlines():
        yield f"{request_id} {headline}\n"


def search(request, archive):
    return JsonResponse({"found": archive.search(request.GET["q"])})
