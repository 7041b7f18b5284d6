"""Kata k405: no-deadlock bridge."""
