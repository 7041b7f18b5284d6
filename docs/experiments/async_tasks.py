"""What happens to an async task that is enqueued from the event loop?"""

import asyncio
import importlib.util

import lab

lab.start(TASKS={"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}})


async def letter():
    """Write a letter."""
    return "Dear reader"


async def main():
    """Enqueue it in both ways."""
    global letter
    from django.tasks import task

    letter = task(letter)
    print("enqueue:", letter.enqueue().status)
    print("aenqueue:", (await letter.aenqueue()).status)


if importlib.util.find_spec("django.tasks"):
    asyncio.run(main())
else:
    print("this Django has no django.tasks")
