"""Malformed and hostile webhooks: nothing raises, nothing is lost, nothing is made up."""

import json
from typing import Any, get_args
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.errors import WebhookRejected
from connectors.events import Event, Unreadable
from tests.connectors.sms import samples
from tests.connectors.sms.providers import HOOK, PROVIDERS, a_request
from tests.connectors.sms.test_webhooks import connected

SOUND: list[tuple[str, Any]] = [
    (name, said)
    for name, said, _ in samples.MESSAGES + samples.REPORTS  # type: ignore[operator]
]
ODD: list[Any] = [
    None,
    "",
    " ",
    0,
    -1,
    True,
    1e308,
    2**70,
    [],
    {},
    [[]],
    {"a": {"b": 1}},
    "\ud800",
    "\0",
    "x" * 9999,
]
quick = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)


def read(name: str, webhook: Any) -> list[Any]:
    """The events; each must be one, and be fit for a store."""
    events = connected(PROVIDERS[name]).parse(webhook)
    assert all(isinstance(event, get_args(Event)) for event in events)
    msgspec.json.encode(events)
    return events


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to everything in a JSON value."""
    found = [path]
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        found += places(each, (*path, key))
    return found


def with_value(whole: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(whole) if isinstance(whole, dict) else list(whole)
    copy[path[0]] = with_value(whole[path[0]], path[1:], new)
    return copy


@pytest.mark.parametrize(("name", "said"), SOUND)
def test_one_odd_value_anywhere_loses_nothing(name: str, said: Any) -> None:
    for path in places(said):
        for odd in ODD:
            spoilt = with_value(said, path, odd)
            body = json.dumps(spoilt).encode()
            events = read(name, a_request(HOOK, body, {"content-type": "application/json"}))
            is_empty = (path == ("results",) and odd == []) or (path == () and odd == [])
            assert events or is_empty or path[:1] == ("results",), (path, odd)
            if isinstance(spoilt, dict) and PROVIDERS[name].as_form:
                form = urlencode(
                    {key: str(value) for key, value in spoilt.items()}, errors="replace"
                ).encode()
                assert read(name, a_request(HOOK, form, {}))


@pytest.mark.parametrize("name", PROVIDERS)
@quick
@given(body=st.binary(max_size=300), query=st.text(max_size=40))
def test_any_bytes_are_read_without_raising(name: str, body: bytes, query: str) -> None:
    assert read(name, a_request(HOOK, body, {})) or not body.strip() or body.strip() in (b"[]",)
    webhook = a_request(f"{HOOK}?{urlencode({'q': query}, errors='replace')}", body, {}, "GET")
    read(name, webhook)
    with pytest.raises(WebhookRejected):
        connected(PROVIDERS[name]).verify(webhook)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
NAMES = sorted({str(step) for _, said in SOUND for path in places(said) for step in path})


@pytest.mark.parametrize("name", PROVIDERS)
@quick
@given(said=st.dictionaries(st.sampled_from(NAMES), anything, min_size=1, max_size=6))
def test_known_names_with_any_values_are_read_or_kept(name: str, said: dict[str, Any]) -> None:
    events = read(name, a_request(HOOK, json.dumps(said).encode(), {}))
    assert events or said.get("results") == [], said


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[" * 100_000,
        b'{"a":' * 2000 + b"1" + b"}" * 2000,
        b"\xff\xfe{}",
        b"&" * 50_000,
        b"a=1&" * 5000,
        b"%00=%ff&Body=%ED%A0%80",
        b'{"results":[' + b"{}," * 500 + b"{}]}",
        b'{"messageId":"' + b"9" * 100_000 + b'"}',
        b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><x>&y;</x>",
    ],
)
def test_what_is_no_webhook_is_kept_as_it_is(name: str, body: bytes) -> None:
    events = read(name, a_request(HOOK, body, {}))
    assert events
    assert all(isinstance(event, Unreadable) and event.reason for event in events)
