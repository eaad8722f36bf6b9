"""Delivery receipts as SMSCs really write them: SMPP 3.4, appendix B, and the optional parameters.

``id:0123 sub:001 dlvrd:001 submit date:2611221200 done date:2611221201 stat:DELIVRD err:000 text:Hello`` is
the form that the standard calls typical; names come in any case and order, dates have 10, 12 or 14 digits,
anything may be missing, and the identifier may be in another base than in `submit_sm_resp`.
"""

import re
from datetime import datetime

import msgspec

from connectors.events import DeliveryStatus, Fault
from connectors.sms.smpp.commands import Tag
from connectors.sms.smpp.pdus import Pdu

_NAMES = re.compile(
    r"(?<![a-z])(id|sub|dlvrd|submit[ _-]?date|done[ _-]?date|stat(?:us)?|err(?:or)?|te?xt)\s*:",
    re.IGNORECASE,
)
_PLAIN = {"status": "stat", "error": "err", "txt": "text"}

_TYPE = 0x3C
_RECEIPT, _INTERMEDIATE = 0x04, 0x20

ENROUTE, DELIVERED, EXPIRED, DELETED, UNDELIVERABLE, ACCEPTED, UNKNOWN, REJECTED = range(1, 9)
STATES = {
    "ENROUTE": ENROUTE,
    "DELIVRD": DELIVERED,
    "EXPIRED": EXPIRED,
    "DELETED": DELETED,
    "UNDELIV": UNDELIVERABLE,
    "ACCEPTD": ACCEPTED,
    "UNKNOWN": UNKNOWN,
    "REJECTD": REJECTED,
}
"""The words of appendix B and their `message_state` (5.2.28)."""

_SPELLINGS = {
    "DELIVERED": DELIVERED,
    "DELIV": DELIVERED,
    "ACKED": ACCEPTED,
    "ACCEPTED": ACCEPTED,
    "BUFFRED": ENROUTE,
    "BUFFERED": ENROUTE,
    "SCHEDULED": ENROUTE,
    "SENT": ENROUTE,
    "FAILED": UNDELIVERABLE,
    "UNDELIVERED": UNDELIVERABLE,
    "UNDELIVRD": UNDELIVERABLE,
    "UNDELIVERABLE": UNDELIVERABLE,
    "REJECTED": REJECTED,
    "SKIPPED": DELETED,
}
"""What some SMSCs write instead."""

_MEANINGS: dict[int, tuple[DeliveryStatus, str]] = {
    ENROUTE: (DeliveryStatus.SENT, ""),
    ACCEPTED: (DeliveryStatus.SENT, ""),
    DELIVERED: (DeliveryStatus.DELIVERED, ""),
    EXPIRED: (DeliveryStatus.FAILED, "The phone could not be reached before the message expired."),
    DELETED: (DeliveryStatus.FAILED, "The operator deleted the message before it was delivered."),
    UNDELIVERABLE: (DeliveryStatus.FAILED, "The operator could not deliver the message."),
    UNKNOWN: (DeliveryStatus.FAILED, "The operator does not know what became of the message."),
    REJECTED: (DeliveryStatus.FAILED, "The operator or the phone rejected the message."),
}


FAILURES = frozenset(state for state, (status, _) in _MEANINGS.items() if status is DeliveryStatus.FAILED)
"""The states in which the customer does not get the message."""


class DeliveryReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """What a receipt says. `state` is a `message_state`; the times are the SMSC's, without a zone."""

    id: str
    state: int | None = None
    error: str | None = None
    text: str = ""
    submitted: int | None = None
    delivered: int | None = None
    submit_date: datetime | None = None
    done_date: datetime | None = None

    @property
    def status(self) -> DeliveryStatus | None:
        """Where the message is by it; None if it does not say so."""
        return _MEANINGS[self.state][0] if self.state in _MEANINGS else None

    @property
    def fault(self) -> Fault | None:
        """Why the message failed, None if it did not."""
        if self.state is None or self.status is not DeliveryStatus.FAILED:
            return None
        word = next(word for word, state in STATES.items() if state == self.state)
        error = (self.error or "").strip("0")
        code = f"{word}:{self.error}" if error else word
        return Fault(code, _MEANINGS[self.state][1] + (f" (network error {self.error})" if error else ""))


def is_receipt(pdu: Pdu) -> bool:
    """Whether a `deliver_sm` or `data_sm` reports on a message of ours.

    The SMSC says so in `esm_class`, or by both parameters that only a receipt has. That the text looks like
    one proves nothing: a customer can write such a text.
    """
    kind = int(pdu.fields.get("esm_class", 0)) & _TYPE
    named = pdu.parameter(Tag.RECEIPTED_MESSAGE_ID) and pdu.parameter(Tag.MESSAGE_STATE)
    return kind in (_RECEIPT, _INTERMEDIATE) or bool(kind == 0 and named)


def read_receipt(pdu: Pdu) -> DeliveryReceipt | None:
    """The receipt in a PDU, None if it does not name a message. The parameters go before the text."""
    octets = pdu.fields.get("short_message") or pdu.parameter(Tag.MESSAGE_PAYLOAD) or b""
    said = parse_text(_characters(octets, int(pdu.fields.get("data_coding", 0))))
    named = (pdu.parameter(Tag.RECEIPTED_MESSAGE_ID) or b"").split(b"\0")[0].decode("latin-1").strip()
    state = pdu.number(Tag.MESSAGE_STATE)
    network = pdu.parameter(Tag.NETWORK_ERROR_CODE)
    if not named and (said is None or not said.id):
        return None
    said = said or DeliveryReceipt(id="")
    return msgspec.structs.replace(
        said,
        id=named or said.id,
        state=state if state in _MEANINGS else said.state,
        error=said.error
        or (str(int.from_bytes(network[1:], "big")) if network and len(network) == 3 else None),
    )


def parse_text(text: str) -> DeliveryReceipt | None:
    """The receipt in a text, None if it holds nothing of one. Raises nothing."""
    found: dict[str, str] = {}
    matches = list(_NAMES.finditer(text))
    for place, match in enumerate(matches):
        name = re.sub(r"[ _-]", "", match[1].lower())
        # A text may hold names itself, so it goes to the end, unless the state is still to come.
        is_last = place + 1 == len(matches) or (name in ("text", "txt") and found.keys() & {"stat", "status"})
        value = text[match.end() : len(text) if is_last else matches[place + 1].start()]
        found.setdefault(_PLAIN.get(name, name), value.strip(" \r\n\t;,\0"))
    if not found.keys() - {"text"}:
        return None
    return DeliveryReceipt(
        id=_word(found.get("id", "")),
        state=_state(found.get("stat", "")),
        error=_word(found.get("err", "")) or None,
        text=found.get("text", ""),
        submitted=_count(found.get("sub", "")),
        delivered=_count(found.get("dlvrd", "")),
        submit_date=_date(found.get("submitdate", "")),
        done_date=_date(found.get("donedate", "")),
    )


def spellings(message_id: str) -> list[str]:
    """The forms in which the same identifier may be written, the plainest first.

    Without leading zeros, in small letters; and as a hexadecimal number if it may be decimal, as a decimal
    one if it may be hexadecimal: many SMSCs answer in one base and write receipts in the other.
    """
    plain = message_id.strip().lower().removeprefix("0x").lstrip("0") or "0"
    forms = [plain]
    if re.fullmatch(r"[0-9]{1,32}", plain):
        forms.append(f"{int(plain):x}")
    if re.fullmatch(r"[0-9a-f]{1,32}", plain):
        forms.append(str(int(plain, 16)))
    return list(dict.fromkeys(forms))


def _characters(octets: bytes, data_coding: int) -> str:
    return octets.decode("utf-16-be", "replace") if data_coding == 8 else octets.decode("latin-1")


def _word(value: str) -> str:
    return value.split()[0].strip("\"'") if value.split() else ""


def _count(value: str) -> int | None:
    word = _word(value)
    return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else None


def _state(value: str) -> int | None:
    word = _word(value).upper().strip(".")
    if word.isascii() and word.isdigit():
        return int(word) if len(word) < 4 and int(word) in _MEANINGS else None
    return STATES.get(word) or _SPELLINGS.get(word)


def _date(value: str) -> datetime | None:
    """``YYMMDDhhmm``, with seconds, or with the year's century as well."""
    digits = _word(value)
    forms = {10: ("%y%m%d%H%M",), 12: ("%y%m%d%H%M%S", "%Y%m%d%H%M"), 14: ("%Y%m%d%H%M%S",)}
    for form in forms.get(len(digits), ()) if digits.isascii() and digits.isdigit() else ():
        try:
            return datetime.strptime(digits, form)
        except ValueError:
            continue
    return None
