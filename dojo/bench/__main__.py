"""Run the benchmark that is named first, with the arguments that follow."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import dojo.bench
from dojo.model import ExitCode


def main() -> int:
    """Dispatch to ``dojo.bench.<name>.main``."""
    names = sorted(
        module.name
        for module in pkgutil.iter_modules(dojo.bench.__path__)
        if not module.name.startswith("_")
    )
    if len(sys.argv) < 2 or sys.argv[1] not in names:
        sys.stderr.write(f"usage: python -m dojo.bench {{{','.join(names)}}} [options]\n")
        return ExitCode.USAGE
    status: int = importlib.import_module(f"dojo.bench.{sys.argv[1]}").main(sys.argv[2:])
    return status


if __name__ == "__main__":
    sys.exit(main())
