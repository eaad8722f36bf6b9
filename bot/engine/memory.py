"""Memory that a model no longer needs, back to the system."""

from __future__ import annotations

import ctypes
import gc

ARENA_MAX, MMAP_THRESHOLD = -8, -3
"""M_ARENA_MAX and M_MMAP_THRESHOLD of glibc's <malloc.h>."""
ARENAS = 2
APART = 1 << 18
"""Bytes from which on a piece of memory is the system's own, and back there as soon as it is free."""


def keep_tidy() -> None:
    """Have all threads share two heaps, and no large pieces in them; to be called before there are any.

    glibc gives threads heaps of their own. A model is made in whichever thread is free, and each heap keeps
    the holes that an exchanged model leaves. And once a large piece was given back, glibc takes the next
    ones, up to 32 MB, from the heap, where whatever stands behind them keeps their place.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):  # glibc's own
        libc.mallopt(ARENA_MAX, ARENAS)
        libc.mallopt(MMAP_THRESHOLD, APART)


def give_back() -> None:
    """A model is a web of cycles, and the C library keeps what it frees for itself."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):  # glibc's own
        libc.malloc_trim(0)
