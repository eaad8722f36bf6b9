"""Secrets at rest, tokens for visitors, and names for things that must not be guessed."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

_SEALED = "sealed:"


class Unsealable(Exception):
    """A secret was sealed with another key than PARLEY_SECRET_KEY."""


def derived(secret: str, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose, derived from the secret key by HMAC-SHA256."""
    return hmac.digest(secret.encode(), f"parley:{purpose}".encode(), "sha256")


class Vault:
    """Seals what must not be readable in the store: Fernet, AES-128-CBC with HMAC-SHA256."""

    def __init__(self, secret: str) -> None:
        self._fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(derived(secret, "vault")))])

    def seal(self, value: str) -> str:
        """The value encrypted, marked as such. What is sealed already stays as it is."""
        if value.startswith(_SEALED):
            return value
        return _SEALED + self._fernet.encrypt(value.encode()).decode()

    def open(self, value: str) -> str:
        """The value in clear; what was never sealed comes back as it is. Raises `Unsealable`."""
        if not value.startswith(_SEALED):
            return value
        try:
            return self._fernet.decrypt(value.removeprefix(_SEALED).encode()).decode()
        except InvalidToken as error:
            raise Unsealable("PARLEY_SECRET_KEY is not the one that this was sealed with.") from error

    def open_all(self, settings: Mapping[str, str]) -> dict[str, str]:
        """All settings in clear."""
        return {name: self.open(value) for name, value in settings.items()}


class VisitorTokens:
    """Web chat visitors know themselves by a token: their id, the channel, and our signature over both."""

    def __init__(self, secret: str, key: bytes | None = None) -> None:
        """`key` is the one that a former secret key left, under which visitors are known."""
        self._key = key or derived(secret, "visitors")

    def issue(self, channel_id: str) -> tuple[str, str]:
        """A new visitor's id and token."""
        visitor = secrets.token_hex(12)
        return visitor, f"{visitor}.{self._sign(visitor, channel_id)}"

    def of_user(self, channel_id: str, user_id: str) -> str:
        """The visitor's id of a user whom the channel's site has identified; nobody else has it."""
        return "u" + hmac.digest(self._key, _bytes(f"user\n{channel_id}\n{user_id}"), "sha256").hex()[:32]

    def visitor(self, token: str, channel_id: str) -> str | None:
        """Whose token it is, None if it is not one of ours for this channel."""
        visitor, _, signature = token.partition(".")
        good = self._sign(visitor, channel_id)
        return visitor if visitor and are_same(signature, good) else None

    def _sign(self, visitor: str, channel_id: str) -> str:
        digest = hmac.digest(self._key, _bytes(f"{channel_id}\n{visitor}"), "sha256")
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class FileLinks:
    """Addresses by which one file can be had without signing in, until a time that is signed with it."""

    def __init__(self, secret: str, public_url: str, key: bytes | None = None) -> None:
        """`key` is the one that a former secret key left, by which addresses on their way are signed."""
        self._key = key or derived(secret, "files")
        self._public_url = public_url

    def path(self, file_id: str, name: str, until: datetime) -> str:
        """The file's address on this site, good until then."""
        return f"/files/{file_id}/{self.ticket(file_id, until)}/{quote(name or 'file', safe='')}"

    def url(self, file_id: str, name: str, until: datetime) -> str:
        """The file's address for the whole world, good until then."""
        return self._public_url + self.path(file_id, name, until)

    def ticket(self, subject: str, until: datetime) -> str:
        """Proof that we allow `subject`, a file or whoever else, until then."""
        expires = int(until.timestamp())
        return f"{expires}.{self._sign(subject, expires)}"

    def is_good(self, subject: str, ticket: str, now: datetime) -> bool:
        """Whether we gave this ticket for this subject and it still holds."""
        expires, _, signature = ticket.partition(".")
        if not (expires.isascii() and expires.isdigit() and len(expires) < 12):
            return False
        return are_same(signature, self._sign(subject, int(expires))) and now.timestamp() < int(expires)

    def _sign(self, subject: str, expires: int) -> str:
        digest = hmac.digest(self._key, _bytes(f"{subject}\n{expires}"), "sha256")
        return base64.urlsafe_b64encode(digest[:24]).decode()


def new_secret() -> str:
    """256 random bits, fit for a cookie or a header."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What the store keeps of a session or token: SHA-256 in hexadecimal."""
    return hashlib.sha256(_bytes(secret)).hexdigest()


def are_same(given: str, known: str) -> bool:
    """Whether two secrets are the same, in a time that does not tell how far they are."""
    return hmac.compare_digest(_bytes(given), _bytes(known))


def _bytes(given: str) -> bytes:
    """What a header held may be no UTF-8; it is no secret of ours then, and no error either."""
    return given.encode("utf-8", "surrogatepass")
