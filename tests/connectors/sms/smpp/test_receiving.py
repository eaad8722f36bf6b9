"""What customers write, as SMSCs really hand it over."""

import asyncio
from datetime import timedelta

import pytest

from connectors.content import Unsupported
from connectors.events import MessageReceived, Unreadable
from connectors.sms.coding import Scheme, split
from connectors.sms.coding.scheme import GSM7, UCS2
from connectors.sms.smpp.addresses import Address
from connectors.sms.smpp.gathering import Gathering
from connectors.sms.smpp.texts import Alphabet, read_piece
from inbox.store import Store
from tests.connectors.sms.smpp.desk import Desk, a_connector, held, now
from tests.connectors.sms.smpp.smscs import Smsc, an_smsc
from tests.connectors.sms.smpp.test_pdus import a_deliver
from tests.parley import until

LONG = "".join(f"Sentence {n} of a long story about {{{n}}} €. " for n in range(12))
HINDI = "नमस्ते, मेरा ऑर्डर कहाँ है? " * 9
EMOJI = "Where is my order 🚚? It was promised for today 📅, and I wait 😤. " * 4


def esm(header: bytes) -> int:
    return 0x40 if header else 0


@pytest.mark.parametrize(
    ("coding", "octets", "text"),
    [
        (0, GSM7.encode("Grüße für 5 € [ok]"), "Grüße für 5 € [ok]"),
        (1, b"plain @ $ [ascii]", "plain @ $ [ascii]"),
        (3, "Café à Genève".encode("latin-1"), "Café à Genève"),
        (8, "Привет 👋".encode("utf-16-be"), "Привет 👋"),
        (6, "Привет".encode("iso8859_5"), "Привет"),
        (7, "שלום".encode("iso8859_8"), "שלום"),
        (5, "こんにちは".encode("shift_jis"), "こんにちは"),
        (14, "안녕하세요".encode("euc_kr"), "안녕하세요"),
        (0x10, b"flash", "flash"),
        (0x18, "вспышка".encode("utf-16-be"), "вспышка"),
        (0xF0, b"class 0", "class 0"),
        (0, b"", ""),
    ],
)
async def test_each_coding_is_read(store: Store, coding: int, octets: bytes, text: str) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk):
        smsc.deliver(octets, data_coding=coding)
        assert await desk.hears(1) == [text]


@pytest.mark.parametrize(
    ("alphabet", "octets", "text"),
    [("latin1", "Café [à]".encode("latin-1"), "Café [à]"), ("ascii", b"a_b@c.de", "a_b@c.de")],
)
async def test_the_smscs_default_alphabet_is_a_setting(
    store: Store, alphabet: str, octets: bytes, text: str
) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port, alphabet=alphabet), desk):
        smsc.deliver(octets)
        assert await desk.hears(1) == [text]


async def test_who_wrote_and_to_which_number(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port, region="IT"), desk):
        for source, ton in (("393331234567", 1), ("3331234567", 2), ("+4915112345678", 0), ("48484", 3)):
            smsc.deliver(b"Ciao", source_addr=source, source_addr_ton=ton, destination_addr="48000")
        smsc.deliver(b"Offer", source_addr="Pizza Roma", source_addr_ton=5)
        await desk.hears(5)
    events = [event for event in desk.events if isinstance(event, MessageReceived)]
    assert {event.identities[0].key for event in events} == {
        "phone:+393331234567",
        "phone:+4915112345678",
        "user:sms:48484",
        "user:sms:Pizza Roma",
    }
    assert events[0].account == "48000"


@pytest.mark.parametrize("data_sm", [False, True])
async def test_a_text_in_message_payload(store: Store, data_sm: bool) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk):
        smsc.deliver(payload=(LONG * 5).encode("utf-16-be").hex(), data_coding=8, data_sm=data_sm)
        assert await desk.hears(1) == [LONG * 5]
        answer = "data_sm_resp" if data_sm else "deliver_sm_resp"
        assert (await smsc.tells("answered"))[0]["command"] == answer


SCHEMES = [(LONG, GSM7), (EMOJI, UCS2), (HINDI, Scheme(locking=6, single=6)), ("Şişli’de ğ? " * 30, None)]


@pytest.mark.parametrize(("text", "scheme"), SCHEMES, ids=["gsm", "emoji", "hindi tables", "turkish"])
@pytest.mark.parametrize("wide", [False, True])
async def test_parts_come_in_any_order_and_twice(
    store: Store, text: str, scheme: Scheme | None, wide: bool
) -> None:
    desk = Desk(store)
    parts = split(text, scheme, reference=77, wide=wide)
    assert len(parts) > 1
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk):
        for part in [*reversed(parts), *parts]:
            code = part.scheme.data_coding
            smsc.deliver(part.short_message, data_coding=code, esm_class=esm(part.header), mark="part")
        await smsc.tells("answered", 2 * len(parts), mark="part", status=0)
    assert desk.texts == [text]


async def test_parts_by_parameters_instead_of_a_header(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk):
        for number, words in ((3, "three"), (1, "one, "), (2, "two, ")):
            sar = {"sar_msg_ref_num": 9, "sar_total_segments": 3, "sar_segment_seqnum": number}
            smsc.deliver(words.encode(), **sar)
        assert await desk.hears(1) == ["one, two, three"]


def two_customers(smsc: Smsc, part: int) -> None:
    for source in ("15550001111", "15550002222"):
        header = bytes((5, 0, 3, 42, 2, part))
        smsc.deliver(header + f"{source} says {part}. ".encode(), esm_class=0x40, source_addr=source)


async def test_two_customers_with_the_same_reference_are_kept_apart(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk):
        two_customers(smsc, 2)
        two_customers(smsc, 1)
        texts = await desk.hears(2)
    assert sorted(texts) == [f"{n} says 1. {n} says 2. " for n in ("15550001111", "15550002222")]


async def test_parts_come_over_two_binds(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc:
        connector = a_connector(smsc.port, bind="two transceivers")
        async with held(connector, desk):
            await smsc.tells("bind", 2)
            parts = split(LONG, GSM7, reference=5)
            for place, part in enumerate(parts):
                smsc.deliver(part.short_message, esm_class=0x40, session=place % 2)
            assert await desk.hears(1) == [LONG]


async def test_parts_are_found_again_after_a_restart(store: Store) -> None:
    parts = split(LONG, GSM7, reference=5)
    async with an_smsc() as smsc:
        async with held(a_connector(smsc.port), Desk(store)):
            for part in parts[1:]:
                smsc.deliver(part.short_message, esm_class=0x40, mark="part")
            await smsc.tells("answered", len(parts) - 1, mark="part", status=0)
        desk = Desk(store)
        async with held(a_connector(smsc.port), desk):
            smsc.deliver(parts[0].short_message, esm_class=0x40)
            assert await desk.hears(1) == [LONG]


async def test_a_message_whose_parts_do_not_come_is_taken_as_far_as_it_goes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.sms.smpp.connector._SWEEP_EVERY", 0.2)
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port, gather_minutes="0.02"), desk):
        for number, words in ((1, "one"), (3, "three"), (4, " four")):
            smsc.deliver(bytes((5, 0, 3, 1, 5, number)) + words.encode(), esm_class=0x40)
        assert await desk.hears(1) == ["one […] three four […]"]
        smsc.deliver(bytes((5, 0, 3, 1, 5, 2)) + b"two", esm_class=0x40)
        assert await desk.hears(2) == ["one […] three four […]", "[…] two […]"]
        await asyncio.sleep(0.6)
        assert len(desk.texts) == 2, "once"


async def test_a_reference_that_comes_round_again_begins_a_new_message(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk):
        for story in ("first", "second", "second"):
            for number in (1, 2):
                words = f"{story} {number} ".encode()
                smsc.deliver(bytes((5, 0, 3, 8, 2, number)) + words, esm_class=0x40, mark=story)
        await smsc.tells("answered", 4, mark="second", status=0)
    assert desk.texts == ["first 1 first 2 ", "second 1 second 2 "], "and a repetition none"


async def test_the_same_long_text_much_later_is_a_new_message(store: Store) -> None:
    at = [now()]
    gathering = Gathering(store.shelf("sms", lambda: at[0]), lambda: at[0], timedelta(hours=1))
    parts = [a_deliver(bytes((5, 0, 3, 8, 2, number)) + b"same", esm_class=0x40) for number in (1, 2)]
    pieces = [read_piece(part, Alphabet.GSM7) for part in parts]
    ends = Address(1, 1, "15550001111"), Address(1, 1, "15550100")
    ids = []
    for _ in range(2):
        for piece in pieces:
            gathered = await gathering.add(piece, *ends)
        assert gathered is not None
        await gathering.done(gathered)
        ids.append(gathered.external_id)
        at[0] += timedelta(minutes=11)
    assert len(set(ids)) == 2


async def test_a_customers_messages_keep_their_order(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk):
        for number in range(30):
            if number % 3:
                smsc.deliver(f"no. {number}".encode())
            else:
                for part in (2, 1):
                    words = b"" if part == 2 else f"no. {number}".encode()
                    smsc.deliver(bytes((5, 0, 3, number, 2, part)) + words, esm_class=0x40)
        assert await desk.hears(30) == [f"no. {number}" for number in range(30)]


async def test_what_is_no_text_is_shown_as_such(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk):
        smsc.deliver(bytes.fromhex("06050415810000") + b"\x01\x02", esm_class=0x40)
        smsc.deliver(b"\x01\x02\x03", data_coding=4)
        await desk.hears(2)
    assert all(isinstance(event.content, Unsupported) for event in desk.events)


async def test_what_cannot_be_read_is_kept_and_not_asked_for_again(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk):
        smsc.deliver(b"\xf0too short", esm_class=0x40, mark="header")
        smsc.deliver(b"who?", source_addr="", mark="nobody")
        await smsc.tells("answered", mark="header", status=0)
        await smsc.tells("answered", mark="nobody", status=0)
    assert [type(event) for event in desk.events] == [Unreadable, Unreadable]
    assert all(event.raw["hex"] for event in desk.events if isinstance(event, Unreadable))


@pytest.mark.parametrize(("reader", "esm_class"), [("read_piece", 0), ("content_of", 0), ("read_receipt", 4)])
async def test_a_fault_of_our_reader_does_not_make_the_smsc_send_for_ever(
    store: Store, monkeypatch: pytest.MonkeyPatch, reader: str, esm_class: int
) -> None:
    def faulty(*_: object) -> None:
        raise KeyError("a fault of ours")

    monkeypatch.setattr(f"connectors.sms.smpp.reception.{reader}", faulty)
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk):
        smsc.deliver(b"Hello", mark="fault", esm_class=esm_class)
        await smsc.tells("answered", mark="fault", status=0)
    (kept,) = desk.events
    assert isinstance(kept, Unreadable)
    assert "Our reader failed with KeyError." in kept.reason
    assert kept.raw["hex"]


async def test_what_was_stored_but_not_answered_is_known_when_it_comes_again(store: Store) -> None:
    first, second = Desk(store), Desk(store)
    async with an_smsc() as smsc:
        async with held(a_connector(smsc.port), first):
            smsc.deliver(b"Yes")
            await first.hears(1)
        second.events, second.left_at = first.events, now()  # another process finds what the first has stored
        async with held(a_connector(smsc.port), second):
            smsc.deliver(b"Yes", mark="again")
            await smsc.tells("answered", mark="again", status=0)
            assert len(second.texts) == 1
            smsc.deliver(b"Yes", mark="anew")
            await smsc.tells("answered", mark="anew", status=0)
            assert len(second.texts) == 2, "a second time it was the customer"


async def test_who_writes_the_same_twice_after_a_new_bind_has_written_twice(store: Store) -> None:
    desk = Desk(store)
    desk.left_at = now()
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk) as line:
        for place in range(2):
            smsc.deliver(b"Yes", mark=f"{place}")
            await smsc.tells("answered", mark=f"{place}", status=0)
            await asyncio.sleep(0.05)
        assert desk.texts == ["Yes", "Yes"]
        smsc.do("drop")
        await smsc.tells("bind", 2)
        await until(lambda: line.is_open)
        for place in range(2, 6):
            smsc.deliver(b"Yes", mark=f"{place}")
            await smsc.tells("answered", mark=f"{place}", status=0)
    assert desk.texts == ["Yes"] * 4, "two came again, two are new"


async def test_the_line_is_not_read_faster_than_we_can_store(store: Store) -> None:
    desk = Desk(store)
    desk.pause = 0.05
    async with an_smsc() as smsc, held(a_connector(smsc.port), desk):
        for number in range(1000):
            smsc.deliver(b"x" * 100, source_addr=str(15550002000 + number), mark="many")
        await until(lambda: len(desk.texts) == 1000, within=60)
        await smsc.tells("answered", 1000, mark="many", status=0)
