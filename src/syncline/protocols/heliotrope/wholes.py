"""A whole mail, read from its raw bytes. Large ones are read in another process, so this loads little."""

from typing import Final

import msgspec

from syncline.gateways.mime.opening import Leaf, open_mail
from syncline.protocols.heliotrope.shapes import OtherPart, TextPart, Whole

PIECE: Final = 1 << 18
"""bytes: what is sent at once, so that nobody has to cut it again"""


def whole(
    raw: bytes,
    prefer: str,
    cc: tuple[str, ...],
    bcc: tuple[str, ...],
    refs: tuple[str, ...],
    message_id: str,
) -> list[bytes]:
    """The keys that a whole message has beyond its short form: an encoded object without its braces."""
    mail = open_mail(raw)
    shape = Whole(
        cc=cc,
        bcc=bcc,
        refs=refs,
        parts=tuple(_part(leaf) for leaf in mail.leaves(prefer)),
        reply_to=mail.reply_to,
        recipient_email=mail.recipient_email,
        list_post=mail.list_post,
        list_subscribe=mail.list_subscribe,
        list_unsubscribe=mail.list_unsubscribe,
        email_message_id=message_id,
    )
    encoded = msgspec.json.encode(shape)
    end = len(encoded) - 1
    return [encoded[at : min(at + PIECE, end)] for at in range(1, end, PIECE)]


def _part(leaf: Leaf) -> TextPart | OtherPart:
    if leaf.is_text:
        return TextPart(leaf.type, leaf.filename, leaf.cid, leaf.text)
    return OtherPart(leaf.type, leaf.filename, leaf.cid, leaf.size)
