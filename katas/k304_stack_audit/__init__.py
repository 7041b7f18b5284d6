"""Kata k304: stack audit."""
