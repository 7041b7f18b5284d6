"""Kata k203: no N+1."""
