"""New ids: well-formed, as good as random, and nobody else's."""

import importlib
import re
import sys
from itertools import zip_longest

import pytest

import katas.k303_request_id_context as kata
from katas.k303_request_id_context import request_ids
from tests.k303_request_id_context.asking import MANY, SERVERS, Site, all_at_once
from tests.k303_request_id_context.pages import BY_SERVER, SLOW_BY_SERVER

WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{1,64}")
BITS = 120
# So many that a place of random ids is the same in all of them once in 10^18 times.
ENOUGH = 16


@pytest.mark.task(1)
@pytest.mark.parametrize("server", SERVERS)
async def test_own_ids_are_new_each_time(site: Site, server: str) -> None:
    """Requests that bring no id get well-formed ones, all different, also those at one time."""
    site.serve(SLOW_BY_SERVER[server])

    answers = await all_at_once(*(site.ask(server) for _ in range(MANY)))
    answers += [await site.ask(server) for _ in range(3)]

    ids = [answer.request_id for answer in answers]
    assert all(one and WELL_FORMED.fullmatch(one) for one in ids), (
        f"{len(ids)} x GET / without an id under {server} answered with {ids}; expected new ones, "
        "1 to 64 characters of A-Z a-z 0-9 - _. (task 1)"
    )
    assert len(set(ids)) == len(ids), (
        f"{len(ids)} x GET / without an id under {server}, {MANY} of them at one time, answered "
        f"with {len(set(ids))} different ids: {ids}; expected {len(ids)}. (task 1)"
    )


@pytest.mark.task(1)
async def test_another_worker_makes_others(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers that start at the same moment, here two imports, have no own id in common."""
    monkeypatch.setattr(kata, "request_ids", request_ids)  # puts it back in the end
    workers = []
    for _ in range(2):
        monkeypatch.delitem(sys.modules, request_ids.__name__)
        importlib.import_module(request_ids.__name__)
        site.serve(BY_SERVER["ASGI"])
        workers.append([str((await site.ask("ASGI")).request_id) for _ in range(3)])

    again = [one for one in workers[0] if one in workers[1]]
    assert not again, (
        f"request_ids.py imported twice at one moment, as by two workers: the first own ids of one "
        f"are {workers[0]}, and of the other {workers[1]}; expected none to be the same. (task 1)"
    )


@pytest.mark.task(1)
async def test_own_ids_have_room_for_chance(site: Site) -> None:
    """What differs among own ids has the length that 120 random bits need."""
    for server in SERVERS:
        site.serve(BY_SERVER[server])
        ids = [str((await site.ask(server)).request_id) for _ in range(ENOUGH)]

        places = [place for place in map(set, zip_longest(*ids)) if len(place) > 1]
        kinds = len(set[str | None]().union(*places))
        # Rounded up to a power of two: not all kinds need have come.
        bits_a_place = max(kinds - 1, 0).bit_length()
        bits = bits_a_place * len(places)
        assert bits >= BITS, (
            f"{ENOUGH} x GET / without an id under {server} answered with {ids[0]!r} and others, "
            f"which differ in {len(places)} places, each of {bits_a_place} bits at most: "
            f"{bits} random bits; expected {BITS} or more. (task 1)"
        )
