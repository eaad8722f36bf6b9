"""The inbox's way to the bot: one turn in, one answer out, over HTTP on loopback.

The wire format is in `bot/README.md`.
"""

from inbox_channel.channel import InboxChannel

__all__ = ["InboxChannel"]
