"""Kata k404: a bridge to a legacy SDK."""
