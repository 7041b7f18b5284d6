"""Kata k601: a CSV file in a stream."""
