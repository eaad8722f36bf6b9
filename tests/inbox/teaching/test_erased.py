"""Somebody whose words were taught as they were, and who asks to be forgotten."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from inbox.model.erasure import Erasure, Person, certificate_of, mentions
from inbox.model.people import Role
from inbox.teaching.snapshot import take
from tests.inbox.http.test_privacy import certified, erased, everything, unsealed
from tests.inbox.teaching.test_jobs import ended
from tests.inbox.teaching.tiny import a_tiny_bot
from tests.parley import Client, Parley

NUMBER, NAME, MAIL = "390288880008", "Ottoline Morrell", "ottoline@morrell.example"
TRACES = (NUMBER, "+39 02 8888 0008", "Ottoline", "morrell")


async def test_what_the_bot_was_taught_of_a_person_is_erased_or_named(parley: Parley, data: Path) -> None:
    """A designer taught mail and number unmasked; a model was trained of it, an older state was packed."""
    a_tiny_bot(data)
    admin = await parley.an_agent("Ada Admin", Role.ADMIN)
    await parley.customer_says(f"I am {NAME}, {MAIL}", phone=NUMBER, name=NAME)
    (found,) = await parley.store.contacts.known_as([f"phone:+{NUMBER}"])
    given = {"attributes": {"email": MAIL}}
    assert (await admin.call("PATCH", f"/contacts/{found.id}", given))[0] == 200
    taught = {"keys": ["k1"], "examples": [f"{NAME} here, write to {MAIL}"], "intent": "greet"}
    dismissed = {"keys": ["k2"], "examples": [f"call +39 02 8888 0008, {MAIL}"], "intent": None}
    await teaches(admin, taught)
    await admin.post("/studio/review/dismiss", {"items": [dismissed]})
    older = take(data, parley.parts.clock())
    await parley.store.models.data.put(older)
    await teaches(admin, {"keys": ["k3"], "examples": ["another greeting altogether"], "intent": "greet"})
    job = await ended(admin, (await admin.post("/studio/jobs", {"kind": "train"}))["id"])
    assert job["state"] == "done"
    said = {"$push": {"log": f"an odd line about {MAIL}"}}
    await parley.store._database.studio_jobs.update_one({"_id": job["id"]}, said)
    before = await everything(parley)
    assert MAIL in before and "8888 0008" in before

    done = await certified(parley, (await erased(admin, found.id))["id"])
    assert done.held == ("data:nlu/all.yml", f"model:{job['id']}")
    assert done.certificate == certificate_of(done)
    assert {"studio_edits", "studio_jobs", "studio_reviews"} <= done.erased.keys()
    (shown,) = [each for each in (await admin.get("/erasures"))["items"] if each["id"] == done.id]
    assert shown["held"] == list(done.held)
    left = await unsealed(parley)
    for trace in TRACES:
        assert trace not in left
    assert await parley.store.models.data.get(older.id) is None, "packed, it is found by no grep"
    assert MAIL in (data / "nlu" / "all.yml").read_text(), "designers' files are the designers'"


async def teaches(admin: Client, item: dict[str, Any]) -> None:
    told = await admin.post("/studio/review/teach", {"items": [item]})
    assert "review" in told["items"][0], told


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("at 390288880008.", True),
        ("at +39 02 8888-0008", True),
        ("at +39 (02) 88880008", True),
        ("order 13902888800085", False),
        ("OTTOLINE@morrell.example", True),
        ("Ottoline  Morrell", True),
        ("Ottoline Morrells", False),
        ("Ottoline", False),
    ],
)
def test_addresses_are_found_however_they_are_written(text: str, is_found: bool) -> None:
    person = Person(contact_ids=(), conversation_ids=(), values=(f"+{NUMBER}", MAIL), names=(NAME,))
    pattern = mentions(person, by_name=True)
    assert pattern and bool(pattern.search(text)) is is_found


def test_a_person_without_an_address_is_found_nowhere() -> None:
    assert mentions(Person(contact_ids=("1",), conversation_ids=())) is None


def test_a_certificate_from_before_still_holds() -> None:
    """Nothing was held then, and the SHA-256 is that of the fields which there were."""
    moment = "2026-11-01T10:00:00Z"
    fields = {"id": "1", "asked_at": moment, "by": "Ada", "reason": "", "fingerprints": ["f"]}
    old = msgspec.convert({**fields, "done_at": moment, "erased": {"messages": 2}}, Erasure)
    assert certificate_of(old) == "d0f629f01122e11dfaad2d25cf25a49abb5915c5eb58c05b168217e642afa6b6"
