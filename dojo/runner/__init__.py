"""A child pytest runs one kata's suite and hands back results; the parent never imports answers."""

from dojo.runner.cold import run, stop

__all__ = ["run", "stop"]
