"""The gate, and the pages on both sides of it. Edit this file; the brief is in README.md.

TODO: the pages are async, and what stands before them is still as it was when they were not.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404
from django.views import View
from django.views.decorators.http import require_POST

from katas.newsroom.models import Article

Page = Callable[..., Any]

#: How many articles a session may open without an account.
FREE = 3


def gated(permission: str) -> Callable[[Page], Page]:
    """Let only those to an async function-based view who have *permission*.

    Args:
        permission: As Django writes it: ``"newsroom.change_article"``.

    TODO (task 1): whoever is let through gets an error 500.
    """

    def decorate(page: Page) -> Page:
        @wraps(page)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not request.user.is_authenticated:
                return JsonResponse({"error": "sign in first"}, status=401)
            if not request.user.has_perm(permission):
                return JsonResponse({"error": f"you lack {permission}"}, status=403)
            return page(request, *args, **kwargs)

        return checked

    return decorate


@gated("newsroom.change_article")
async def draft(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a draft to an editor."""
    found = await aget_object_or_404(Article, slug=slug, status=Article.Status.DRAFT)
    shown = {"slug": slug, "body": found.body, "editor": request.user.get_username()}
    return JsonResponse(shown)


class Gated(View):
    """A view with async handlers, for those who have the permission that its subclass names.

    TODO (task 2): whoever has to be refused gets an error 500, and most of the others as well.
    """

    permission: str

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Call the handler of the request's method, or refuse."""
        if not request.user.is_authenticated:
            return JsonResponse({"error": "sign in first"}, status=401)
        if not request.user.has_perm(self.permission):
            return JsonResponse({"error": f"you lack {self.permission}"}, status=403)
        return super().dispatch(request, *args, **kwargs)


class Desk(Gated):
    """The drafts on the desk; takes new ones."""

    permission = "newsroom.add_article"

    async def get(self, request: HttpRequest) -> HttpResponse:
        """List the drafts."""
        drafts = Article.objects.filter(status=Article.Status.DRAFT).order_by("slug")
        slugs = [slug async for slug in drafts.values_list("slug", flat=True)]
        return JsonResponse({"drafts": slugs, "editor": request.user.get_username()})

    async def post(self, request: HttpRequest) -> HttpResponse:
        """File a draft."""
        slug = request.POST["slug"]
        await Article.objects.acreate(slug=slug, title=slug.title(), body=request.POST["body"])
        return JsonResponse({"slug": slug, "editor": request.user.get_username()}, status=201)


async def article(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an article: to everybody a few, and all of them to those who have signed in.

    TODO (task 3): it works for whoever comes for the first time.
    """
    found = await aget_object_or_404(Article.objects.published(), slug=slug)
    shown = {"slug": slug, "body": found.body, "left": None}
    if request.user.is_authenticated:
        return JsonResponse(shown)
    opened = request.session.get("opened", [])
    if slug not in opened:
        if len(opened) >= FREE:
            return JsonResponse({"error": "sign in to read on", "left": 0}, status=402)
        opened = [*opened, slug]
        request.session["opened"] = opened
    return JsonResponse(shown | {"left": FREE - len(opened)})


@require_POST
async def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with `name` and `password`.

    TODO (task 4): Django refuses to do it here.
    """
    name, password = request.POST.get("name", ""), request.POST.get("password", "")
    user = authenticate(request, username=name, password=password)
    if user is None:
        return JsonResponse({"error": "name or password is wrong"}, status=401)
    login(request, user)
    return JsonResponse({"name": user.get_username()})


@require_POST
async def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out (task 4)."""
    logout(request)
    return HttpResponse(status=204)
