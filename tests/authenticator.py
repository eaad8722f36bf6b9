"""A passkey's device in a test: it makes keys and signs as a real one does, and lies where it is told to."""

import hashlib
import json
import secrets
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url as in_base64

Json = dict[str, Any]

_PRESENT, _VERIFIED, _WITH_KEY = 1, 4, 64


class Authenticator:
    """One device with one key pair. What is said otherwise than it is, is a lie of a test's."""

    def __init__(self, origin: str, host: str) -> None:
        self.origin, self.host = origin, host
        self.id = secrets.token_bytes(16)
        self.count = 0
        self._key = ec.generate_private_key(ec.SECP256R1())

    def make(self, challenge: str, **lies: Any) -> Json:
        """The answer to `navigator.credentials.create`."""
        point = self._key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        key = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(public)
        data = self._data(_WITH_KEY, **lies) + key
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", challenge, **lies)
        return self._credential(clientDataJSON=client, attestationObject=attested)

    def sign(self, challenge: str, **lies: Any) -> Json:
        """The answer to `navigator.credentials.get`."""
        self.count += 1
        data, client = self._data(0, **lies), self._client("webauthn.get", challenge, **lies)
        signed = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._credential(clientDataJSON=client, authenticatorData=data, signature=signed)

    def _client(self, kind: str, challenge: str, origin: str = "", type: str = "", **_: Any) -> bytes:
        said = {"type": type or kind, "challenge": challenge, "origin": origin or self.origin}
        return json.dumps({**said, "crossOrigin": False}).encode()

    def _data(
        self, more: int, host: str = "", count: int | None = None, verified: bool = True, **_: Any
    ) -> bytes:
        flags = _PRESENT | (_VERIFIED if verified else 0) | more
        number = self.count if count is None else count
        return (
            hashlib.sha256((host or self.host).encode()).digest() + bytes([flags]) + number.to_bytes(4, "big")
        )

    def _credential(self, **response: bytes) -> Json:
        own = in_base64(self.id)
        packed = {name: in_base64(value) for name, value in response.items()}
        return {"id": own, "rawId": own, "type": "public-key", "response": packed}
