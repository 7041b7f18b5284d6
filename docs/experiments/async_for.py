"""How often does reading rows go to the thread?"""

import asyncio

import lab

ROWS = 10

Group = lab.start()


async def main():
    """Read ten rows in three ways."""
    await Group.objects.abulk_create(Group(name=str(number)) for number in range(ROWS))
    groups = Group.objects.order_by("name")
    ways = {
        "async for row in queryset": groups,
        "the same queryset again": groups,
        "async for row in queryset.aiterator(chunk_size=2)": groups.aiterator(chunk_size=2),
    }
    for name, rows in ways.items():
        with lab.counted_hops() as hops:
            read = [row async for row in rows]
        print(f"{name}: {len(read)} rows, calls through sync_to_async: {hops()}")


asyncio.run(main())
