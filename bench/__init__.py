"""Benchmarks: one script a question, each beside the floor of the bare server in the same run.

`python -m bench` runs them all, `python -m bench.polls` one; every script takes `--smoke` for a tiny run
that only proves that the script works. `docs/benchmarks.md` says how to read the tables.
"""
