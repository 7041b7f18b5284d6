"""Migrations of the newsroom."""
