"""The same test in four styles: five calls of 0.2 s each must overlap.

Run by `flakes` in a pytest of its own, one process a style; what is asserted is what each style can
assert. The naive upstream gives away its answers, as such upstreams do in exercises elsewhere.
"""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dojo.bench import _answers
from dojo.bench._answers import RIGHT, WRONG, Answer

if TYPE_CHECKING:
    from dojo.instruments.clock import Clock
    from dojo.instruments.service import Service

STYLE = os.environ["DOJO_BENCH_STYLE"]
RIGHT_RUNS, WRONG_RUNS = (int(n) for n in os.environ["DOJO_BENCH_RUNS"].split(","))
KEYS = range(5)

CASES = [
    pytest.param(answer, id=f"{kind}|{name}|{run}")
    for kind, answers, runs in (("right", RIGHT, RIGHT_RUNS), ("wrong", WRONG, WRONG_RUNS))
    for name, answer in answers.items()
    for run in range(runs // len(answers) if kind == "right" else runs)
]


class Naive:
    """An upstream as exercises have it."""

    async def fetch(self, key: int) -> str:
        """Take 0.2 s."""
        await asyncio.sleep(0.2)
        return f"{key}"

    def fetch_sync(self, key: int) -> str:
        """Block for 0.2 s."""
        time.sleep(0.2)
        return f"{key}"


if STYLE == "wall":

    @pytest.mark.parametrize("answer", CASES)
    async def test_wall(answer: Answer) -> None:
        """As the chapter does it."""
        start = time.perf_counter()
        got = await answer(Naive(), KEYS)
        assert got == [f"{key}" for key in KEYS]
        assert time.perf_counter() - start < 0.3

elif STYLE == "looptime":

    @pytest.mark.looptime
    @pytest.mark.parametrize("answer", CASES)
    async def test_looptime(answer: Answer) -> None:
        """On looptime's loop."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        got = await answer(Naive(), KEYS)
        assert got == [f"{key}" for key in KEYS]
        assert round(loop.time() - start, 6) == 0.2

else:
    from dojo.instruments import learner

    learner.set_accused([Path(_answers.__file__)])

    if STYLE == "clock":

        @pytest.mark.parametrize("answer", CASES)
        async def test_clock(service: Service, clock: Clock, answer: Answer) -> None:
            """By the virtual clock."""
            got = await answer(service, KEYS)
            assert service.calls == 5
            assert service.unfinished == 0
            assert service.threads == 1
            assert service.peak_in_flight == 5
            assert got == [service.answers[key] for key in KEYS]
            assert clock.elapsed == 0.2

    else:

        @pytest.mark.realtime
        @pytest.mark.parametrize("answer", CASES)
        async def test_rendezvous(service: Service, answer: Answer) -> None:
            """By rendezvous, on an ordinary loop."""
            service.rendezvous(5)
            got = await answer(service, KEYS)
            assert service.calls == 5
            assert service.unfinished == 0
            assert service.threads == 1
            assert got == [service.answers[key] for key in KEYS]
