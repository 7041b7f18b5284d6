"""Migrations of this kata."""
