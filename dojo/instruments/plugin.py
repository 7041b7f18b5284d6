"""The instruments as one pytest plugin: each module listed here brings its own fixtures and hooks."""

pytest_plugins: list[str] = []
