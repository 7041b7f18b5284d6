"""Does a lock lock on SQLite, and does Django notice that it is taken outside of a transaction?"""

import asyncio

import lab
from django.db import connection
from django.db.transaction import TransactionManagementError

Group = lab.start()


async def main():
    """Ask for a locked row outside of a transaction."""
    await Group.objects.acreate(name="seats")
    try:
        row = await Group.objects.select_for_update().aget(name="seats")
    except TransactionManagementError as error:
        print(type(error).__name__)
    else:
        print("a row and no error:", row.name)


print("the backend has row locks:", connection.features.has_select_for_update)
print("FOR UPDATE in the SQL:", "FOR UPDATE" in str(Group.objects.select_for_update().query))
asyncio.run(main())
