"""Kits that ship: whoever writes a store or a protocol proves with them that it keeps the promises.

They need pytest and pytest-asyncio (`asyncio_mode = "auto"`), which Syncline itself does not.
"""

import pytest

# before the kits are imported: else their asserts say no more than that they failed
pytest.register_assert_rewrite("syncline.testing.store")
