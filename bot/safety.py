"""What the bot's process may do: as little as it needs."""

from __future__ import annotations

import ctypes
import ipaddress
import logging
import os
import resource
import sys
from collections.abc import Mapping

PR_SET_NO_NEW_PRIVS = 38
"""prctl(2): nothing that this process starts can gain rights that it does not have itself."""

log = logging.getLogger("parley.safety")


def check_door(host: str, env: Mapping[str, str] = os.environ) -> None:
    """Raise ValueError unless only this machine can knock, or somebody has asked for more."""
    if host == "localhost" or env.get("PARLEY_BOT_BEYOND_LOOPBACK") == "yes":
        return
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise ValueError(
            f"PARLEY_BOT_HOST={host} would let other machines in. If a wall of yours stands before it, "
            "set PARLEY_BOT_BEYOND_LOOPBACK=yes."
        )


def become_harmless() -> None:
    """Gain no rights from here on, and leave no customers' words in a core dump."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.geteuid() == 0:
        log.warning("The bot runs as root. It needs no rights: run it as a user of its own.")
