"""The line to an SMSC of another origin: what goes out, what comes in, and when it is answered."""

import asyncio

import pytest

from connectors.errors import Throttled, Unreachable
from inbox.store import Store
from tests.connectors.sms.smpp.desk import Desk, a_connector, a_text, held
from tests.connectors.sms.smpp.smscs import an_smsc
from tests.parley import until


async def test_a_text_goes_out_and_its_receipt_comes_back(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc(hex=True, receipts="DELIVRD") as smsc, held(a_connector(smsc.port), desk) as line:
        receipt = await line.send(a_text("Grüße, 5 € {ok}"))
        await until(lambda: desk.reports)
    (sent,) = smsc.told("submit")
    assert sent["text"] == "Grüße, 5 € {ok}"
    assert (sent["from"], sent["to"], sent["ton"]) == ("15550100", "15550001111", [1, 1, 1, 1])
    assert (sent["coding"], sent["esm"], sent["receipt"]) == (0, 0, 1)
    assert receipt.external_id == "3E9"
    assert desk.reports == [("m1", "delivered")], "the receipt said 0000001001, which is 3E9"
    assert smsc.told("receipted", status=0)


async def test_a_customers_text_is_answered_after_the_commit_and_not_before(store: Store) -> None:
    desk = Desk(store)
    desk.pause = 0.3
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk):
        smsc.deliver(b"Hello there", mark="a")
        await asyncio.sleep(0.15)
        assert not smsc.told("answered")
        await smsc.tells("answered", mark="a", status=0)
        assert desk.texts == ["Hello there"]


async def test_what_could_not_be_stored_is_sent_again_by_the_smsc(store: Store) -> None:
    desk = Desk(store)
    desk.is_down = True
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk):
        smsc.deliver(b"Hello", mark="1st")
        (answer,) = await smsc.tells("answered", mark="1st")
        assert answer["status"] == 0x64 and desk.events == []
        desk.is_down = False
        smsc.deliver(b"Hello", mark="2nd")
        await smsc.tells("answered", mark="2nd", status=0)
        smsc.deliver(b"Hello", mark="3rd")
        await smsc.tells("answered", mark="3rd", status=0)
    assert desk.texts == ["Hello", "Hello"], "who writes the same twice has written twice"


async def test_throttling_is_told_and_nothing_counts_as_sent(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk) as line:
        smsc.do("orders", orders=[{"status": 0x58}, {"status": 0x14}])
        for name in ("ESME_RTHROTTLED", "ESME_RMSGQFUL"):
            with pytest.raises(Throttled) as caught:
                await line.send(a_text())
            assert caught.value.code == name
        assert (await line.send(a_text(attempt=3))).external_id


async def test_a_line_that_nobody_holds_sends_nothing(store: Store) -> None:
    async with an_smsc() as smsc:
        with pytest.raises(Unreachable):
            await a_connector(smsc.port).send(a_text())
