"""Kata k402: the last ticket."""
