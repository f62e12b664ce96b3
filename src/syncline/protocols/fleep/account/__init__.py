"""The calls `account/…`: signing in, registering, configuring, looking others up."""

from typing import Final

from syncline.protocols.fleep.account import (
    configuring,
    ending,
    looking_up,
    notifying,
    registering,
    resetting,
    signing_in,
    syncing,
    talking,
)

CALLS: Final = (
    *signing_in.CALLS,
    *registering.CALLS,
    *resetting.CALLS,
    *configuring.CALLS,
    *notifying.CALLS,
    *looking_up.CALLS,
    *talking.CALLS,
    *syncing.CALLS,
    *ending.CALLS,
)
