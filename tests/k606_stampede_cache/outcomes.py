"""What has to have come of it for those who asked."""

from collections.abc import Sequence

from tests.k606_stampede_cache.callers import Caller, Computation


def times(number: int) -> str:
    """Say how many ask at once."""
    return "once" if number == 1 else f"{number} times at once"


def check_got(what: str, callers: Sequence[Caller], expected: object, task: int) -> None:
    """Fail unless each of them got *expected*."""
    __tracebackhide__ = True
    for number, caller in enumerate(callers, start=1):
        assert caller.got(expected), (
            f"{what}: caller {number} of {len(callers)} {caller}; expected {expected!r}. "
            f"(task {task})"
        )


def check_raised(what: str, callers: Sequence[Caller], error: Exception, task: int) -> None:
    """Fail unless this very *error* came out of each call."""
    __tracebackhide__ = True
    for number, caller in enumerate(callers, start=1):
        came, expected = str(caller), f"{error!r} to come out"
        if repr(caller.error) == repr(error):
            came, expected = f"ended with another {error!r}, not the one raised", "the error itself"
        assert caller.error is error, (
            f"{what}: caller {number} of {len(callers)} {came}; expected {expected}. (task {task})"
        )


def check_left(what: str, callers: Sequence[Caller], task: int) -> None:
    """Fail unless CancelledError came out of each call."""
    __tracebackhide__ = True
    for number, caller in enumerate(callers, start=1):
        assert caller.cancelled, (
            f"{what}: caller {number} of {len(callers)}, who was cancelled, {caller}; expected "
            f"CancelledError to come out. (task {task})"
        )


def check_ended_by(what: str, callers: Sequence[Caller], latest: float, task: int) -> None:
    """Fail if one of them had to wait longer than that, on the loop's clock."""
    __tracebackhide__ = True
    for number, caller in enumerate(callers, start=1):
        late = caller.ended_at - latest
        assert late <= 0, (
            f"{what}: caller {number} of {len(callers)} {caller}, {late * 1000:.1f} ms after it "
            f"could have been there; expected it at once. (task {task})"
        )


def check_one_at_a_time(what: str, compute: Computation) -> None:
    """Fail if it was computed twice at the same time."""
    __tracebackhide__ = True
    assert compute.peak == 1, (
        f"{what}: {compute.peak} computations ran at the same time; expected 1. (task 4)"
    )
