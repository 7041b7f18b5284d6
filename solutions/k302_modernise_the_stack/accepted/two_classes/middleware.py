"""A class for each mode, and a factory that takes the one that fits."""

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.decorators import sync_and_async_middleware
from django.utils.deprecation import MiddlewareMixin

from katas.k302_modernise_the_stack.desks import DeskError
from katas.newsroom.models import Article

ROBOTS = frozenset({"GreedyBot/1.0"})
EDITIONS = ("morning", "evening")
PREVIEW_KEY = "printers-ink"


class SyncPaywall:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        self.refuse_robots(request)
        return self.label(self.get_response(request))

    def refuse_robots(self, request):
        if request.headers.get("User-Agent") in ROBOTS:
            raise PermissionDenied("This robot has read enough.")

    def label(self, response):
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


class AsyncPaywall(SyncPaywall):
    def __init__(self, get_response):
        super().__init__(get_response)
        markcoroutinefunction(self)

    async def __call__(self, request):
        self.refuse_robots(request)
        return self.label(await self.get_response(request))


@sync_and_async_middleware
def Paywall(get_response):
    kind = AsyncPaywall if iscoroutinefunction(get_response) else SyncPaywall
    return kind(get_response)


class Edition(MiddlewareMixin):
    # The mixin's __call__ goes to __acall__ in async mode; here both are replaced.
    def __call__(self, request):
        if self.async_mode:
            return self.__acall__(request)
        return self.label(self.choose(request), self.get_response(request))

    async def __acall__(self, request):
        return self.label(self.choose(request), await self.get_response(request))

    def choose(self, request):
        request.edition = request.headers.get("X-Edition", "morning")
        if request.edition not in EDITIONS:
            raise Http404("There is no such edition.")
        return request

    def label(self, request, response):
        response["X-Edition"] = request.edition
        patch_vary_headers(response, ["X-Edition"])
        return response

    def process_exception(self, request, exception):
        if isinstance(exception, DeskError):
            return HttpResponse(f"Not in the {request.edition} edition.", status=503)
        return None


class SyncEmbargo:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not self.drafts(request).exists():
            return self.get_response(request)
        if (answer := self.refusal(request)) is not None:
            return answer
        response = self.get_response(request)
        response["Cache-Control"] = "private, no-store"
        return response

    def drafts(self, request):
        slug = request.path.strip("/").rpartition("/")[2]
        return Article.objects.filter(slug=slug, status=Article.Status.DRAFT)

    def refusal(self, request):
        key = request.GET.get("preview")
        if key is None:
            return HttpResponse("Not out yet.", status=404)
        if key != PREVIEW_KEY:
            raise PermissionDenied("This is not the key.")
        return None


class AsyncEmbargo(SyncEmbargo):
    def __init__(self, get_response):
        super().__init__(get_response)
        markcoroutinefunction(self)

    async def __call__(self, request):
        if await self.drafts(request).afirst() is None:
            return await self.get_response(request)
        if (answer := self.refusal(request)) is not None:
            return answer
        response = await self.get_response(request)
        response["Cache-Control"] = "private, no-store"
        return response


@sync_and_async_middleware
def embargo(get_response):
    kind = AsyncEmbargo if iscoroutinefunction(get_response) else SyncEmbargo
    return kind(get_response)
