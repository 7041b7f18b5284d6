"""Maps of which some calls, or the source, fail, and what came of them."""

from typing import Any

from dojo.instruments.service import Service
from katas.k504_bounded_fan_out.bounded import bounded_map
from tests.k504_bounded_fan_out.calls import NoAnswerError, first_of, results_of, starts

SIX = ["a", "b", "c", "d", "e", "f"]


def without_answer(service: Service, items: list[str]) -> dict[str, NoAnswerError]:
    """Make the calls for *items* fail, and return what each of them raises."""
    errors = {item: NoAnswerError(item) for item in items}
    for item, error in errors.items():
        service.fails(item, error)
    return errors


async def mapped(call: str, service: Service, source: Any, *, limit: int, task: int) -> None:
    """Map *source*; that an error of a call comes out is for another test."""

    async def quietly() -> list[Any]:
        try:
            return await bounded_map(service.fetch, source, limit=limit)
        except Exception as error:
            if isinstance(first_of(error), NoAnswerError):
                return []
            raise

    await results_of(call, quietly(), task=task)


async def check_all_are_called(service: Service, source: Any, kind: str, *, task: int) -> None:
    """Map six items with two slots, of which the first four fail: all six are called."""
    without_answer(service, SIX[:4])
    call = f"bounded_map(fetch, {kind} of {SIX}, limit=2), where {SIX[:4]} fail"

    await mapped(call, service, source, limit=2, task=task)

    assert service.calls == 6, service.explain(call, expected="6 calls", task=task)


async def check_slots_are_freed(service: Service, source: Any, kind: str, *, task: int) -> None:
    """Map six items with three slots, of which the first two fail: their slots are used at once."""
    without_answer(service, SIX[:2])
    service.takes({"a": 0.113, "b": 0.157})
    call = (
        f"bounded_map(fetch, {kind} of {SIX}, limit=3), where 'a' and 'b' fail at 0.113 and 0.157 s"
    )

    await mapped(call, service, source, limit=3, task=task)

    seen = list(starts(service).values())
    expected = [0, 0, 0, 0.113, 0.157, 0.2]
    # Without a diagnosis: that would take lost slots for groups.
    assert seen == expected, (
        f"{call}: the calls started at {seen} s{slots_lost(service)}; expected a start when a call "
        f"ends, at {expected} s. (task {task})\n\n{service.timeline.chart(diagnosed=False)}\n"
    )


def slots_lost(service: Service) -> str:
    """Say how many slots are left when two of the three have had an error, if some are missing."""
    later = [span for span in service.timeline.spans if span.start and span.start > 0.157]
    most = max((span.together for span in later), default=3)
    if most >= 3 or service.peak_in_flight < 3:
        return ""
    slots = "1 slot of 3 is" if most == 1 else f"{most} slots of 3 are"
    return f", and after 2 errors only {slots} left"


def check_none_goes_on(call: str, service: Service, failed_at: float) -> None:
    """Fail if a call has ended later than at *failed_at*."""
    late = {
        span.label: span.end
        for span in service.timeline.spans
        if span.end is None or span.end > failed_at + 0.001
    }
    assert not late, service.explain(
        f"{call} at {failed_at} s",
        observed=f"calls ended later than that: {late}",
        expected="the calls in flight to be cancelled at that moment",
        task=4,
    )
