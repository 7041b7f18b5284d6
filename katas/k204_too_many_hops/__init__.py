"""Kata k204: too many hops."""
