"""The welcome: a support contact, and a first conversation with everybody who comes with a chat client."""

from syncline.services.welcome.service import Welcome
from syncline.services.welcome.support import support_account

__all__ = ["Welcome", "support_account"]
