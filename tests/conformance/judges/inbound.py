"""Webhook bodies and the events they become, compared with what the body itself says.

For each provider a reader here lists the claims of a body (so many messages and statuses, with these ids and
values); the connector's events must carry all of them.
"""

import json
import re
from collections.abc import Callable
from typing import Any

import msgspec

from connectors.events import Unreadable
from connectors.registry import KINDS
from tests.conformance.judges import claims_rcs, claims_whatsapp
from tests.conformance.judges.claims import UNREADABLE, Claim, under
from tests.conformance.ours import connector, webhook
from tests.conformance.vectors import Json, Vector
from tests.conformance.verdicts import CannotJudge, Disagrees, made, shown

_BODIES = ("envelope", "deliver_twice", "raw_body", "body", "payload", "webhook", "request", "decoded")
_FORMS = ("form", "params", "query", "template")

_NUMBERS = frozenset({"latitude", "longitude", "quantity", "item_price", "timestamp"})

READERS: dict[str, Callable[[Any], list[Claim] | None]] = {
    "whatsapp": claims_whatsapp.claims,
    "rcs": claims_rcs.claims,
}
"""Who lists the claims of a body, by the connector that reads it. None: the body is not that provider's."""


def is_mine(vector: Vector) -> bool:
    said = vector.said
    return _body(said) is not None or any(key in said for key in _FORMS) or "statuses" in said


def judge(vector: Vector) -> str:
    body = _body(vector.said)
    if body is None:
        raise CannotJudge(_nobody(vector))
    found = [
        (kind, claims) for kind, reader in READERS.items() if (claims := _read(reader, body)) is not None
    ]
    if not found:
        raise CannotJudge(_nobody(vector))
    kind, claims = found[0]
    sent = body if isinstance(body, str) else json.dumps(body, ensure_ascii=True)
    ours = connector(kind, **_settings(kind, body))
    events = made(lambda: ours.parse(webhook(sent.encode())))
    all_there(claims, events)
    _type_named(vector.said, claims)
    made_of_it = ", ".join(word(event) for event in events) or "nothing, as it should be"
    return f"{kind}: {made_of_it}"


def _read(reader: Callable[[Any], list[Claim] | None], body: Any) -> list[Claim] | None:
    try:
        whole = json.loads(body) if isinstance(body, str) else body
    except ValueError:
        return None
    return reader(whole)


def all_there(claims: list[Claim], events: list[Any]) -> None:
    unread = [event for event in events if isinstance(event, Unreadable)]
    odd = [claim for claim in claims if claim is UNREADABLE]
    unread = unread[: max(0, len(unread) - len(odd))]
    if unread and (placeholder := _placeholder(unread[0].raw)):
        raise CannotJudge(
            f"a placeholder stands where a number must be: {placeholder}; it is kept as unreadable"
        )
    if unread:
        raise Disagrees(f"could not be read: {unread[0].reason}")
    if len(events) != len(claims):
        raise Disagrees(
            f"{len(events)} events, the body holds {len(claims)}: {shown([word(e) for e in events])}"
        )
    left = list(events)
    for claim in claims:
        reasons = {id(event): claim.unmet(event) for event in left}
        match = next((event for event in left if reasons[id(event)] is None), None)
        if match is None:
            raise Disagrees(next(reason for reason in reasons.values() if reason))
        left.remove(match)


def _placeholder(raw: Any) -> str | None:
    """A field that is a number by definition and holds a word instead."""
    for name in sorted(_NUMBERS):
        for value in under(raw, frozenset({name})):
            if isinstance(value, str) and re.fullmatch(r"[A-Za-z_<>{} -]+", value):
                return f"{name} {value!r}"
    return None


def _type_named(said: Json, claims: list[Claim]) -> None:
    """The vector's own word for what it is must be one that the body bears out."""
    kind = said.get("kind")
    if kind == "status" and claims and not any(claim.statuses for claim in claims):
        raise CannotJudge("the vector calls it a status, its body holds none")


def _body(said: Json) -> Any:
    for key in _BODIES:
        value = said.get(key)
        if isinstance(value, dict | list) or (isinstance(value, str) and value.lstrip()[:1] in ("{", "[")):
            return value
    return None


def _nobody(vector: Vector) -> str:
    said = vector.said
    keys = {str(key) for each in (said, *(v for v in said.values() if isinstance(v, dict))) for key in each}
    near = [
        word
        for word in ("kaleyra", "twilio", "vonage", "infobip", "sinch", "smpp", "telegram")
        if word in (vector.file + json.dumps(sorted(keys))).lower() and word not in READERS
    ]
    if near:
        return (
            f"no claims are read for {near[0]} yet" if near[0] in KINDS else f"no connector for {near[0]} yet"
        )
    return f"no connector reads a body with {shown(', '.join(sorted(keys)))}"


def _settings(kind: str, body: Any) -> dict[str, str]:
    return {"carrier": claims_rcs.carrier(body)} if kind == "rcs" else {}


def word(event: Any) -> str:
    said = msgspec.to_builtins(event)
    if "status" in said and "content" not in said:
        fault = f" ({said['fault']['code']})" if said.get("fault") else ""
        return f"status {said['status']}{fault}"
    content = said.get("content")
    tag = content["type"] if isinstance(content, dict) else type(event).__name__
    return f"{tag} {shown(content.get('text') or '')}".rstrip() if isinstance(content, dict) else tag
