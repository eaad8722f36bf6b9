"""Delivery receipts: as SMSCs write them, and to which message they belong."""

import asyncio
from datetime import datetime
from typing import Any

import pytest

from connectors.events import Identity, IdentityKind, StatusChanged, Unreadable
from connectors.sms.coding import split
from connectors.sms.smpp import ledger
from connectors.sms.smpp.receipts import DeliveryReceipt, is_receipt, parse_text, read_receipt, spellings
from inbox.store import Store
from tests.connectors.sms.smpp.desk import Desk, a_connector, a_text, held
from tests.connectors.sms.smpp.smscs import Smsc, a_perl_smsc, an_smsc
from tests.connectors.sms.smpp.test_pdus import a_deliver
from tests.parley import until

NOON, NOON_AND_A_BIT = datetime(2026, 11, 22, 12, 0), datetime(2026, 11, 22, 12, 0, 30)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (
            "id:0123456789 sub:001 dlvrd:001 submit date:2611221200 done date:2611221200 "
            "stat:DELIVRD err:000 text:Hello",
            {"id": "0123456789", "state": 2, "error": "000", "text": "Hello", "submitted": 1, "delivered": 1}
            | {"submit_date": NOON, "done_date": NOON},
        ),
        (
            "ID:a1-B2 SUB:001 DLVRD:000 SUBMIT DATE:261122120000 DONE DATE:20261122120030 "
            "STAT:UNDELIV ERR:0x1F TEXT:",
            {"id": "a1-B2", "state": 5, "error": "0x1F", "submitted": 1, "delivered": 0}
            | {"submit_date": NOON, "done_date": NOON_AND_A_BIT},
        ),
        ("stat:EXPIRED err:3 id:7", {"id": "7", "state": 3, "error": "3"}),
        ("id:7 status:REJECTD", {"id": "7", "state": 8}),
        ("id: 7 stat: DELIVRD", {"id": "7", "state": 2}),
        ("id:7\nstat:ACCEPTD\nerr:000", {"id": "7", "state": 6, "error": "000"}),
        (
            "id:7 submit_date:2611221200 Done-Date:2611221200 stat:1",
            {"id": "7", "state": 1} | {"submit_date": NOON, "done_date": NOON},
        ),
        ("id:7 stat:DELIVERED", {"id": "7", "state": 2}),
        ("id:7 stat:UNDELIVERABLE", {"id": "7", "state": 5}),
        ("id:7 stat:whatever", {"id": "7"}),
        ("id:7 stat:DELIVRD done date:0000000000", {"id": "7", "state": 2}),
        ("id:7 stat:DELIVRD text:id:8 stat:EXPIRED", {"id": "7", "state": 2, "text": "id:8 stat:EXPIRED"}),
        ("id:7 err:000 text: stat:DELIVRD", {"id": "7", "state": 2, "error": "000"}),
        ("id:7 sub:999999999999 stat:DELIVRD", {"id": "7", "state": 2}),
    ],
)
def test_the_text_is_read_as_it_comes(text: str, meaning: dict[str, Any]) -> None:
    assert parse_text(text) == DeliveryReceipt(**meaning)


@pytest.mark.parametrize("text", ["", "Hello", "text:Hello", "video:7", "id", "\0" * 200])
def test_other_texts_are_no_receipts(text: str) -> None:
    assert parse_text(text) is None


def test_the_parameters_go_before_the_text() -> None:
    pdu = a_deliver(b"id:999 stat:UNDELIV", esm_class=4)
    pdu = type(pdu)(
        command=pdu.command,
        fields=pdu.fields,
        parameters=((0x1E, b"38601fa\0"), (0x427, b"\x02"), (0x423, b"\x03\x00\x22")),
    )
    receipt = read_receipt(pdu)
    assert receipt and (receipt.id, receipt.state, receipt.error) == ("38601fa", 2, "34")


def test_a_customer_cannot_forge_a_receipt() -> None:
    assert not is_receipt(a_deliver(b"id:1001 sub:001 dlvrd:001 stat:DELIVRD err:000 text:"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("59113978", "38601FA"),
        ("0059113978", "38601fa"),
        ("1001", "3e9"),
        ("00ab", "AB"),
        ("7", "07"),
        ("x-1", "X-1"),
    ],
)
def test_the_same_id_in_other_spellings(one: str, other: str) -> None:
    assert set(spellings(one)) & set(spellings(other))
    assert spellings("9" * 4000)


async def a_receipt(smsc: Smsc, message_id: str, stat: str, **fields: Any) -> None:
    words = f"id:{message_id} sub:001 dlvrd:001 stat:{stat} err:011 text:"
    smsc.deliver(words.encode(), esm_class=4, mark=message_id + stat, **fields)
    await smsc.tells("answered", mark=message_id + stat, status=0)


async def test_a_receipt_that_comes_before_the_answer_waits_for_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "_HELD", 60.0)  # however slow the SMSC is on a busy machine
    desk = Desk(store)
    async with an_smsc(hex=True) as smsc, held(a_connector(smsc.port), desk) as line:
        smsc.do("orders", orders=[{"receipt_first": "DELIVRD", "pause": 500}])
        await line.send(a_text())
        await until(lambda: desk.reports)
    assert desk.reports == [("m1", "delivered")]


async def test_a_failure_says_why(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk) as line:
        receipt = await line.send(a_text())
        await a_receipt(smsc, receipt.external_id, "UNDELIV")
        (event,) = desk.events
        assert isinstance(event, StatusChanged) and event.fault
        assert event.status == "failed" and event.fault.code == "UNDELIV:011"
        again = await line.send(a_text(attempt=2))
        assert again != receipt, "an agent who sends it again means it"
        assert len(smsc.told("submit")) == 2


async def test_a_long_message_is_delivered_when_all_its_parts_are(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc(hex=True) as smsc, held(a_connector(smsc.port), desk) as line:
        receipt = await line.send(a_text("x" * 400))
        for number in (1003, 1001, 1001, 1002):
            await a_receipt(smsc, str(number), "DELIVRD")
        assert desk.reports == [("m1", "delivered")], "not before: other parts may not be sent yet"
    assert {event.external_id for event in desk.events} == {receipt.external_id}


async def test_a_long_message_fails_with_any_of_its_parts(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk) as line:
        await line.send(a_text("x" * 400))
        await a_receipt(smsc, "1002", "EXPIRED")
    (event,) = desk.events
    assert (
        isinstance(event, StatusChanged) and event.fault and event.fault.message.startswith("Part 2 of 3: ")
    )


async def test_of_two_that_fit_the_customers_number_tells(store: Store) -> None:
    """1001 is an id of its own, and 1001 in hexadecimal is the decimal 4097."""
    desk = Desk(store)
    bob = Identity(IdentityKind.PHONE, "+15550002222")
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk) as line:
        smsc.do("orders", orders=[{"id": "1001"}, {"id": "4097"}])
        await line.send(a_text("to Ada", "ada"))
        await line.send(a_text("to Bob", "bob", to=bob))
        await a_receipt(smsc, "4097", "DELIVRD", source_addr="15550001111")
        await a_receipt(smsc, "1001", "DELIVRD", source_addr="15550002222")
    assert desk.reports == [("ada", "delivered"), ("bob", "delivered")]


async def test_receipts_are_known_after_a_restart(store: Store) -> None:
    async with an_smsc(hex=True) as smsc:
        async with held(a_connector(smsc.port), Desk(store)) as line:
            await line.send(a_text("x" * 200))
        desk = Desk(store)
        async with held(a_connector(smsc.port), desk):
            await a_receipt(smsc, "0000001002", "DELIVRD")
            await a_receipt(smsc, "0000001001", "DELIVRD")
    assert desk.reports == [("m1", "delivered")]


async def test_a_receipt_settles_a_message_in_doubt(store: Store) -> None:
    desk = Desk(store)
    desk.doubts = [a_text("Your parcel has arrived, come and fetch it.", "doubtful")]
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk):
        words = b"id:5 sub:001 dlvrd:001 stat:DELIVRD err:000 text:"
        smsc.deliver(words + b"Something else", esm_class=4)
        smsc.deliver(words + b"Your parcel has arri", esm_class=4)
        await until(lambda: len(desk.reports) == 2)
    assert sorted(desk.reports, key=str) == [("doubtful", "delivered"), (None, "delivered")]


async def test_a_receipt_settles_one_part_of_a_long_message_in_doubt(store: Store) -> None:
    desk = Desk(store)
    story = "".join(f"Sentence {n} of a long story. " for n in range(12))
    second = split(story)[1].text
    desk.doubts = [a_text(story, "doubtful")]
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk) as line:
        words = f"id:5 sub:001 dlvrd:001 stat:DELIVRD err:000 text:{second[:20]}"
        smsc.deliver(words.encode(), esm_class=4, mark="second")
        await smsc.tells("answered", mark="second", status=0)
        assert not desk.reports
        await line.send(a_text(story, "doubtful", attempt=2))
        await a_receipt(smsc, "1001", "DELIVRD")
        assert not desk.reports
        await a_receipt(smsc, "1002", "DELIVRD")
        assert desk.reports == [("doubtful", "delivered")]
    assert second not in [each["text"] for each in smsc.told("submit")], "it is not sent again"
    assert len(smsc.told("submit")) == 2


async def test_a_receipt_for_nobody_keeps_its_id(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk):
        await a_receipt(smsc, "777", "DELIVRD")
        smsc.deliver(b"stat:DELIVRD", esm_class=4)
        await until(lambda: len(desk.events) == 2)
    report, nameless = sorted(desk.events, key=lambda event: isinstance(event, Unreadable))
    assert isinstance(report, StatusChanged) and (report.external_id, report.message_id) == ("777", None)
    assert isinstance(nameless, Unreadable)


async def test_a_receipt_is_answered_after_it_is_stored(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk) as line:
        receipt = await line.send(a_text())
        desk.is_down = True
        smsc.deliver(f"id:{receipt.external_id} stat:DELIVRD".encode(), esm_class=4, mark="down")
        await smsc.tells("answered", mark="down", status=0x64)


async def test_an_smsc_of_another_origin_with_two_bases(store: Store) -> None:
    desk = Desk(store)
    async with a_perl_smsc() as smsc:
        async with held(a_connector(smsc.port), desk) as line:
            receipts = await asyncio.gather(
                line.send(a_text("echo Grüße", "one")),
                line.send(a_text("x" * 400, "long")),
                line.send(a_text("добрый день", "two")),
            )
            await until(lambda: len([each for each in desk.reports if each[1] == "delivered"]) == 3)
            assert len(await desk.hears(1)) == 1
        await smsc.tells("unbound")
    assert {receipt.external_id[:5] for receipt in receipts} == {"38601"}
    assert {our_id for our_id, status in desk.reports if status == "delivered"} == {"one", "long", "two"}
    assert desk.texts == ["Grüße"]
    assert len(smsc.told("submit")) == 5 and len(smsc.told("answered", words="0")) == 6
