"""Kata k606: stampede cache."""
