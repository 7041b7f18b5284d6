"""The answers of ``answers.py``, judged as a suite would judge them."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from dojo.instruments.clock import Clock
from dojo.instruments.service import Service
from tests.dojo.instruments.answers import RIGHT, WRONG, Answer

answers = pytest.mark.parametrize("answer", [*RIGHT, *WRONG], ids=lambda answer: answer.__name__)


@answers
async def test_by_the_clock(service: Service, clock: Clock, answer: Answer) -> None:
    service.takes({0: 0.3, 1: 0.2, 2: 0.3, 3: 0.1, 4: 0.2})
    got = await answer(service, range(5))
    assert service.calls == 5
    assert service.unfinished == 0
    assert service.threads == 1
    assert service.peak_in_flight == 5
    assert got == [service.answers[key] for key in range(5)]
    assert clock.elapsed == 0.3


@answers
async def test_by_rendezvous(service: Service, answer: Answer) -> None:
    service.rendezvous(5)
    got = await answer(service, range(5))
    assert service.calls == 5
    assert service.unfinished == 0
    assert service.threads == 1
    assert got == [service.answers[key] for key in range(5)]


@pytest.mark.realtime
@answers
async def test_by_rendezvous_in_real_time(service: Service, answer: Answer) -> None:
    service.rendezvous(5)
    got = await answer(service, range(5))
    assert service.calls == 5
    assert service.unfinished == 0
    assert service.threads == 1
    assert got == [service.answers[key] for key in range(5)]


@answers
async def test_explained(service: Service, answer: Answer) -> None:
    await answer(service, range(5))
    assert service.peak_in_flight <= 2, service.explain(
        "answer(5 calls, limit=2)", expected="at most 2 in flight", task=2
    )


def test_two_workers(service: Service) -> None:
    service.rendezvous(3)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(service.fetch_sync, range(3)))


@pytest.mark.realtime
def test_two_workers_in_real_time(service: Service) -> None:
    service.rendezvous(3)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(service.fetch_sync, range(3)))
