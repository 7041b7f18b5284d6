"""Kata k603: slow consumer."""
