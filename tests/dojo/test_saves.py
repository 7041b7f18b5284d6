"""A save is noticed with the system's events and without them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dojo import saves
from tests.dojo.house import KATA, SOLVED, House

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]


@pytest.fixture
def watch(house: House) -> Iterator[saves.Watch]:
    """A watch of the house."""
    watch = saves.Watch(house.root)
    yield watch
    watch.close()


def test_a_look_sees_every_kind_of_save(house: House) -> None:
    """A change, a new file, a file that is gone, a change of the suite; no other file."""
    looks = [saves.look(house.kata())]
    for name in (f"katas/{KATA}/views.py", f"katas/{KATA}/more.py", f"tests/{KATA}/test_views.py"):
        house.write(name, SOLVED)
        looks.append(saves.look(house.kata()))
    house.remove(f"katas/{KATA}/more.py")
    looks.append(saves.look(house.kata()))
    house.write(f"katas/{KATA}/notes.txt", "no code")

    assert len(set(looks)) == 5
    assert saves.look(house.kata()) == looks[-1]


@pytest.mark.parametrize("events", [True, False])
def test_a_save_is_seen_after_a_few_ticks(house: House, watch: saves.Watch, events: bool) -> None:
    """Also where the system has no more watches to give."""
    if not events:

        def refuse() -> Iterator[object]:
            raise OSError(28, "inotify watch limit reached")
            yield

        watch.events = refuse()
    before = saves.look(house.kata())
    assert watch.tick()
    house.write(f"katas/{KATA}/views.py", SOLVED)

    while saves.look(house.kata()) == before:
        assert watch.tick()


def test_closing_ends_the_wait(watch: saves.Watch) -> None:
    """For whoever waits in another thread, and from then on."""
    assert watch.tick()
    watch.close()

    assert not watch.tick()
    assert not watch.tick()
