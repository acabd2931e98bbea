"""Bytes → points: event files found, framed, verified and decoded.

Read in this order: `storage` (where files lie), with `storage_remote` and `storage_retry` (behind a network);
`discovery` (which of them belong to which run), `framing` (records in bytes, and what to do where they are
damaged), `said`, `arguments`, `lines`, `points`, `pieces`, `own` and `decode` (events to columns), `window`
(a piece of a file), `tail` (a file that grows), with `large` (records too long for memory); `together` (many
of them); `payloads` (summaries of more than numbers) and `texts` (lines of logs), read when they are asked
for. Then what makes it fast: `bulk` (the trick, in five steps), with `boundaries`, `rows`, `template` and
`crc`.
"""

from tensorboard_candles.events.arguments import Argument, Arguments
from tensorboard_candles.events.bulk import BulkDecoder
from tensorboard_candles.events.discovery import LogRoot, RunFiles, discover, log_roots
from tensorboard_candles.events.framing import Damage
from tensorboard_candles.events.lines import LineArray, Lines
from tensorboard_candles.events.own import OwnRecord, RecordAt
from tensorboard_candles.events.payloads import Payload, images_of, payload_in, payload_of
from tensorboard_candles.events.points import Points, Segment, SessionStart
from tensorboard_candles.events.said import Said, TagInfo
from tensorboard_candles.events.storage import LogPath
from tensorboard_candles.events.tail import EventFile, Window
from tensorboard_candles.events.texts import texts_of
from tensorboard_candles.events.together import Stopped, read_together

__all__ = [
    "Argument",
    "Arguments",
    "BulkDecoder",
    "Damage",
    "EventFile",
    "LineArray",
    "Lines",
    "LogPath",
    "LogRoot",
    "OwnRecord",
    "Payload",
    "Points",
    "RecordAt",
    "RunFiles",
    "Said",
    "Segment",
    "SessionStart",
    "Stopped",
    "TagInfo",
    "Window",
    "discover",
    "images_of",
    "log_roots",
    "payload_in",
    "payload_of",
    "read_together",
    "texts_of",
]
