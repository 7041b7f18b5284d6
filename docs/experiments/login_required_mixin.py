"""Do LoginRequiredMixin and login_required work on async views?"""

import asyncio

import lab

lab.start(LOGIN_URL="/sign-in/")
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import AsyncRequestFactory
from django.utils.decorators import method_decorator
from django.views import View


class ByMixin(LoginRequiredMixin, View):
    """Protected by the mixin."""

    async def get(self, request):
        """Answer."""
        return HttpResponse()


@method_decorator(login_required, name="dispatch")
class ByDispatch(View):
    """Protected by its `dispatch`."""

    async def get(self, request):
        """Answer."""
        return HttpResponse()


class ByHandler(View):
    """Protected by its handler."""

    @method_decorator(login_required)
    async def get(self, request):
        """Answer."""
        return HttpResponse()


urlpatterns = []


async def main():
    """Ask as an anonymous reader."""
    request = AsyncRequestFactory().get("/")
    request.user = AnonymousUser()

    async def auser():
        return request.user

    request.auser = auser
    for cls in (ByMixin, ByDispatch, ByHandler):
        try:
            response = await cls.as_view()(request)
        except TypeError:
            print(f"{cls.__name__}: TypeError, a response that can't be awaited")
        else:
            print(f"{cls.__name__}: {response.status_code}, to {response.url}")


asyncio.run(main())
