"""Kata k605: the gate."""
