"""Kata k202: async reads."""
