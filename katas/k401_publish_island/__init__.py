"""Kata k401: publish island."""
