"""Kata k101: your first async view."""
