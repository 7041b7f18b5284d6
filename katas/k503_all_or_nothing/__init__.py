"""Kata k503: all or nothing."""
