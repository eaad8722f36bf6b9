"""Ports: free ones, taken ones, and who has those."""

import os
import socket

from inbox.machine.ports import free_port, holder, is_free


def test_a_listening_port_is_taken_and_its_holder_known() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not is_free(port)
        named = holder(port)
        assert named is not None
        assert named.endswith(f"(process {os.getpid()})")
    assert is_free(port)
    assert holder(port) is None


def test_the_wished_port_is_given_if_it_is_free() -> None:
    wish = free_port()
    assert free_port(wish) == wish
    with socket.create_server(("127.0.0.1", wish)):
        assert free_port(wish) != wish
