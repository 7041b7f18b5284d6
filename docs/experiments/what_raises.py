"""What of the ORM raises SynchronousOnlyOperation in an `async def`, and what does not?"""

import asyncio

import lab
from django.core.exceptions import SynchronousOnlyOperation

lab.start()
from django.contrib.auth.models import User


async def main():
    """Try one after the other."""
    user = await User.objects.acreate(username="ada")
    evaluated = User.objects.all()
    async for _ in evaluated:
        pass
    prefetched = await User.objects.prefetch_related("groups").aget()
    attempts = {
        "User.objects.filter(pk=1)[:5]": lambda: User.objects.filter(pk=1)[:5],
        "str(queryset.query)": lambda: str(User.objects.all().query),
        "user.groups.all()": lambda: user.groups.all(),
        "User.objects.none().count()": lambda: User.objects.none().count(),
        "len(evaluated)": lambda: len(evaluated),
        "evaluated.first()": lambda: evaluated.first(),
        "prefetched.groups.count()": lambda: prefetched.groups.count(),
        "prefetched.groups.first()": lambda: prefetched.groups.first(),
        "queryset[0]": lambda: User.objects.all()[0],
        "bool(queryset)": lambda: bool(User.objects.all()),
        "repr(queryset)": lambda: repr(User.objects.all()),
        "user.save()": lambda: user.save(),
    }
    for name, attempt in attempts.items():
        try:
            attempt()
        except SynchronousOnlyOperation:
            print(f"raises  {name}")
        else:
            print(f"works   {name}")


asyncio.run(main())
