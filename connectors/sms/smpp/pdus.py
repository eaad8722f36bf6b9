"""Protocol data units: octets to values and back. SMPP 3.4, sections 3.2 and 4.

A table says what each command's body holds, so reading and writing cannot part ways. Reading is tolerant
where SMSCs are sloppy and harmless (an error response without a body, an identifier without its NUL, a
broken parameter after a sound message); it raises `Malformed` where going on would mean guessing.
"""

from collections.abc import Mapping
from struct import Struct
from typing import Any

import msgspec

from connectors.sms.smpp.commands import (
    DESTINATIONS,
    LAYOUTS,
    MESSAGE,
    OCTET,
    RESPONSE,
    TEXT,
    Command,
)

LARGEST = 72 * 1024
"""Octets of the longest PDU that is read: a whole `message_payload` of 64 KiB and room for the rest."""

_HEADER = Struct(">IIII")
HEADER_OCTETS = _HEADER.size
_PARAMETER = Struct(">HH")

Fields = Mapping[str, Any]


class Malformed(ValueError):
    """The octets are no PDU that we can read. `status` is the `command_status` that says so."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


INVALID_MESSAGE_LENGTH, INVALID_COMMAND_LENGTH = 0x01, 0x02


class Pdu(msgspec.Struct, frozen=True, kw_only=True):
    """One PDU. Text fields are `str` (each octet a character), `short_message` is `bytes`."""

    command: int
    sequence: int = 0
    status: int = 0
    fields: Fields = {}
    """By the standard's names. What is left out is written as zero or empty."""
    parameters: tuple[tuple[int, bytes], ...] = ()
    """Optional parameters in their order: tag and value."""
    rest: bytes = b""
    """What stood at the end and is no whole parameter."""

    @property
    def is_response(self) -> bool:
        """Whether it answers a request; `generic_nack` does."""
        return bool(self.command & RESPONSE)

    @property
    def name(self) -> str:
        """The command's name as the standard writes it, its number if it is none of ours."""
        known = {each.value: each.name.lower() for each in Command}
        if self.command in known:
            return known[self.command]
        request = known.get(self.command & ~RESPONSE)
        return f"{request}_resp" if request and self.is_response else f"command {self.command:#x}"

    def parameter(self, tag: int) -> bytes | None:
        """The value of the first such parameter, None if there is none."""
        return next((value for each, value in self.parameters if each == tag), None)

    def number(self, tag: int) -> int | None:
        """The value of a parameter that holds a number, of whatever width it came in."""
        value = self.parameter(tag)
        return int.from_bytes(value, "big") if value else None

    def encode(self) -> bytes:
        """The octets. Raises `ValueError` when a field cannot be written."""
        layout = LAYOUTS.get(self.command)
        if layout is None:
            body = bytes(self.fields.get("body", b""))
        elif self.status and self.is_response and not self.fields:
            body = b""  # 4.4.2: the body is not returned if the status is not zero
        else:
            body = b"".join(_write(name, kind, self.fields.get(name)) for name, kind in layout)
        for tag, value in self.parameters:
            body += _PARAMETER.pack(tag, len(value)) + value
        body += self.rest
        return _HEADER.pack(HEADER_OCTETS + len(body), self.command, self.status, self.sequence) + body


def length_of(octets: bytes) -> int:
    """How long the PDU is that begins with these four octets or more. Raises `Malformed`."""
    length = int.from_bytes(octets[:4], "big")
    if not HEADER_OCTETS <= length <= LARGEST:
        raise Malformed(f"A PDU of {length} octets was announced.", INVALID_COMMAND_LENGTH)
    return length


def header_of(octets: bytes) -> Pdu:
    """The PDU without its body: enough to answer what cannot be read. `octets` are 16 or more."""
    _, command, status, sequence = _HEADER.unpack_from(octets)
    return Pdu(command=command, status=status, sequence=sequence)


def decode(octets: bytes) -> Pdu:
    """The PDU in `octets`, which are as many as its header says. Raises `Malformed`."""
    if len(octets) < HEADER_OCTETS:
        raise Malformed("A PDU has 16 octets or more.", INVALID_COMMAND_LENGTH)
    if length_of(octets) != len(octets):
        raise Malformed("The PDU has another length than it says.", INVALID_COMMAND_LENGTH)
    head = header_of(octets)
    layout = LAYOUTS.get(head.command)
    if layout is None:
        return msgspec.structs.replace(head, fields={"body": octets[HEADER_OCTETS:]})
    body = _Body(octets[HEADER_OCTETS:], lenient=head.is_response)
    fields = {name: body.read(kind) for name, kind in layout} if body.left or not head.is_response else {}
    parameters = tuple(body.parameters())
    return msgspec.structs.replace(head, fields=fields, parameters=parameters, rest=body.rest())


class _Body:
    """Octets that are read from the front. `lenient`: what is missing at the end is zero or empty."""

    def __init__(self, octets: bytes, *, lenient: bool) -> None:
        self._octets = octets
        self._at = 0
        self._lenient = lenient

    @property
    def left(self) -> int:
        return len(self._octets) - self._at

    def read(self, kind: str) -> Any:
        """The next field of that kind."""
        if kind == OCTET:
            return self._number(1)
        if kind == TEXT:
            return self._text()
        if kind == MESSAGE:
            return self._take(self._number(1))
        entry = self._destination if kind == DESTINATIONS else self._failure
        return tuple(entry() for _ in range(self._number(1)))

    def parameters(self) -> Any:
        """All whole parameters that follow."""
        while self.left >= _PARAMETER.size:
            tag, length = _PARAMETER.unpack_from(self._octets, self._at)
            if self.left < _PARAMETER.size + length:
                return
            self._at += _PARAMETER.size
            yield tag, self._take(length)

    def rest(self) -> bytes:
        return self._take(self.left)

    def _take(self, count: int) -> bytes:
        if count > self.left:
            raise Malformed("The PDU ends before its fields do.", INVALID_MESSAGE_LENGTH)
        self._at += count
        return self._octets[self._at - count : self._at]

    def _number(self, width: int) -> int:
        if self._lenient and not self.left:
            return 0
        return int.from_bytes(self._take(width), "big")

    def _text(self) -> str:
        end = self._octets.find(0, self._at)
        if end < 0:
            if not self._lenient:
                raise Malformed("A text in the PDU does not end.", INVALID_MESSAGE_LENGTH)
            return self.rest().decode("latin-1")
        return self._take(end + 1 - self._at)[:-1].decode("latin-1")

    def _destination(self) -> tuple[int, int, str] | tuple[str]:
        """A number, or the name of a list of the SMSC."""
        if self._number(1) == 2:
            return (self._text(),)
        return (self._number(1), self._number(1), self._text())

    def _failure(self) -> tuple[int, int, str, int]:
        return (self._number(1), self._number(1), self._text(), self._number(4))


def _write(name: str, kind: str, value: Any) -> bytes:
    if kind == OCTET:
        return int(value or 0).to_bytes(1, "big")
    if kind == TEXT:
        text = str(value or "").encode("latin-1")
        if 0 in text:
            raise ValueError(f"{name} cannot hold a NUL.")
        return text + b"\0"
    if kind == MESSAGE:
        octets = bytes(value or b"")
        if len(octets) > 255:
            raise ValueError(f"{name} has {len(octets)} octets; 255 is the most.")
        return bytes((len(octets),)) + octets
    written = _destination if kind == DESTINATIONS else _failure
    return bytes((len(value or ()),)) + b"".join(written(each) for each in value or ())


def _destination(entry: Any) -> bytes:
    if len(entry) == 1:
        return b"\x02" + _write("dl_name", TEXT, entry[0])
    return bytes((1, entry[0], entry[1])) + _write("destination_addr", TEXT, entry[2])


def _failure(entry: Any) -> bytes:
    ton, npi, address, status = entry
    return bytes((ton, npi)) + _write("destination_addr", TEXT, address) + int(status).to_bytes(4, "big")
