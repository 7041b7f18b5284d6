"""Kata k506: background work."""
