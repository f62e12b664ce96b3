"""The store: one ordered log, its contract, the draft that works write into, and the group commit."""
