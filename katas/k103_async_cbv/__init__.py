"""Kata k103: async class-based views."""
