"""Where jobs are executed: in threads here, or by an executor of `concurrent.futures` by name."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from concurrent.futures import Executor

from dojo.model import DojoError, ExitCode

DASK = "dask"


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


def dask(address: str) -> Executor:
    """Return an executor on a scheduler of Dask.

    https://distributed.dask.org/en/stable/api.html#distributed.Client.get_executor
    """
    try:
        from distributed import Client
    except ImportError:
        raise DojoError(
            "Dask is not installed.\n"
            "`pip install -e '.[dask]'` installs it, here and wherever its workers run.",
            code=ExitCode.USAGE,
        ) from None
    try:
        client = Client(address) if address else Client()
    except (OSError, ValueError) as error:
        raise DojoError(
            f"--executor dask:{address}: no scheduler answers there: {error}.\n"
            "`dask scheduler` starts one, and prints its address.",
            code=ExitCode.USAGE,
        ) from None
    # A job is judged once, even where the same one is handed in again.
    return client.get_executor(pure=False, retries=1)  # type: ignore[no-any-return]
