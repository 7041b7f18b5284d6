"""Kata k502: a dashboard with a deadline."""
