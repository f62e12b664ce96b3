"""The protocols: requests become commands, deltas become answers. None imports another."""
