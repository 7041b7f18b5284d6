"""Django's own way: MiddlewareMixin calls two sync hooks, in a thread if the mode is async."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin

from katas.k302_modernise_the_stack.desks import DeskError
from katas.newsroom.models import Article

ROBOTS = frozenset({"GreedyBot/1.0"})
EDITIONS = ("morning", "evening")
PREVIEW_KEY = "printers-ink"


class Paywall(MiddlewareMixin):
    def process_request(self, request):
        if request.headers.get("User-Agent") in ROBOTS:
            raise PermissionDenied("This robot has read enough.")

    def process_response(self, request, response):
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


class Edition(MiddlewareMixin):
    def process_request(self, request):
        request.edition = request.headers.get("X-Edition", "morning")
        if request.edition not in EDITIONS:
            raise Http404("There is no such edition.")

    def process_response(self, request, response):
        response["X-Edition"] = request.edition
        patch_vary_headers(response, ["X-Edition"])
        return response

    def process_exception(self, request, exception):
        if isinstance(exception, DeskError):
            return HttpResponse(f"Not in the {request.edition} edition.", status=503)
        return None


class embargo(MiddlewareMixin):
    def process_request(self, request):
        request.previewed = False
        slug = request.path.strip("/").rpartition("/")[2]
        if not Article.objects.filter(slug=slug, status=Article.Status.DRAFT).exists():
            return None
        key = request.GET.get("preview")
        if key is None:
            return HttpResponse("Not out yet.", status=404)
        if key != PREVIEW_KEY:
            raise PermissionDenied("This is not the key.")
        request.previewed = True
        return None

    def process_response(self, request, response):
        if request.previewed:
            response["Cache-Control"] = "private, no-store"
        return response
