"""Kata k403: after the commit."""
