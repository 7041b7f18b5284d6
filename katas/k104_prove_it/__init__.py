"""Kata k104: prove it."""
