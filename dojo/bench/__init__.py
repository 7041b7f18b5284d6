"""Measurements of the dojo itself: ``python -m dojo.bench NAME``, one module each."""
