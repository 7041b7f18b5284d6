"""Kata k302: modernise the stack."""
