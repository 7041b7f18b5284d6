"""Kata k604: release the connection."""
