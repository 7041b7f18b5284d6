"""Charts fit, and name the culprit; numbers explain themselves."""

import asyncio
import json
from typing import Any

import pytest

from dojo.instruments import chart
from dojo.instruments.clock import Clock
from dojo.instruments.learner import Spot
from dojo.instruments.measured import pytest_assertrepr_compare
from dojo.instruments.service import Service
from dojo.instruments.timeline import Span, Timeline

SPOT = Spot(
    "katas/k102_fan_out/views.py", 14, "fetch_all", "return [await fetch(key) for key in keys]"
)


def span(label: str, start: float | None, end: float | None, **other: object) -> Span:
    """Return a span that is like most."""
    outcome = "never awaited" if start is None else "running" if end is None else "ok"
    fields: dict[str, Any] = {"outcome": outcome, "error": None, "on_loop": True, "together": 1}
    fields |= {"task": "Task-1", "thread": "MainThread", "spot": SPOT} | other
    return Span(label=label, start=start, end=end, **fields)


SEQUENTIAL = [span(f"fetch({i})", round(i * 0.2, 1), round(i * 0.2 + 0.2, 1)) for i in range(5)]


def test_the_chart_of_a_sequence() -> None:
    """This is what a learner sees."""
    assert chart.draw(SEQUENTIAL, 1.0) == [
        "           0       0.25       0.5      0.75       1 s",
        "fetch(0)   ========                                  0 - 0.2",
        "fetch(1)           ========                          0.2 - 0.4 <- only now",
        "fetch(2)                   ========                  0.4 - 0.6",
        "fetch(3)                           ========          0.6 - 0.8",
        "fetch(4)                                   ========  0.8 - 1",
        "in flight  1111111111111111111111111111111111111111  peak 1",
        "called at katas/k102_fan_out/views.py:14 in fetch_all:",
        "    `return [await fetch(key) for key in keys]`",
        "Each call starts only when the one before it has ended: awaited one after",
        "another.",
    ]


SHAPES = {
    "empty": ([], 0.0),
    "no time": ([span("fetch(1)", 0, 0)], 0.0),
    "sequence": (SEQUENTIAL, 1.0),
    "many": ([span(f"fetch({i})", 0, 0.2, together=i + 1) for i in range(200)], 0.2),
    "long labels": (
        [span(f"fetch('{'x' * 60}')", 0, 0.2, thread="a-thread-with-a-long-name")],
        1.0,
    ),
    "years": ([span("fetch(1)", 0, 3.2e8, error="E" * 60, outcome="error")], 3.2e8),
    "microseconds": ([span("fetch(1)", 1e-6, 2e-6), span("fetch(2)", None, None)], 3e-6),
    "long path": ([span("f(1)", 0, 1, spot=Spot("a/" * 60, 1, "f", "x = " + "y" * 99))], 1.0),
}


@pytest.mark.parametrize(("spans", "now"), SHAPES.values(), ids=SHAPES)
def test_a_chart_fits_eighty_columns(spans: list[Span], now: float) -> None:
    """Whatever happened, no line is longer; only a path is never cut."""
    lines = chart.draw(spans, now)
    assert all(len(line) <= 80 for line in lines if "called at" not in line), lines
    assert len(lines) < 40


@pytest.mark.parametrize(
    ("spans", "sentence", "marked"),
    [
        ([], "The service was never called.", []),
        ([span("f(1)", None, None)], "The call was made, but never awaited", [0]),
        (
            [span("f(1)", 0, 1), span("f(2)", None, None)],
            "f(2) was called, but never awaited.",
            [1],
        ),
        ([span("f(1)", 0, None)], "The call is still running", [0]),
        (SEQUENTIAL, "Each call starts only when", [1]),
        (
            [span(f"f({i})", i // 2, i // 2 + 1, together=2) for i in range(4)],
            "The calls go out in groups (2, 2)",
            [2],
        ),
        ([span("f(1)", 0, 1), span("f(1)", 0, 1, together=2)], "f(1) was called 2 times.", []),
        (
            [span(f"f({i})", 0, 1, thread=f"t{i}", together=2) for i in range(2)],
            "The calls ran on 2 event loops",
            [],
        ),
        (
            [span(f"f({i})", 0, 1, thread="t", on_loop=False) for i in range(2)],
            "The calls ran in a thread, not on the event loop, one after another.",
            [],
        ),
        ([span("f(1)", 0, 0, error="BlockedLoop", outcome="error")], "block the event loop", [0]),
        ([span("f(1)", 0.5, 1)], "For 0.5 s no call was in flight.", []),
        ([span("f(1)", 0, 1)], "", []),
    ],
)
def test_a_diagnosis_names_the_mistake(spans: list[Span], sentence: str, marked: list[int]) -> None:
    """One sentence, and the culprits."""
    found = chart.diagnose(spans, 1.0)
    assert sentence in found.sentence
    assert list(found.marks) == marked


def test_the_first_call_above_a_limit_is_marked() -> None:
    """Not the last one, and no other mistake beside it."""
    spans = [span(f"f({i})", 0, 1, together=i + 1) for i in range(4)]
    marked = [line for line in chart.draw(spans, 1.0, 2) if "<-" in line]
    assert [line.split()[0] for line in marked] == ["f(2)"]


async def test_numbers_explain_themselves(service: Service, clock: Clock) -> None:
    """The number on either side of the comparison brings its chart."""
    await service.fetch(1)
    for op, left, right, fact in [
        ("==", service.calls, 2, "calls is 1, should be 2"),
        ("<=", service.peak_in_flight, 0, "peak in flight is 1, should be at most 0"),
        (">=", 0, service.peak_in_flight, "peak in flight is 1, should be at most 0"),
        ("==", service.elapsed, 0.1, "elapsed is 0.2 s, should be 0.1 s"),
        ("==", clock.elapsed, 0.1, "elapsed is 0.2 s, should be 0.1 s"),
        ("<", service.unfinished, 0, "unfinished calls is 0, should be less than 0"),
    ]:
        lines = pytest_assertrepr_compare(op, left, right)
        assert lines is not None
        assert lines[0] == fact
        assert any(line.startswith("fetch(1)   ====") for line in lines)
    assert pytest_assertrepr_compare("==", 1, 2) is None


async def test_a_peak_counts_calls_that_take_no_time(service: Service) -> None:
    """One after the other is not at once, even if all of it happens at one moment."""
    service.takes(0)
    for key in range(3):
        await service.fetch(key)
    assert service.peak_in_flight == 1


async def test_a_timeline_is_data(service: Service, timeline: Timeline) -> None:
    """Other renderers get all that the chart shows."""
    service.fails(2, ValueError())
    await asyncio.gather(service.fetch(1), service.fetch(2), return_exceptions=True)
    data = json.loads(timeline.to_json())
    assert data["calls"] == data["peak_in_flight"] == 2
    assert data["elapsed"] == 0.2
    ok, failed = data["spans"]
    assert (ok["label"], ok["start"], ok["end"], ok["outcome"]) == ("fetch(1)", 0, 0.2, "ok")
    assert (failed["outcome"], failed["error"]) == ("error", "ValueError")
    assert ok["spot"]["function"] == "test_a_timeline_is_data"
    assert ok["on_loop"]
    assert data["diagnosis"] == ""


async def test_cancelled_calls_are_on_the_timeline(service: Service, timeline: Timeline) -> None:
    """With the moment of their end."""
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await service.fetch(1)
    (only,) = timeline.spans
    assert (only.end, only.outcome) == (0.1, "cancelled")
