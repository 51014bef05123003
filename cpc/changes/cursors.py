"""Cursors of the feed: a position in the order of all events, as text that only this module reads.

A cursor is the transaction and the number of an event, with the epoch of the database and a checksum. The epoch changes
when transaction ids start over or other rows replace these: in a new server, a restored database or table, and after
a standby took over. A cursor of an earlier epoch is over, and its holder begins again.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass
from typing import Any, Self

LAYOUT = struct.Struct(">B8sQQI")
"""Version, epoch, transaction, number, and checksum of what precedes."""
VERSION = 1
LARGEST = 2**63 - 1
EPOCH = """
SELECT concat_ws(' ', s.system_identifier, c.timeline_id, d.oid, 'changes_change'::regclass::oid)
FROM pg_control_system() s, pg_control_checkpoint() c, pg_database d WHERE d.datname = current_database()
"""


class UnreadableCursor(ValueError):
    """A text that is no cursor of this feed."""


class EndedCursor(ValueError):
    """A cursor of an earlier epoch, or of events that this database does not have."""


@dataclass(frozen=True, order=True, slots=True)
class FeedPosition:
    """A position between two events: after the one with this transaction and number."""

    xid: int
    id: int

    def text(self, epoch: bytes) -> str:
        """Return the cursor."""
        whole = LAYOUT.pack(VERSION, epoch, self.xid, self.id, 0)[:-4]
        packed = whole + struct.pack(">I", binascii.crc32(whole))
        return _encoded(packed)

    @classmethod
    def read(cls, text: str, epoch: bytes) -> Self:
        """Return the position of a cursor. Raises `UnreadableCursor` and, for another epoch, `EndedCursor`."""
        try:
            packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            version, of_epoch, xid, number, checksum = LAYOUT.unpack(packed)
        except (ValueError, struct.error) as error:
            raise UnreadableCursor(text) from error
        # Base64 has several texts for the same bytes: the last character has bits that are not used.
        is_ours = version == VERSION and checksum == binascii.crc32(packed[:-4]) and text == _encoded(packed)
        if not is_ours or max(xid, number) > LARGEST:
            raise UnreadableCursor(text)
        if of_epoch != epoch:
            raise EndedCursor(text)
        return cls(xid, number)


def _encoded(packed: bytes) -> str:
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


START = FeedPosition(0, 0)
"""The position before every event."""


def epoch_of(cursor: Any) -> bytes:
    """Return the epoch of the connected database: eight bytes."""
    cursor.execute(EPOCH)
    return hashlib.sha256(cursor.fetchone()[0].encode()).digest()[:8]
