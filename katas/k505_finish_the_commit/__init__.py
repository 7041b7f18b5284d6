"""Kata k505: finish the commit."""
