"""What an id of a request is. Given: this is task 1 of k303."""

import re
import uuid

HEADER = "X-Request-ID"

_WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{1,64}")


def choose_id(brought: str | None) -> str:
    """Return the id that a request has brought if it is well-formed, otherwise a new one."""
    if brought is not None and _WELL_FORMED.fullmatch(brought):
        return brought
    return uuid.uuid4().hex
