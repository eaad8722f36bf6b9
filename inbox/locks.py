"""A password's lock on the pieces of an archive.

The key is made of the password by scrypt (RFC 7914) with a salt of the archive's own; each piece is sealed by
AES-256-GCM under a nonce of its own, bound to the archive and the piece's name, so that pieces cannot change
places. Without the password nothing of a piece is read, and a changed piece does not open.
"""

import os

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

_NONCE = 12
_PROOF = "proof"
_MOST_MEMORY = 1 << 30
"""Bytes that a lock may ask for, which are 128 r n (RFC 7914): an archive is believed only so far."""

_MOST_ROUNDS = 16

LEAST = 12
"""How many characters a password must have."""


class WrongPassword(ValueError):
    """The password opens nothing, or what it should open was changed."""


class Lock(msgspec.Struct, frozen=True, kw_only=True):
    """What is needed beside the password; no secret."""

    salt: str
    n: int = 1 << 17
    r: int = 8
    p: int = 1
    proof: str
    """A sealed nothing: what opens it is the password."""


class Key:
    """What a password gave for one lock."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESGCM(secret)

    def seal(self, data: bytes, about: str) -> bytes:
        """`data` for nobody else; it opens again only as `about`."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, data, about.encode())

    def open(self, sealed: bytes, about: str) -> bytes:
        """What was sealed. Raises `WrongPassword`."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode())
        except (InvalidTag, ValueError) as error:
            raise WrongPassword("The password is wrong, or the archive was changed.") from error


def lock_with(password: str) -> tuple[Lock, Key]:
    """A new lock, and its key."""
    salt = os.urandom(16).hex()
    bare = Lock(salt=salt, proof="")
    key = _key(bare, password)
    return msgspec.structs.replace(bare, proof=key.seal(b"", _PROOF).hex()), key


def unlock(lock: Lock, password: str) -> Key:
    """The key of a lock. Raises `WrongPassword`, also for a lock that is none or asks for too much."""
    if min(lock.n, lock.r, lock.p) < 1 or 128 * lock.r * lock.n > _MOST_MEMORY or lock.p > _MOST_ROUNDS:
        raise WrongPassword("The archive's lock asks for more than is allowed.")
    try:
        key, proof = _key(lock, password), bytes.fromhex(lock.proof)
    except ValueError as error:
        raise WrongPassword("The archive's lock cannot be read.") from error
    key.open(proof, _PROOF)
    return key


def _key(lock: Lock, password: str) -> Key:
    made = Scrypt(salt=bytes.fromhex(lock.salt), length=32, n=lock.n, r=lock.r, p=lock.p)
    return Key(made.derive(password.encode()))
