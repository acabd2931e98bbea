"""What tells what has grown from what is another."""

from __future__ import annotations


class Lineage:
    """What a series shares with what it grows into: the points of the one are the first of the other's. So do
    the lines of a file's logs."""
