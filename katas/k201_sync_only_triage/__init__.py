"""Kata k201: sync-only triage."""
