"""Kata k504: bounded fan-out."""
