"""Webhooks of the SMS providers: as JSON, as forms, in queries, and as Kaleyra's templates and word lists."""

import json
import re
from typing import Any
from urllib.parse import urlencode

from connectors.events import StatusChanged, Unreadable
from tests.conformance.judges.claims import Claim
from tests.conformance.judges.claims_sms import READERS, statuses
from tests.conformance.judges.inbound import all_there, word
from tests.conformance.judges.providers import FORMS, fields_of, provider_of
from tests.conformance.ours import connector, webhook
from tests.conformance.vectors import Json, Vector
from tests.conformance.verdicts import CannotJudge, Disagrees, made

_BODIES = ("raw_body", "body", "payload", "webhook", "request", "event", "events", "form", "params", "data")
_PLACEHOLDER = re.compile(r"<[A-Za-z_\[\]]+>")
_SAMPLES = {
    "type": "text",
    "from": "16505550101",
    "source": "16505550101",
    "mobile": "16505550101",
    "wanumber": "15550100200",
    "recipient": "15550100200",
    "created_at": "1763642096",
    "timestamp": "2026-11-20 12:34:56",
    "status": "DELIVRD",
    "status_trace": "DELIVRD",
}
"""What is put where a template has a placeholder; an empty text where it stands for another type's field."""
_ALWAYS = frozenset({"body", "message", "name", "id", "keyword"})


def is_mine(vector: Vector) -> bool:
    body = _body(vector.said)
    return (body is not None and provider_of(vector, body) is not None) or _is_word_list(vector)


def judge(vector: Vector) -> str:
    if _is_word_list(vector):
        return _words(vector)
    body = _body(vector.said)
    kind = provider_of(vector, body) or ""
    body = _filled(body)
    claims: list[Claim] = made(lambda: READERS[kind](body))
    events = made(lambda: connector(kind).parse(_request(kind, vector.said, body)))
    doubt = _doubt(claims, body)
    if doubt and events and all(isinstance(event, Unreadable) for event in events):
        return f"{kind}: kept in quarantine; {doubt}"
    if doubt:
        raise CannotJudge(doubt)
    all_there(claims, events)
    return f"{kind}: {', '.join(word(event) for event in events) or 'nothing, as it should be'}"


def _doubt(claims: list[Claim], body: Any) -> str | None:
    """Why nobody can say what is right; then it is right that it gets into quarantine."""
    if any(each.names == ("StatusChanged",) and not each.statuses for each in claims):
        return "nobody here knows what its status should become"
    if any(not _says_something(each) for each in claims):
        return "it holds neither a message nor a report: an error's example, by the looks of it"
    if isinstance(body, dict) and str(body.get("type", "")).startswith("mo_") and not body.get("from"):
        return "nothing says who wrote it"
    return None


def _says_something(claim: Claim) -> bool:
    """Whether there is more than a sender: an id, words, a file, or a state."""
    return any(each not in (None, "") and not str(each).startswith("+") for each in claim.values)


def _body(said: Json) -> Any:
    """What was sent, as fields or as a JSON value."""
    for key in (*_BODIES, "template", "query"):
        value = said.get(key)
        if isinstance(value, dict | list) and value:
            return _single(value)
        if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
            try:
                return json.loads(value)
            except ValueError:
                continue
        if (fields := fields_of(value)) is not None:
            return fields
    return None


def _single(body: Any) -> Any:
    """A form that was written down with a list for each field, with the value of each instead."""
    if isinstance(body, dict) and all(_is_one_text(values) for values in body.values()):
        return {name: values[0] for name, values in body.items()}
    return body


def _is_one_text(values: Any) -> bool:
    return isinstance(values, list) and len(values) == 1 and isinstance(values[0], str)


def _request(kind: str, said: Json, body: Any) -> Any:
    """The body in the form in which it came, or in which the provider sends it."""
    raw = next((said[key] for key in _BODIES if isinstance(said.get(key), str)), None)
    if "query" in said and raw is None and not isinstance(said.get("body"), dict):
        return webhook(b"", method="GET", url=f"https://parley.test/hooks/x?{urlencode(body)}")
    flat = isinstance(body, dict) and all(not isinstance(each, dict | list) for each in body.values())
    is_form = kind in FORMS and flat and "message_uuid" not in body
    if is_form or (raw is not None and fields_of(raw) is not None):
        return webhook(
            urlencode(body).encode(), headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
    return webhook(json.dumps(body).encode(), headers={"Content-Type": "application/json"})


def _filled(body: Any) -> Any:
    """The body with samples where a template has placeholders."""
    if not isinstance(body, dict):
        return body
    return {
        name: (
            _SAMPLES.get(name, f"a {name}" if name in _ALWAYS else "") if _is_placeholder(value) else value
        )
        for name, value in body.items()
    }


def _is_placeholder(value: Any) -> bool:
    return isinstance(value, str) and bool(_PLACEHOLDER.fullmatch(value))


def _is_word_list(vector: Vector) -> bool:
    return isinstance(vector.said.get("statuses"), list) and provider_of(vector) == "kaleyra"


def _words(vector: Vector) -> str:
    """Every status of a list must be known, and every trace code be kept with words."""
    ours = connector("kaleyra")
    for status in vector.said["statuses"]:
        body = json.dumps({"id": "u1", "status": status}).encode()
        (event,) = made(lambda body=body: ours.parse(webhook(body)))
        if isinstance(event, Unreadable) or str(event.status) not in statuses(status):
            raise Disagrees(f"{status}: {event}")
    for code in vector.said.get("trace_codes", []):
        body = json.dumps({"id": "u1", "status": "NOT-SENT", "status_trace": code}).encode()
        (event,) = made(lambda body=body: ours.parse(webhook(body)))
        if not isinstance(event, StatusChanged) or event.fault is None or event.fault.code != code:
            raise Disagrees(f"{code}: {event}")
        if event.fault.message == "Kaleyra could not deliver the message and gave no reason.":
            raise Disagrees(f"{code} has no words")
    return f"kaleyra: {len(vector.said['statuses'])} statuses and their trace codes"
