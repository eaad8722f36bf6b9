"""Memory that a model no longer needs, back to the system."""

from __future__ import annotations

import ctypes
import gc

ARENA_MAX = -8
"""M_ARENA_MAX of glibc's <malloc.h>."""
ARENAS = 2


def few_arenas() -> None:
    """Have all threads share two heaps; to be called before there are any.

    glibc gives threads heaps of their own. A model is made in whichever thread is free, and each heap keeps
    the holes that an exchanged model leaves.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):  # glibc's own
        libc.mallopt(ARENA_MAX, ARENAS)


def give_back() -> None:
    """A model is a web of cycles, and the C library keeps what it frees for itself."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):  # glibc's own
        libc.malloc_trim(0)
