"""An agency for each test."""

import pytest

from tests.k404_legacy_sdk_bridge.agency import Agency


@pytest.fixture
async def agency() -> Agency:
    """Stand behind the bridges that a test makes."""
    return Agency()
