"""Each rule is one generator that yields where the view comes in; two small drivers run it."""

from asgiref.sync import async_to_sync, iscoroutinefunction, markcoroutinefunction
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils.cache import patch_vary_headers

from katas.k302_modernise_the_stack.desks import DeskError
from katas.newsroom.models import Article

ROBOTS = frozenset({"GreedyBot/1.0"})
EDITIONS = ("morning", "evening")
PREVIEW_KEY = "printers-ink"


class OneBody:
    """Runs `body`, a generator: what it yields is called, and awaited in async mode."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response):
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request):
        if self.is_async:
            return self.drive(request)
        body = self.body(request)
        result = None
        try:
            while True:
                call, argument = body.send(result)
                result = (async_to_sync(call) if iscoroutinefunction(call) else call)(argument)
        except StopIteration as stop:
            return stop.value

    async def drive(self, request):
        body = self.body(request)
        result = None
        while True:
            try:
                call, argument = body.send(result)
            except StopIteration as stop:
                return stop.value
            result = await call(argument)


class Paywall(OneBody):
    def body(self, request):
        if request.headers.get("User-Agent") in ROBOTS:
            raise PermissionDenied("This robot has read enough.")
        response = yield self.get_response, request
        response["X-Robots-Tag"] = "noarchive"
        patch_vary_headers(response, ["X-Subscriber"])
        return response

    def process_view(self, request, view, args, kwargs):
        request.paid = getattr(view, "paid", False)
        if request.paid and "X-Subscriber" not in request.headers:
            return HttpResponse("For subscribers.", status=402)
        return None

    def process_exception(self, request, exception):
        if request.paid:
            return HttpResponse("You have not been charged.", status=500)
        return None


class Edition(OneBody):
    def body(self, request):
        request.edition = request.headers.get("X-Edition", "morning")
        if request.edition not in EDITIONS:
            raise Http404("There is no such edition.")
        response = yield self.get_response, request
        response["X-Edition"] = request.edition
        patch_vary_headers(response, ["X-Edition"])
        return response

    def process_exception(self, request, exception):
        if isinstance(exception, DeskError):
            return HttpResponse(f"Not in the {request.edition} edition.", status=503)
        return None


class embargo(OneBody):
    def body(self, request):
        if not (yield self.is_draft, request.path.strip("/").rpartition("/")[2]):
            return (yield self.get_response, request)
        key = request.GET.get("preview")
        if key is None:
            return HttpResponse("Not out yet.", status=404)
        if key != PREVIEW_KEY:
            raise PermissionDenied("This is not the key.")
        response = yield self.get_response, request
        response["Cache-Control"] = "private, no-store"
        return response

    async def is_draft(self, slug):
        return await Article.objects.filter(slug=slug, status=Article.Status.DRAFT).aexists()
