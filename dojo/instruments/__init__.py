"""Instruments for async Django tests: time, blocking, concurrency and locks, judged exactly.

A pytest plugin (``-p dojo.instruments.plugin``) that imports nothing of the katas: take the folder
into another Django project and it works there. Each module is one instrument and holds its own
fixtures; ``docs/instruments.md`` shows every fixture with an example.
"""
