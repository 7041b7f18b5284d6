"""Wiring alone: pyproject.toml names the plugins, so that they load before any kata."""
