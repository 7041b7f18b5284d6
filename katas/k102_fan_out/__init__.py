"""Kata k102: fan out."""
