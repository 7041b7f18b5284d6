"""Kata k701: async report."""
