"""Pages of another part of the site, behind the same gate."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path, re_path

from katas.k605_auth_session_gate.views import Gated, gated


@gated("newsroom.view_article")
async def proof(request: HttpRequest, slug: str, *, number: int) -> HttpResponse:
    """Show a page of a proof."""
    return JsonResponse({"proof": slug, "page": number})


class Shown:
    """A handler for any class that takes it in."""

    async def get(self, request: HttpRequest, slug: str, *, number: int) -> HttpResponse:
        """Show a page."""
        return JsonResponse({"proof": slug, "page": number})


class Papers(Gated):
    """Handlers behind a permission that a subclass replaces."""

    permission = "newsroom.change_article"

    async def delete(self, request: HttpRequest, slug: str, *, number: int) -> HttpResponse:
        """Throw a page away."""
        return JsonResponse({"gone": slug, "page": number})

    put = patch = delete


class Proofs(Shown, Papers):
    """The same as a class, which inherits most of its handlers."""

    permission = "newsroom.view_article"

    async def head(self, request: HttpRequest, slug: str, *, number: int) -> HttpResponse:
        """Say that a page is there."""
        return HttpResponse()


urlpatterns = [
    path("proofs/<slug:slug>/<int:number>/", proof),
    path("pages/<slug:slug>/<int:number>/", Proofs.as_view()),
    # A group without a name is handed over by its place.
    re_path(r"^proofs/([a-z]+)/$", proof, {"number": 3}),
    re_path(r"^pages/([a-z]+)/$", Proofs.as_view(), {"number": 3}),
]
