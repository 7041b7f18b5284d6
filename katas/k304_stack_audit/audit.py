"""An audit: what is async, what Django adapts, what runs where.

Edit this file; the brief is in README.md.
"""

from collections.abc import Sequence

from katas.k304_stack_audit.reports import Kind, Observation
from katas.k304_stack_audit.servers import Serve


def audit(urlconf: str) -> dict[str, Kind]:
    """Return for each endpoint of *urlconf* what Django takes its view for.

    TODO (task 1).

    Args:
        urlconf: The dotted name of a module with `urlpatterns`, as in ``ROOT_URLCONF``.

    Returns:
        Route -> kind. A route is what stands in `path()` or `re_path()`, behind the routes of all
        the `include()` around it: ``"desks/<slug:desk>/stories/"``; of one route twice the first
        counts. Kind is "async" if Django awaits the view itself, "sync" if it does not. No view is
        called.
    """
    raise NotImplementedError("task 1: tell async from sync endpoints")


def adapted(stack: Sequence[str]) -> list[str]:
    """Return the middleware for which Django adapts a handler when it loads *stack* under ASGI.

    TODO (task 2).

    Args:
        stack: Dotted names of middleware, the outermost first, as in ``MIDDLEWARE``.

    Returns:
        Their dotted names, in the order in which Django logs them: from the view outwards. Empty if
        nothing is adapted.

    Raises:
        Exception: What loading the stack raises. Settings and loggers are restored all the same.
    """
    raise NotImplementedError("task 2: read what Django adapts")


def observe(serve: Serve, requests: int) -> Observation:
    """Send *requests* requests, one after the other, to an async view and report where they ran.

    TODO (task 3).

    Args:
        serve: A server, see servers.py; which one is not known.
        requests: How many requests to send.
    """
    raise NotImplementedError("task 3: watch where requests run")


def lags(serve: Serve, pauses: Sequence[float]) -> list[float]:
    """Let an async generator stream one part per pause and report how late each part arrives.

    TODO (task 4).

    Args:
        serve: A server, see servers.py; which one is not known.
        pauses: Seconds to sleep before each part is made.

    Returns:
        For each part, the seconds from when it is made to when it arrives, by a clock of `time`.
    """
    raise NotImplementedError("task 4: time a stream")
