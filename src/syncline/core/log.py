"""The log's rows: who, what, where, when. Never the content."""

import msgspec

from syncline.core.ids import Id, Nr, Seq, ZoneId
from syncline.core.kinds import Act, Kind


class Change(msgspec.Struct, frozen=True, gc=False):
    """One row of the log.

    `object` names the entry, object, conversation (of a subscription) or zone (of a grant) concerned;
    `work` is the seq of the last change of the same work, where a page may be cut; `at` is milliseconds
    since 1970 by the server's clock and orders nothing.
    """

    seq: Seq
    zone: ZoneId
    kind: Kind
    object: Id
    act: Act
    nr: Nr | None
    actor: Id | None
    at: int
    work: Seq
