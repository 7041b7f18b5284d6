"""Which decorators can be put on an `async def` view?"""

import lab

lab.start(MIDDLEWARE=[])
from asgiref.sync import iscoroutinefunction
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET


async def view(request):
    """Answer."""
    return HttpResponse()


decorators = {
    "require_GET": require_GET,
    "never_cache": never_cache,
    "login_required": login_required,
    "transaction.atomic": transaction.atomic,
}
for name, decorator in decorators.items():
    print(f"{name}: an async view stays async:", iscoroutinefunction(decorator(view)))
