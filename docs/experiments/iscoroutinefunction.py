"""Which `iscoroutinefunction` recognises what Django treats as async?"""

import inspect

import asgiref.sync
import lab
from django.views import View


class Async(View):
    """A view with an async handler."""

    async def get(self, request):
        """Answer."""


lab.start()
view = Async.as_view()
print("as_view() of an async view is a coroutine function, says")
print("  asgiref.sync:", asgiref.sync.iscoroutinefunction(view))
print("  inspect:", inspect.iscoroutinefunction(view))
