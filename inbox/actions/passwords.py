"""Passwords: which will do, and how they are kept. Nobody else is asked, and none leaves this process.

They are kept by argon2id at the cost that RFC 9106 names for little memory (64 MiB, three passes).
"""

import asyncio
import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from inbox.actions.errors import Invalid

T = TypeVar("T")

LEAST = 12
MOST = 1000
_PRODUCT = "parley"
_PART = 4
"""The shortest part of a name that a password must not hold: shorter ones stand in ordinary words."""

_STRONG = 3
"""Of zxcvbn's scores 0 to 4: more than 10⁸ guesses by somebody who knows how people choose."""

_WEIGHED = 72
"""Characters of it that are weighed; the time for more grows faster than what they add."""

_AT_ONCE = 4
"""Each takes 64 MiB while it is checked: more at once could be used to fill the memory."""

_hasher = PasswordHasher()

NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$62Y895HeBLxGvlwE2mgDmA$pYZpT/h8cRewrYlpsP5SJ9altnubrQ73YMUkP58UUNA"
"""The hash of a password that was never told to anybody, at the cost of today: an address without an account
is held against it. It stands here so that not even the first such attempt takes longer."""


def objection(password: str, own: Iterable[str] = ()) -> str | None:
    """Why this password will not do for who has these names and addresses; None if it will."""
    if len(password) < LEAST:
        return f"A password needs {LEAST} characters or more."
    if len(password) > MOST:
        return f"A password may have at most {MOST:,} characters."
    parts = _parts(own)
    folded = password.casefold()
    for part in parts:
        if part in folded:
            return f"Leave out “{part}”: it is in your name, your address or ours, and would be tried first."
    return _weakness(password[:_WEIGHED], parts)


async def hashed(password: str, own: Iterable[str] = ()) -> str:
    """The argon2id hash. Raises `Invalid` if the password will not do."""
    if (wrong := await _apart(objection, password, tuple(own))) is not None:
        raise Invalid(wrong)
    return await hashed_as_it_is(password)


async def hashed_as_it_is(password: str) -> str:
    """The argon2id hash of a password that was decided on elsewhere."""
    return await _apart(_hasher.hash, password)


async def matches(known: str | None, password: str) -> bool:
    """Whether it is the password of this hash. Takes as long when there is none."""
    right = await _apart(_matches, known or NOBODYS, password[:MOST])
    return right and bool(known)


def is_outdated(known: str) -> bool:
    """Whether a hash was made at another cost than today's, so that it should be made anew."""
    return _hasher.check_needs_rehash(known)


def _matches(known: str, password: str) -> bool:
    try:
        return _hasher.verify(known, password)
    except (VerificationError, InvalidHashError):
        return False


def _parts(own: Iterable[str]) -> list[str]:
    words = {word for text in (*own, _PRODUCT) for word in re.findall(r"\w+", text.casefold())}
    return sorted(word for word in words if len(word) >= _PART and not word.isdigit())


def _weakness(password: str, parts: list[str]) -> str | None:
    from zxcvbn import zxcvbn  # its lists of words take a moment to load

    found = zxcvbn(password, user_inputs=parts)
    if found["score"] >= _STRONG:
        return None
    if any(match.get("dictionary_name") == "passwords" for match in found["sequence"]):
        return "This is close to a password that many people use, and would be tried early. Take another one."
    return "This is too easy to guess. Add a word or two that nobody would put there."


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="passwords")


async def _apart(work: Callable[..., T], *given: Any) -> T:
    """Do slow work beside the loop."""
    return await asyncio.get_running_loop().run_in_executor(_pool(), work, *given)
