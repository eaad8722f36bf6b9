"""From one event to many pages: it is written once, and put into every page's queue without a task for each.

Socket.IO's own manager begins a task for every page and event. With fifty agents and two hundred messages a
second these are ten thousand tasks, which cost more than what they do.
"""

import asyncio
import time
from typing import Any

from engineio.packet import MESSAGE
from engineio.packet import Packet as Frame
from socketio.async_manager import AsyncManager
from socketio.packet import EVENT


class Passing(AsyncManager):  # type: ignore[misc]
    """Socket.IO's client manager, which passes an event on to a room in one go."""

    async def emit(
        self,
        event: str,
        data: Any,
        namespace: str,
        room: Any = None,
        skip_sid: Any = None,
        callback: Any = None,
        to: Any = None,
        **more: Any,
    ) -> None:
        """As Socket.IO's own. Only a page that has not answered its ping, and is to be closed, is waited for.

        What several events put into a page's queue before its writer runs leaves in one write.
        """
        room = to or room
        if callback is not None:
            more |= {"skip_sid": skip_sid, "callback": callback}
            await super().emit(event, data, namespace, room=room, **more)
            return
        if namespace not in self.rooms:
            return
        skipped = skip_sid if isinstance(skip_sid, list) else [skip_sid]
        frames = self._frames(event, data, namespace)
        sockets = self.server.eio.sockets
        latest = time.time() - self.server.eio.ping_timeout
        late = []
        for page, connection in self.get_participants(namespace, room):
            socket = sockets.get(connection)
            if page in skipped or socket is None or socket.closed:
                continue
            if socket.last_ping and socket.last_ping < latest:
                late += [asyncio.create_task(socket.send(frame)) for frame in frames]
                continue
            for frame in frames:
                socket.queue.put_nowait(frame)
        if late:
            await asyncio.wait(late)

    async def send_away(self, room: str, namespace: str) -> None:
        """Close the connections of all pages in a room; they come back by themselves, and rightly placed."""
        if namespace in self.rooms:
            for page, _ in list(self.get_participants(namespace, room)):
                await self.server.disconnect(page, namespace=namespace, ignore_queue=True)

    def _frames(self, event: str, data: Any, namespace: str) -> list[Frame]:
        """What goes over the wire, encoded once for all."""
        given = list(data) if isinstance(data, tuple) else [] if data is None else [data]
        encoded = self.server.packet_class(EVENT, namespace=namespace, data=[event, *given]).encode()
        return [Frame(MESSAGE, part) for part in (encoded if isinstance(encoded, list) else [encoded])]
