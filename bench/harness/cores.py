"""Which core does what: the server on one, everything else on the other."""

import os
import resource


def cores() -> tuple[int, int]:
    """The server's core and the load's core; the same one where the machine gives us only one."""
    if not hasattr(os, "sched_getaffinity"):
        return (0, 0)
    allowed = sorted(os.sched_getaffinity(0))
    return (allowed[0], allowed[1] if len(allowed) > 1 else allowed[0])


SERVER_CORE, LOAD_CORE = cores()
"""Decided once, before anything is pinned: a pinned process sees one core only."""


def crowded() -> str | None:
    """A sentence for the table where server and load have to share one core, else None."""
    if SERVER_CORE != LOAD_CORE:
        return None
    return "One core only, or no pinning: server and load share it, so wall times are worth little here."


def pin(core: int) -> None:
    """Keep the calling process (and what it starts) on one core, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})


def raise_open_files() -> int:
    """Raise the soft limit of open files to the hard one; returns it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard
