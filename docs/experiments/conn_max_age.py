"""Where is CONN_MAX_AGE set, and does it keep connections for the next request under ASGI?"""

import asyncio

import lab
from django.db import connection, connections
from django.db.backends.signals import connection_created
from django.http import HttpResponse
from django.urls import path

REQUESTS = 5
opened = []


async def view(request):
    """Ask the database."""
    await Group.objects.acount()
    return HttpResponse()


async def main():
    """Send requests one after the other, with both ages."""
    for age in (0, 60):
        connections.settings["default"]["CONN_MAX_AGE"] = age
        opened.clear()
        for _ in range(REQUESTS):
            await lab.Request().task
        still_open = sum(one.connection is not None for one in opened)
        print(f"DATABASES: {age}; {REQUESTS} requests, one after the other:")
        print(f"  opened {len(opened)}, still open {still_open}")


urlpatterns = [path("", view)]
Group = lab.start(MIDDLEWARE=[], CONN_MAX_AGE=77)

print(
    "CONN_MAX_AGE = 77 in the settings; the connection has",
    connection.settings_dict["CONN_MAX_AGE"],
)
connection_created.connect(lambda connection, **_: opened.append(connection), weak=False)
asyncio.run(main())
