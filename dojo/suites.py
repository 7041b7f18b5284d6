"""Pytest plugin that ties the suite in ``tests/<kata>`` to its kata (placeholder, being written)."""
