"""Writing what an account set for Fleep's clients."""

from collections.abc import Callable

import msgspec

from syncline.core.ids import Id
from syncline.protocols.fleep.contacting import PREFERENCES, preferences_of
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.records.contact import Preferences
from syncline.services.settings import put_setting
from syncline.store.contract import Tx


async def change_preferences(
    fleep: Fleep, account: Id, change: Callable[[Preferences], Preferences]
) -> Preferences:
    """Change an account's preferences; what changes nothing is not written. Raises TooLarge."""

    async def work(tx: Tx) -> Preferences:
        known = await preferences_of(tx, account)
        changed = change(known)
        if changed != known:
            await put_setting(tx, account, PREFERENCES, msgspec.json.encode(changed))
        return changed

    return (await fleep.store.write(work)).value
