"""The dojo: tooling around the katas."""

__version__ = "0.1.0"
