"""Kata k301: dual-mode timing."""
