"""Texts on their way out: parts, codings, throttling, and lines that drop in the middle."""

import asyncio
from typing import Any

import pytest

from connectors.content import Note, Text
from connectors.contract import Outbound
from connectors.errors import (
    ContentRefused,
    OutcomeUnknown,
    ProviderDown,
    RecipientRefused,
    SendFailed,
    Throttled,
    Unreachable,
)
from connectors.events import Identity, IdentityKind
from connectors.sms.smpp.statuses import STATUSES, refusal
from inbox.store import Store
from tests.connectors.sms.smpp.desk import ADA, Desk, a_connector, a_text, held
from tests.connectors.sms.smpp.smscs import Json, an_smsc
from tests.parley import until

STORY = "".join(f"Sentence {n} of a long story, {{it}} costs €. " for n in range(100))[:4000]
RUSSIAN = ("Где мой заказ? Он должен был прийти вчера. " * 100)[:4000]
EMOJI = "🚚📅😤" * 1333


def joined(submits: list[Json]) -> str:
    """The parts in the order of their headers, as the SMSC has read them."""
    return "".join(each["text"] for each in sorted(submits, key=lambda each: each["udh"][0][-2:]))


@pytest.mark.parametrize(
    ("text", "parts", "coding"),
    [("Hello", 1, 0), (STORY, 28, 0), (RUSSIAN, 60, 8), (EMOJI, 122, 8), ("", 1, 0)],
    ids=["short", "gsm", "russian", "emoji", "nothing"],
)
async def test_a_long_text_goes_out_in_parts(store: Store, text: str, parts: int, coding: int) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk) as line:
        await line.send(a_text(text))
    submits = smsc.told("submit")
    assert len(submits) == parts
    assert {each["coding"] for each in submits} == {coding}
    assert (joined(submits) if parts > 1 else submits[0]["text"] or "") == text


async def test_255_parts_are_sent_and_256_are_refused(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk) as line:
        await line.send(a_text("x" * 153 * 255))
        assert len(smsc.told("submit")) == 255
        with pytest.raises(ContentRefused):
            await line.send(a_text("x" * (153 * 255 + 1), "m2"))
        assert len(smsc.told("submit")) == 255


async def test_parts_by_parameters(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port, long_messages="sar"), desk) as line:
        await line.send(a_text("word " * 80))
    submits = sorted(smsc.told("submit"), key=lambda each: each["sar"][2])
    assert [each["sar"][1:] for each in submits] == [[3, 1], [3, 2], [3, 3]]
    assert len({each["sar"][0] for each in submits}) == 1
    assert "".join(each["text"] for each in submits) == "word " * 80
    assert {each["esm"] for each in submits} == {0}


async def test_the_whole_text_as_payload(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port, long_messages="payload"), desk) as line:
        await line.send(a_text(RUSSIAN))
        await line.send(a_text("short", "m2"))
    long, short = smsc.told("submit")
    assert long["payload"] == RUSSIAN and not long["text"]
    assert short["text"] == "short" and short["payload"] is None


async def test_national_tables_where_the_operator_carries_them(store: Store) -> None:
    text = "Yarın şehirde görüşürüz, değil mi? " * 4
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port, languages="turkish"), desk) as line:
        await line.send(a_text(text))
    submits = smsc.told("submit")
    assert len(submits) == 1 and submits[0]["coding"] == 0
    assert any(element.startswith(("2401", "2501")) for element in submits[0]["udh"])


@pytest.mark.parametrize(
    ("settings", "text", "coding"),
    [
        ({"alphabet": "latin1"}, "Café", 0),
        ({"alphabet": "ascii"}, "a_b@c", 0),
        ({"alphabet": "ascii"}, "Café", 8),
        ({"alphabet": "latin1"}, "5 €", 8),
        ({"latin1": "yes"}, "être", 3),
        ({}, "être", 8),
    ],
)
async def test_the_smscs_alphabet_decides(store: Store, settings: Any, text: str, coding: int) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port, **settings), desk) as line:
        await line.send(a_text(text))
    assert smsc.told("submit")[0]["coding"] == coding


async def test_addresses_validity_and_receipts_are_settings(store: Store) -> None:
    desk = Desk(store)
    settings = {"from": "PARLEY", "dest_npi": "0", "validity_hours": "2", "receipts": "failures"}
    code = Identity(IdentityKind.USER, "sms:48484")
    async with an_smsc() as smsc, held(a_connector(smsc.port, **settings), desk) as line:
        await line.send(a_text())
        await line.send(a_text("Hi", "m2", to=code))
    first, second = smsc.told("submit")
    assert (first["from"], first["ton"], first["receipt"]) == ("PARLEY", [5, 0, 1, 0], 2)
    assert first["validity"]
    assert (second["to"], second["ton"][2:]) == ("48484", [0, 0])


async def test_the_answer_goes_out_by_the_number_that_was_written_to(store: Store) -> None:
    desk = Desk(store)
    ours = {"from": "+393331234567"}
    async with an_smsc() as smsc, held(a_connector(smsc.port, **ours), desk) as line:
        for account in ("48000", "+393339999999", "+3331234567", None):
            await line.send(
                Outbound(message_id=f"to {account}", to=(ADA,), content=Text("Hi"), account=account)
            )
    senders = [(each["from"], *each["ton"][:2]) for each in smsc.told("submit")]
    assert senders == [
        ("48000", 3, 0),
        ("393339999999", 1, 1),
        ("393331234567", 1, 1),  # the SMSC had written it as it is dialled in its country
        ("393331234567", 1, 1),
    ]


async def test_what_no_sms_can_carry_is_refused_before_anything_is_sent(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk) as line:
        with pytest.raises(ContentRefused):
            await line.send(Outbound(message_id="m", to=(ADA,), content=Note("Careful")))
        with pytest.raises(RecipientRefused):
            await line.send(a_text(to=Identity(IdentityKind.BSUID, "US.1")))
        with pytest.raises(ContentRefused):
            await line.send(a_text(to=Identity(IdentityKind.USER, "sms:Ω")))
        assert not smsc.told("submit")
        await line.send(a_text())


async def test_the_window_is_never_exceeded_and_always_used(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port, window="3"), desk) as line:
        smsc.do("orders", orders=[{"pause": 250}] * 9)
        sends = [asyncio.create_task(line.send(a_text("Hi", f"m{n}"))) for n in range(9)]
        await smsc.tells("submit", 3)
        await asyncio.sleep(0.12)
        assert len(smsc.told("submit")) == 3
        await asyncio.gather(*sends)
        assert len(smsc.told("submit")) == 9


async def test_parts_go_at_the_rate_that_is_set(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port, rate="20"), desk) as line:
        began = asyncio.get_running_loop().time()
        await line.send(a_text("x" * 153 * 11))
        assert asyncio.get_running_loop().time() - began >= 0.5
        assert len(smsc.told("submit")) == 11


@pytest.mark.parametrize("status", [0x08, 0x14, 0x58, 0x64])
async def test_a_long_text_that_is_throttled_goes_on_where_it_was(store: Store, status: int) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk) as line:
        smsc.do("orders", orders=[{}, {}, {"status": status}, {}, {"status": status}])
        with pytest.raises((Throttled, ProviderDown)):
            await line.send(a_text(STORY[:700]))
        await line.send(a_text(STORY[:700], attempt=2))
    taken = [each for each in smsc.told("submit") if each["id"]]
    assert len(taken) == 5, "no part twice"
    assert joined(taken) == STORY[:700]
    assert len({each["udh"][0][:6] for each in taken}) == 1, "all with one reference"


async def test_if_the_first_part_is_refused_the_others_are_not_tried(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk) as line:
        smsc.do("orders", orders=[{"status": 0x58}])
        with pytest.raises(Throttled):
            await line.send(a_text(STORY))
        assert len(smsc.told("submit")) == 1


async def test_a_line_that_drops_mid_window_loses_nothing_and_doubles_only_what_it_must(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk) as line:
        smsc.do("orders", orders=[{}, {}, {}, {"silent": True}, {"silent": True}, {"drop": True}])
        with pytest.raises(OutcomeUnknown) as caught:
            await line.send(a_text(STORY[:1300]))
        assert caught.value.code == "line_broken"
        answered = smsc.told("submit")[:3]
        await until(lambda: line.is_open)
        before = len(smsc.told("submit"))
        receipt = await line.send(a_text(STORY[:1300], attempt=2))
    again = smsc.told("submit")[before:]
    assert receipt.external_id == answered[0]["id"]
    assert not {each["udh"][0] for each in answered} & {each["udh"][0] for each in again}
    headers = {each["udh"][0] for each in (*answered, *again)}
    assert {header[:8] for header in headers} == {again[0]["udh"][0][:8]}, "one reference and total"
    assert {int(header[8:], 16) for header in headers} == set(range(1, 11)), "all ten parts"


async def test_many_messages_in_the_window_when_the_line_drops(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port, window="5"), desk) as line:
        smsc.do("orders", orders=[{}] * 4 + [{"silent": True}] * 3 + [{"drop": True}])
        sends = [asyncio.create_task(line.send(a_text("Hi", f"m{n}"))) for n in range(20)]
        done = await asyncio.gather(*sends, return_exceptions=True)
    kinds = [type(each).__name__ for each in done]
    reached = len(smsc.told("submit"))
    assert kinds.count("Receipt") == 4
    assert 4 <= kinds.count("OutcomeUnknown") <= 5 and kinds.count("OutcomeUnknown") >= reached - 4
    assert kinds.count("Unreachable") == 20 - 4 - kinds.count("OutcomeUnknown"), (
        "and these surely were not sent"
    )


async def test_an_answer_that_comes_too_late_still_counts(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port, answer_seconds="0.3"), desk) as line:
        smsc.do("orders", orders=[{"pause": 700}])
        with pytest.raises(OutcomeUnknown):
            await line.send(a_text())
        await asyncio.sleep(0.7)
        receipt = await line.send(a_text(attempt=2))
        assert len(smsc.told("submit")) == 1, "it is not sent again"
        assert receipt.external_id == smsc.told("submit")[0]["id"]


async def test_what_another_process_has_sent_is_not_sent_again(store: Store) -> None:
    async with an_smsc() as smsc:
        async with held(a_connector(smsc.port), Desk(store)) as line:
            first = await line.send(a_text("x" * 200))
        async with held(a_connector(smsc.port), Desk(store)) as line:
            assert await line.send(a_text("x" * 200, attempt=2)) == first
        assert len(smsc.told("submit")) == 2


async def test_an_answer_without_an_id_is_no_success(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk) as line:
        smsc.do("orders", orders=[{"id": ""}])
        with pytest.raises(OutcomeUnknown):
            await line.send(a_text())


async def test_taking_leave_waits_for_answers_that_are_due(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc:
        async with held(a_connector(smsc.port), desk) as line:
            smsc.do("orders", orders=[{"pause": 400}])
            send = asyncio.create_task(line.send(a_text()))
            await smsc.tells("submit")
        assert (await send).external_id
        await smsc.tells("unbind")
        with pytest.raises(Unreachable):
            await line.send(a_text("Hi", "m2"))


@pytest.mark.parametrize("status", [*STATUSES, 0x400, 0x1F0])
def test_each_status_has_words_and_a_decision(status: int) -> None:
    error = refusal(status)
    assert str(error).endswith((".", ")")) and error.code
    assert error.retry == (status in (0x04, 0x05, 0x08, 0x0D, 0x0E, 0x0F, 0x14, 0x53, 0x58, 0x64, 0x102))
    assert isinstance(error, SendFailed)
