"""Where jobs are executed: in threads here, or by an executor of `concurrent.futures` by name."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

from dojo.model import DojoError, ExitCode

DASK = "dask"
T = TypeVar("T")


def named(name: str) -> Callable[[], Executor]:
    """Return what makes the executor called *name*.

    Args:
        name: ``dask`` for a cluster on this machine, ``dask:ADDRESS`` for one whose scheduler is
            there, or ``module:callable``, which is called without arguments.

    Raises:
        DojoError: There is no such thing.
    """
    first, _, rest = name.partition(":")
    if first == DASK:
        return lambda: dask(rest)
    try:
        made = getattr(importlib.import_module(first), rest)
    except (ImportError, AttributeError, ValueError) as error:
        raise DojoError(
            f"--executor {name}: {error}.\n"
            "Use `dask`, `dask:tcp://HOST:PORT`, or `module:callable` of something that can be "
            "imported and makes a `concurrent.futures` executor.",
            code=ExitCode.USAGE,
        ) from None
    if not callable(made):
        raise DojoError(f"--executor {name}: this can't be called.", code=ExitCode.USAGE)
    return made  # type: ignore[no-any-return]


class OnDask(Executor):
    """Executes on a client of Dask, which ends with it, and so does a cluster that it has started.

    What a lost worker had in hand, Dask gives to another. Its own executor is not enough: it knows
    no ``cancel_futures``, and leaves its client open.
    https://distributed.dask.org/en/stable/api.html#distributed.Client.get_executor
    """

    def __init__(self, client: Any) -> None:
        self.client = client
        # A job is judged once, even where the same one is handed in again.
        self.jobs = client.get_executor(pure=False)

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """See `concurrent.futures.Executor.submit`."""
        return self.jobs.submit(fn, *args, **kwargs)  # type: ignore[no-any-return]

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """See `concurrent.futures.Executor.shutdown`."""
        self.jobs.shutdown(wait=wait and not cancel_futures)
        self.client.close()


def dask(address: str) -> OnDask:
    """Return an executor on a scheduler of Dask."""
    try:
        from distributed import Client
    except ImportError:
        raise DojoError(
            "Dask is not installed.\n"
            "`pip install -e '.[dask]'` installs it, here and wherever its workers run.",
            code=ExitCode.USAGE,
        ) from None
    try:
        return OnDask(Client(address) if address else Client(dashboard_address=None))
    except (OSError, ValueError) as error:
        raise DojoError(
            f"--executor dask:{address}: no scheduler answers there: {error}.\n"
            "`dask scheduler` starts one, and prints its address.",
            code=ExitCode.USAGE,
        ) from None
