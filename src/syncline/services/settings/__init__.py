"""Documents of the account that protocols keep: push rules, client settings, filters, flags."""

from syncline.services.settings.settings import (
    LARGEST,
    Setting,
    Settings,
    drop_setting,
    put_setting,
    read_setting,
    setting,
    setting_key,
)

__all__ = [
    "LARGEST",
    "Setting",
    "Settings",
    "drop_setting",
    "put_setting",
    "read_setting",
    "setting",
    "setting_key",
]
