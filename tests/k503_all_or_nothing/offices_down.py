"""What the tests of failures share: three offices, one of which has no count."""

import secrets
from collections.abc import Iterable

from katas.k503_all_or_nothing.offices import OfficeError
from tests.k503_all_or_nothing.night import ElectionNight

NAMES = ("north", "south", "east")
# When those answer that answer before a failure.
ANSWERED_S = 0.05


def one_fails(night: ElectionNight, district: str, at: float = 0.1) -> OfficeError:
    """Let that office fail at that moment, long before the others answer; return its error."""
    error = OfficeError(f"{district}: no count, {secrets.token_hex(3)}")
    night.takes = dict.fromkeys(NAMES, 3.0) | night.takes | {district: at}
    night.fails[district] = error
    return error


def some_answer(night: ElectionNight, districts: Iterable[str]) -> None:
    """Let these offices answer, before any failure."""
    night.takes |= dict.fromkeys(districts, ANSWERED_S)
