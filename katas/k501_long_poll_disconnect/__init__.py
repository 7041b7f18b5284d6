"""Kata k501: long poll and disconnect."""
