"""Kata k303: request id in context."""
