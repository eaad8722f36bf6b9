"""The live side: Socket.IO for agents and for visitors. See `docs/live-protocol.md`.

Sockets are hints, the store is truth: nothing is said here that cannot be asked again.
"""

from inbox.live.server import Live

__all__ = ["Live"]
