"""Octets to values and back, also for octets that nobody should send."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.content import Text
from connectors.sms.smpp import times
from connectors.sms.smpp.commands import LAYOUTS, RESPONSE, Command
from connectors.sms.smpp.pdus import LARGEST, Malformed, Pdu, decode, length_of
from connectors.sms.smpp.texts import Alphabet, content_of, read_piece


def a_deliver(octets: bytes = b"Hi", **fields: Any) -> Pdu:
    ends = {"source_addr": "15550001111", "destination_addr": "15550100"}
    given = {name: 0 if kind == "octet" else "" for name, kind in LAYOUTS[Command.DELIVER_SM]}
    return Pdu(command=Command.DELIVER_SM, fields=given | ends | {"short_message": octets} | fields)


def test_an_enquire_link_is_sixteen_octets() -> None:
    octets = bytes.fromhex("00000010 00000015 00000000 00000001")
    assert Pdu(command=Command.ENQUIRE_LINK, sequence=1).encode() == octets
    assert decode(octets) == Pdu(command=Command.ENQUIRE_LINK, sequence=1)


texts = st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=20)
values = {
    "octet": st.integers(0, 255),
    "text": texts,
    "message": st.binary(max_size=255),
    "destinations": st.lists(
        st.tuples(st.integers(0, 255), st.integers(0, 255), texts) | st.tuples(texts), max_size=3
    ).map(tuple),
    "failures": st.lists(
        st.tuples(st.integers(0, 255), st.integers(0, 255), texts, st.integers(0, 2**32 - 1)), max_size=3
    ).map(tuple),
}


@st.composite
def pdus(draw: st.DrawFn) -> Pdu:
    command = draw(st.sampled_from(sorted(LAYOUTS)))
    fields = {name: draw(values[kind]) for name, kind in LAYOUTS[command]}
    parameters = st.lists(st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=300)), max_size=3)
    return Pdu(
        command=command,
        sequence=draw(st.integers(0, 2**32 - 1)),
        status=draw(st.integers(0, 2**32 - 1)),
        fields=fields,
        parameters=tuple(draw(parameters)) if fields else (),
    )


@given(pdus())
def test_what_is_written_is_read_as_it_was(pdu: Pdu) -> None:
    assert decode(pdu.encode()) == pdu


@given(
    st.sampled_from([0x05, 0x04, 0x103, 0x80000004, 0x80000009, 0x21, 0x80000021, 0x99]),
    st.binary(max_size=200),
)
def test_whatever_comes_is_read_or_refused(command: int, body: bytes) -> None:
    octets = (16 + len(body)).to_bytes(4, "big") + command.to_bytes(4, "big") + bytes(8) + body
    try:
        pdu = decode(octets)
    except Malformed as error:
        assert error.status in (1, 2)
    else:
        assert pdu.command == command


@pytest.mark.parametrize("length", [0, 3, 15, LARGEST + 1, 0x01000000, 0xFFFFFFFF])
def test_a_length_that_cannot_be_is_refused_before_anything_is_read(length: int) -> None:
    with pytest.raises(Malformed):
        length_of(length.to_bytes(4, "big"))


def test_an_answer_may_lack_its_body_or_its_nul() -> None:
    bare = bytes.fromhex("00000010 80000004 00000058 00000007")
    assert decode(bare).status == 0x58 and decode(bare).encode() == bare
    cut = bytes.fromhex("00000013 80000004 00000000 00000007") + b"42A"
    assert decode(cut).fields == {"message_id": "42A"}


def test_a_broken_parameter_does_not_take_the_message_along() -> None:
    octets = bytearray(a_deliver(b"Hello").encode() + bytes.fromhex("0427 0001 02 001e ffff 31"))
    octets[:4] = len(octets).to_bytes(4, "big")
    pdu = decode(bytes(octets))
    assert pdu.fields["short_message"] == b"Hello"
    assert pdu.parameters == ((0x0427, b"\x02"),)
    assert pdu.encode() == bytes(octets)


def test_a_text_that_would_end_its_field_is_not_written() -> None:
    with pytest.raises(ValueError, match="source_addr"):
        a_deliver(source_addr="1\0" + "2").encode()


def test_a_national_table_says_more_than_the_label() -> None:
    header = bytes.fromhex("06 2401 01 2501 01")
    pdu = a_deliver(header + b"\x1dehir", esm_class=0x40, data_coding=1)
    assert content_of([read_piece(pdu, Alphabet.GSM7)]) == Text("şehir")


def test_a_command_that_nobody_knows_keeps_its_body() -> None:
    octets = bytes.fromhex("00000013 00000999 00000000 00000001") + b"abc"
    assert decode(octets).fields == {"body": b"abc"}
    assert decode(octets).name == "command 0x999"
    assert Pdu(command=Command.SUBMIT_SM | RESPONSE).name == "submit_sm_resp"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("261122120000000+", datetime(2026, 11, 22, 12, tzinfo=UTC)),
        ("261122140000008+", datetime(2026, 11, 22, 12, tzinfo=UTC)),
        ("261122070000020-", datetime(2026, 11, 22, 12, tzinfo=UTC)),
        ("000000020630000R", timedelta(hours=2, minutes=6, seconds=30)),
        ("", None),
        ("261322120000000+", None),
        ("tomorrow", None),
    ],
)
def test_times_are_read(text: str, meaning: datetime | timedelta | None) -> None:
    assert times.parse(text) == meaning


@given(st.timedeltas(timedelta(), timedelta(days=3650)))
def test_a_relative_time_is_written_to_the_second(period: timedelta) -> None:
    assert times.parse(times.relative(period)) == period - timedelta(microseconds=period.microseconds)


def test_a_moment_is_written_in_utc() -> None:
    assert times.absolute(datetime(2026, 11, 22, 12, 0, 0, 500_000, tzinfo=UTC)) == "261122120000500+"
