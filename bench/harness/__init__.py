"""What all benchmark scripts share: pinned processes, load, waiting clients, seeded stores, one table."""
