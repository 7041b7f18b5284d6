"""Kata k602: live feed by server-sent events."""
