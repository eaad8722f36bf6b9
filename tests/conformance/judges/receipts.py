"""The texts of delivery receipts, and what a vector says that they say."""

from datetime import datetime
from typing import Any

from connectors.sms.smpp.receipts import STATES, DeliveryReceipt, parse_text
from tests.conformance.judges.pdu_fields import Either, agrees
from tests.conformance.vectors import Json
from tests.conformance.verdicts import CannotJudge, Disagrees

_TEXTS = ("receipt", "dlr", "delivery_receipt", "short_message", "text", "message", "raw")
_LONG = {"DELIVRD": "DELIVERED", "UNDELIV": "UNDELIVERABLE", "ACCEPTD": "ACCEPTED", "REJECTD": "REJECTED"}


def text_of(said: Json) -> str | None:
    """The text that is a receipt, None if there is none."""
    texts = [said.get(key) for key in _TEXTS]
    return next((each for each in texts if isinstance(each, str) and parse_text(each)), None)


def judge(text: str, wanted: Json) -> str:
    """Compare what we read in the text with what is wanted of it."""
    found = parse_text(text)
    if found is None:
        raise Disagrees("ours reads no receipt")
    ours = _values(found)
    compared = [
        name
        for name, value in wanted.items()
        if wanted.get(name) != text and agrees(name, _moment(value), ours)
    ]
    if not compared:
        raise CannotJudge("read as a receipt, but the vector says nothing that could be compared")
    return f"receipt for {found.id}, {len(compared)} fields agree"


def _values(found: DeliveryReceipt) -> Json:
    word = next((word for word, state in STATES.items() if state == found.state), None)
    long = _LONG.get(word or "", word)
    state = Either([word, long, f"STATE_{long}", found.state] if word else [None, 2**32 - 1])
    error = Either([found.error, _number(found.error)])
    counts = {"sub": found.submitted, "dlvrd": found.delivered}
    return {
        **dict.fromkeys(
            ("id", "messageid", "receiptedmessageid", "smscmessageid", "messageidaslong"), found.id
        ),
        **dict.fromkeys(("stat", "state", "finalstatus", "status", "messagestate", "statecode"), state),
        **dict.fromkeys(("err", "error", "errorcode", "rawerrorcode"), error),
        **dict.fromkeys(("sub", "submitted", "submitcount"), _count(counts["sub"])),
        **dict.fromkeys(("dlvrd", "delivered", "deliveredcount"), _count(counts["dlvrd"])),
        **dict.fromkeys(("submitdate", "submit"), _spellings(found.submit_date)),
        **dict.fromkeys(("donedate", "done"), _spellings(found.done_date)),
    }


def _count(number: int | None) -> Any:
    """Others write -1 or nothing where a receipt does not count."""
    return Either([number, f"{number:03d}"]) if number is not None else Either([None, -1, 2**32 - 1, 0])


def _number(word: str | None) -> int:
    """The error as a number, which others have as -1 where it is none."""
    return int(word) if word and word.isdigit() else 2**32 - 1


def _spellings(at: datetime | None) -> Either:
    forms = ("%y%m%d%H%M", "%y%m%d%H%M%S", "%Y%m%d%H%M%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S")
    return Either([f"{at:{form}}" for form in forms] if at else [None, ""])


def _moment(value: Any) -> Any:
    """A moment without its zone, which a receipt does not tell; `new DateTime(2010, 5, 23, …)` too."""
    if not isinstance(value, str):
        return value
    if value.startswith("new DateTime("):
        numbers = [int(each) for each in value[13:].split(",")[:6] if each.strip().isdigit()]
        return f"{datetime(*numbers):%Y-%m-%dT%H:%M:%S}" if len(numbers) >= 3 else value
    return value.removesuffix("Z").removesuffix("+00:00").removesuffix(".000")
