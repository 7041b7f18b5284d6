"""Counts failed attempts in the session of whoever mistypes a password."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth import aauthenticate, alogin, alogout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import aget_object_or_404
from django.views import View
from django.views.decorators.http import require_POST

from katas.newsroom.models import Article

Page = Callable[..., Any]

#: How many articles a session may open without an account.
FREE = 3


def gated(permission: str) -> Callable[[Page], Page]:
    """Let only those to an async function-based view who have *permission*."""

    def decorate(page: Page) -> Page:
        @wraps(page)
        async def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            refused = await refusal(request, permission)
            return refused or await page(request, *args, **kwargs)

        return checked

    return decorate


async def refusal(request: HttpRequest, permission: str) -> HttpResponse | None:
    """Return the answer for those who lack *permission*; None for the others."""
    user = await request.auser()
    if not user.is_authenticated:
        return JsonResponse({"error": "sign in first"}, status=401)
    if not await user.ahas_perm(permission):
        return JsonResponse({"error": f"you lack {permission}"}, status=403)
    return None


@gated("newsroom.change_article")
async def draft(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a draft to an editor."""
    found = await aget_object_or_404(Article, slug=slug, status=Article.Status.DRAFT)
    shown = {"slug": slug, "body": found.body, "editor": await name_of(request)}
    return JsonResponse(shown)


async def name_of(request: HttpRequest) -> str:
    """Return the name of the account that the request comes from; it is read once a request."""
    return (await request.auser()).get_username()


class Gated(View):
    """A view with async handlers, for those who have the permission that its subclass names."""

    permission: str

    # View is written for both kinds of handlers, so the types of its dispatch know sync ones alone.
    async def dispatch(  # type: ignore[override]
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Call the handler of the request's method, or refuse."""
        refused = await refusal(request, self.permission)
        # What View.dispatch returns is the handler's coroutine, also where there is no handler.
        return refused or await super().dispatch(request, *args, **kwargs)


class Desk(Gated):
    """The drafts on the desk; takes new ones."""

    permission = "newsroom.add_article"

    async def get(self, request: HttpRequest) -> HttpResponse:
        """List the drafts."""
        drafts = Article.objects.filter(status=Article.Status.DRAFT).order_by("slug")
        slugs = [slug async for slug in drafts.values_list("slug", flat=True)]
        return JsonResponse({"drafts": slugs, "editor": await name_of(request)})

    async def post(self, request: HttpRequest) -> HttpResponse:
        """File a draft."""
        slug = request.POST["slug"]
        await Article.objects.acreate(slug=slug, title=slug.title(), body=request.POST["body"])
        return JsonResponse({"slug": slug, "editor": await name_of(request)}, status=201)


async def article(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an article: to everybody a few, and all of them to those who have signed in."""
    found = await aget_object_or_404(Article.objects.published(), slug=slug)
    shown = {"slug": slug, "body": found.body, "left": None}
    if (await request.auser()).is_authenticated:
        return JsonResponse(shown)
    opened = await request.session.aget("opened", [])
    if slug not in opened:
        if len(opened) >= FREE:
            return JsonResponse({"error": "sign in to read on", "left": 0}, status=402)
        opened = [*opened, slug]
        # Notes that the session has changed; the middleware saves it then, once, with the response.
        await request.session.aset("opened", opened)
    return JsonResponse(shown | {"left": FREE - len(opened)})


@require_POST
async def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with `name` and `password`."""
    name, password = request.POST.get("name", ""), request.POST.get("password", "")
    user = await aauthenticate(request, username=name, password=password)
    if user is None:
        if request.session.session_key:
            failures = await request.session.aget("failures", 0)
            await request.session.aset("failures", failures + 1)
        return JsonResponse({"error": "name or password is wrong"}, status=401)
    await alogin(request, user)
    return JsonResponse({"name": user.get_username()})


@require_POST
async def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out, and end the session."""
    await alogout(request)
    return HttpResponse(status=204)
