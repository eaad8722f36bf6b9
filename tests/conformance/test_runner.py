"""The runner itself, on vectors made up here: right, wrong, of unknown kinds, and broken."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.__main__ import main
from tests.conformance.judges import verdict_on
from tests.conformance.vectors import Vector
from tests.conformance.verdicts import Outcome

RIGHT, WRONG, UNJUDGED = Outcome


def outcome(said: dict[str, Any], folder: str = "x", file: str = "x/some.json") -> Outcome:
    return verdict_on(Vector(file, folder, 1, said)).outcome


def a_status(status: str) -> dict[str, Any]:
    item = {"id": "wamid.1", "status": status, "timestamp": "1750030073", "recipient_id": "16505551234"}
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": "1"}, "statuses": [item]}
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"value": value}]}]}


def a_message(**more: Any) -> dict[str, Any]:
    item = {"from": "16505551234", "id": "wamid.2", "timestamp": "1750030073"} | more
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": "1"}, "messages": [item]}
    return {"entry": [{"id": "1", "changes": [{"value": value, "field": "messages"}]}]}


AN_UNBIND = "00000010000000060000000000000001"
A_RECEIPT = "sub:001 id:7e err:012 submit date:1005232039 done date:1005242339 text: stat:DELIVRD"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"char": "€", "hex": "1b65"}, RIGHT),
        ({"char": "€", "hex": "1b66"}, WRONG),
        ({"text": "ж", "encoding": "UTF-16BE", "octets_hex": "0436"}, RIGHT),
        ({"text": "hello", "encoding": "gsm7-packed", "octets_hex": "e8329bfd06"}, RIGHT),
        ({"text": "hello", "encoding": "gsm7-packed", "octets_hex": "e8329bfd07"}, WRONG),
        ({"text": "a", "encoding": "ebcdic", "octets_hex": "81"}, UNJUDGED),
        ({"text": "^", "encoding": "gsm7-portuguese-locking(3)", "octets_hex": "16"}, RIGHT),
        ({"text": "^", "encoding": "gsm7-portuguese-locking(3)", "octets_hex": "1b14"}, RIGHT),
        ({"id": 1, "table": {"ş": "1b73", "ı": "07"}}, RIGHT),
        ({"id": 1, "table": {"ş": "1b74"}}, WRONG),
        ({"text": "a" * 161, "segments": 2}, RIGHT),
        ({"text": "a" * 161, "segments": 3}, WRONG),
        ({"input": "a" * 161, "expected": {"segments": 2, "encoding": "GSM_7BIT"}}, RIGHT),
        ({"message": "ж" * 71, "expected": {"segments": 1, "encoding": "UCS2"}}, WRONG),
        ({"text": "YES", "opted_out": True, "expected": "opt_in"}, RIGHT),
        ({"text": "\ud83d", "segments": 1}, UNJUDGED),
        ({"text": "a" * 161, "segments": 2, "part_lengths": [160, 1]}, WRONG),
        ({"text": "☃" * 160, "encoding": "GSM-7", "segments": 1}, RIGHT),
        ({"text": "👩‍👩‍👧‍👦" * 7, "segments": 2, "part_lengths": [41, 8]}, RIGHT),
        ({"text": "Stop.", "expected": "opt_out"}, RIGHT),
        ({"text": "Stop by", "expected": "opt_out"}, WRONG),
        ({"events": ["STOP", "STOP"], "expected": "one confirmation"}, UNJUDGED),
        ({"receipt": A_RECEIPT, "asserts": ["assertEquals(12, dlr.getErrorCode())"]}, RIGHT),
        ({"receipt": A_RECEIPT, "asserts": ["assertEquals(STATE_EXPIRED, dlr.getState())"]}, WRONG),
        ({"receipt": A_RECEIPT, "expected": {"done_date": "2010-05-24T23:39:00Z"}}, RIGHT),
        ({"hex": AN_UNBIND, "expected": {"getCommandId()": "SmppConstants.CMD_ID_UNBIND"}}, RIGHT),
        ({"hex": AN_UNBIND, "asserts": ["assertEquals(0x02, pdu.getSequenceNumber())"]}, WRONG),
        ({"hex": AN_UNBIND, "asserts": ["assertTrue(pdu.isRequest())"]}, RIGHT),
        ({"something": "else"}, UNJUDGED),
        ({}, UNJUDGED),
        ({"body": a_status("read"), "kind": "status"}, RIGHT),
        ({"body": a_message(type="text", text={"body": "Hi"}), "kind": "inbound_message"}, RIGHT),
        ({"raw_body": json.dumps(a_message(type="poll", poll={"x": 1}))}, RIGHT),
        ({"body": a_message(type="text", text={"body": "Hi"}, **{"from": None})}, RIGHT),
        ({"body": a_message(type="location", location={"latitude": 95, "longitude": 0})}, WRONG),
        ({"body": {"hello": "world"}}, UNJUDGED),
        ({"body": 7, "text": None, "header": [], "secret": {}}, UNJUDGED),
    ],
)
def test_a_vector_is_judged_by_its_shape(said: dict[str, Any], expected: Outcome) -> None:
    assert outcome(said) is expected, verdict_on(Vector("x/some.json", "x", 1, said)).words


TWILIO = {"MessageSid": "SM1", "From": "+16505550101", "To": "+15550100200"}


@pytest.mark.parametrize(
    ("folder", "said", "expected"),
    [
        ("sms", {"form": TWILIO | {"Body": "Hi", "SmsStatus": "received"}}, RIGHT),
        ("sms", {"raw_body": "MessageSid=SM1&From=%2B16505550101&To=%2B15550100200&Body=Hi"}, RIGHT),
        ("sms", {"params": TWILIO | {"MessageStatus": "undelivered", "ErrorCode": "30003"}}, RIGHT),
        ("sms", {"params": TWILIO | {"MessageStatus": "teleported"}}, RIGHT),
        ("sms", {"form": {name: [value] for name, value in TWILIO.items()} | {"Body": ["Hi"]}}, RIGHT),
        ("twilio", {"body": {"From": "", "Body": "who?", "MessageSid": "SM1"}}, WRONG),
        ("sms", {"body": {"msisdn": "16505550101", "to": "1", "messageId": "7", "text": "Hi"}}, RIGHT),
        ("vonage", {"body": {"message_uuid": "u", "status": "read", "to": "1", "from": "2"}}, RIGHT),
        ("sms", {"body": {"type": "mo_text", "id": "1", "from": "16505550101", "body": "Hi"}}, RIGHT),
        ("infobip", {"body": {"results": [{"messageId": "1", "from": "16505550101", "text": "Hi"}]}}, RIGHT),
        ("infobip", {"body": {"results": [{"messageId": "1", "from": "16505550101"}]}}, WRONG),
        ("infobip", {"body": {"results": [{"from": "16505550101"}]}}, RIGHT),
        ("kaleyra", {"query": "from=16505550101&body=Hi&type=text"}, RIGHT),
        ("kaleyra", {"query": "from=<from>&body=<body>&type=<type>"}, RIGHT),
        ("kaleyra", {"statuses": ["DELIVRD"], "trace_codes": ["OPT-OUT"]}, RIGHT),
        ("kaleyra", {"statuses": ["TELEPORTED"]}, WRONG),
        ("twilio", {"method": "POST", "form": {"To": "+16505550101", "From": "+1555", "Body": "Hi"}}, RIGHT),
        (
            "twilio",
            {"method": "POST", "form": {"To": "+16505550101", "Body": "Hi", "Colour": "red"}},
            UNJUDGED,
        ),
        (
            "sinch",
            {"method": "POST", "path": "/xms/v1/{p}/batches", "body": {"to": ["1"], "body": "Hi"}},
            RIGHT,
        ),
        ("twilio", {"status": 400, "body": {"code": 21610}, "expected": "OptedOut"}, RIGHT),
        (
            "vonage",
            {"secret": "hush", "params": {"a": "1", "b": "2"}, "sig": "c1d3aaab8f6e4b2ed3b3d90d36aff57e"},
            WRONG,
        ),
        (
            "vonage",
            {"secret": "hush", "params": {"a": "1", "b": "2"}, "sig": "b78db854d7a5ec93b824816b3daf6f2b"},
            UNJUDGED,
        ),
        ("twilio", {"status": 429, "body": {"code": 20429}, "expected": {"retry": False}}, WRONG),
    ],
)
def test_sms_providers_are_known_by_what_only_they_say(
    folder: str, said: dict[str, Any], expected: Outcome
) -> None:
    assert outcome(said, folder, f"{folder}/some.json") is expected, verdict_on(
        Vector(f"{folder}/some.json", folder, 1, said)
    ).words


HUB = "sha256=88aab3ede8d3adf94d26ab90d3bafd4a2083070c3bcce9c014ee04a443847c0b"  # openssl dgst -hmac secret


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"secret": "secret", "raw_body": "hello", "header": HUB, "valid": True}, RIGHT),
        (
            {"secret": "secret", "raw_body": "hello", "headers": {"X-Hub-Signature-256": HUB}, "valid": True},
            RIGHT,
        ),
        ({"secret": "secret", "raw_body": "hello!", "header": HUB, "valid": False}, RIGHT),
        ({"secret": "secret", "raw_body": "hello!", "header": HUB, "valid": True}, WRONG),
        ({"secret": None, "raw_body": "hello", "header": HUB, "valid": False}, RIGHT),
        (
            {"secret": "secret", "raw_body": "hello", "headers": {"X-Acme-Signature": "1"}, "valid": True},
            WRONG,
        ),
        (
            {
                "configured_token": "t",
                "query": {"hub.mode": "subscribe", "hub.verify_token": "t", "hub.challenge": "9"},
                "expected": {"status": 200, "body": "9"},
            },
            RIGHT,
        ),
        ({"configured_token": "t", "query": {"hub.mode": "subscribe"}, "expected": {"status": 200}}, WRONG),
        (
            {"body": {"messaging_product": "whatsapp", "to": "1650", "type": "text", "text": {"body": "Hi"}}},
            RIGHT,
        ),
        (
            {"body": {"messaging_product": "whatsapp", "to": "1650", "type": "hologram", "hologram": {}}},
            UNJUDGED,
        ),
        ({"status": 400, "body": {"error": {"code": 131047}}, "expected": "WindowClosed"}, RIGHT),
        ({"status": 400, "body": {"error": {"code": 131056}}, "expected": {"retry": False}}, WRONG),
        ({"status": 400, "body": {"error": {"code": 1}}, "note": "what then?"}, UNJUDGED),
    ],
)
def test_the_folder_tells_the_channel_where_nothing_else_does(
    said: dict[str, Any], expected: Outcome
) -> None:
    assert outcome(said, "whatsapp", "whatsapp/some.json") is expected


@pytest.mark.parametrize(
    ("vectors", "code", "words"),
    [
        ({"vectors": [{"char": "a", "hex": "61"}]}, 0, "1 right, 0 wrong"),
        ([{"char": "a", "hex": "62"}], 1, "WRONG"),
        ({"rows": [{"char": "a", "hex": "61"}, {"what": "ever"}]}, 0, "1 right, 0 wrong, 1 not judged"),
        ("no vectors", 0, "it holds no list of vectors"),
    ],
)
def test_a_folder_is_reported_and_only_a_wrong_result_fails(
    vectors: Any, code: int, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sms").mkdir()
    (tmp_path / "sms" / "some.json").write_text(json.dumps(vectors))
    assert main([str(tmp_path)]) == code
    assert words in capsys.readouterr().out


def test_a_broken_file_does_not_hide_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.json").write_bytes(b"\xff{")
    (tmp_path / "b.json").write_text('[{"char": "a", "hex": "61"}]')
    assert main([str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "a.json: it is no JSON" in said
    assert "b.json: 1 right" in said


@pytest.mark.parametrize(
    ("words", "complaint"),
    [([], "VECTORS="), ([""], "VECTORS="), (["/no/such/folder"], "There is no folder")],
)
def test_it_says_what_is_missing(
    words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert complaint in capsys.readouterr().err


def test_an_empty_folder_is_nothing_to_read(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 2
