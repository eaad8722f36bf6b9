"""What colleagues know of contacts: kept, typed, found again."""

import asyncio

import pytest

from inbox.actions import profiles
from inbox.actions.errors import Forbidden, Invalid, NotFound
from inbox.model.contact import Contact
from inbox.model.people import READ, Principal, Role
from inbox.model.profile import AttributeKind, wanted_words
from inbox.model.words import query_words
from tests.inbox.factories import an_agent, heard, phone
from tests.inbox.office import Office

MARCO, ADMIN = an_agent("Marco Rossi"), an_agent("Anna", Role.ADMIN)
READER = Principal(id="r", name="Rita", permissions=frozenset({READ}))


async def the_contact(office: Office, number: str = "+15550001111") -> Contact:
    (contact,) = await office.store.contacts.known_as([phone(number).key])
    return contact


async def found(office: Office, query: str) -> list[str | None]:
    words = wanted_words(*query_words(query))
    return [contact.name for contact in await office.store.contacts.page(words)]


async def test_a_new_name_is_found_at_once_and_the_old_one_no_more(office: Office) -> None:
    await office.hears("Hi")
    assert await found(office, "ada") == ["Ada"]
    await profiles.edit(office.desk, MARCO, (await the_contact(office)).id, {"name": "Augusta King"})
    assert await found(office, "ada") == []
    assert await found(office, "king aug") == ["Augusta King"]
    assert (await office.conversation()).contact.name == "Augusta King"


async def test_a_message_of_a_known_contact_writes_nothing_to_contacts(office: Office) -> None:
    await office.hears("Hi")
    await office.store._database.command("profile", 2)
    await office.hears("And again")
    await office.store._database.command("profile", 0)
    written = office.store._database["system.profile"].find(
        {"ns": {"$regex": r"\.contacts$"}, "op": {"$in": ["insert", "update"]}}
    )
    assert await written.to_list(None) == []


async def test_the_last_changed_are_first_and_pages_meet_without_a_gap(office: Office) -> None:
    for n in range(7):
        await office.take(heard("Hi", phone(f"+3902123400{n}"), name=f"Person {n}"))
        office.clock.forward(seconds=n % 3)  # some have the same time
    pages, after = [], None
    while page := await office.store.contacts.page(["person"], after=after, limit=2):
        pages += [contact.name for contact in page]
        after = (page[-1].updated_at, page[-1].id)
    assert sorted(pages) == [f"Person {n}" for n in range(7)] and len(pages) == 7
    office.clock.forward(seconds=1)
    first = await the_contact(office, "+39021234000")
    await profiles.edit(office.desk, MARCO, first.id, {"email": "first@example.com"})
    assert (await office.store.contacts.page([]))[0].id == first.id


async def test_attributes_are_defined_before_they_are_given(office: Office) -> None:
    await office.hears("Hi")
    at = (await the_contact(office)).id
    with pytest.raises(Invalid, match="no attribute plan"):
        await profiles.edit(office.desk, MARCO, at, {"plan": "gold"})
    plan = {"label": "Plan", "kind": AttributeKind.CHOICE, "choices": ("gold", "silver")}
    with pytest.raises(Forbidden):
        await profiles.define(office.desk, MARCO, "plan", **plan)
    await profiles.define(office.desk, ADMIN, "plan", **plan)
    await profiles.edit(office.desk, MARCO, at, {"plan": "gold", "email": "ada@example.com"})
    await profiles.edit(office.desk, MARCO, at, {"email": None})
    assert (await the_contact(office)).attributes == {"plan": "gold"}
    for bad in ({"plan": "tin"}, {"email": "nobody"}, {"phone": "12"}, {"$where": "1"}):
        with pytest.raises(Invalid):
            await profiles.edit(office.desk, MARCO, at, bad)
    with pytest.raises(Invalid, match="already"):
        await profiles.define(office.desk, ADMIN, "plan", label="Plan", kind=AttributeKind.TEXT)
    await profiles.undefine(office.desk, ADMIN, "plan")
    assert (await the_contact(office)).attributes == {"plan": "gold"}


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("Plan", {}),
        ("email", {}),
        ("$set", {}),
        ("a.b", {}),
        ("plan", {"label": " "}),
        ("plan", {"kind": AttributeKind.CHOICE}),
        ("plan", {"choices": ("gold",)}),
    ],
)
async def test_a_definition_that_makes_no_sense_is_refused(office: Office, name: str, fields: dict) -> None:
    given = {"label": "Plan", "kind": AttributeKind.TEXT, **fields}
    with pytest.raises(Invalid):
        await profiles.define(office.desk, ADMIN, name, **given)


async def test_two_who_change_different_things_at_once_both_do(office: Office) -> None:
    await office.hears("Hi")
    at = (await the_contact(office)).id
    given = [{"name": "Augusta"}, {"email": "a@example.com"}, {"phone": "+390212345678"}]
    await asyncio.gather(*(profiles.edit(office.desk, MARCO, at, each) for each in given))
    after = await the_contact(office)
    assert (after.name, after.attributes) == (
        "Augusta",
        {"email": "a@example.com", "phone": "+390212345678"},
    )


async def test_a_note_is_its_authors_or_an_admins_to_delete(office: Office) -> None:
    await office.hears("Hi")
    at = (await the_contact(office)).id
    note = await profiles.add_note(office.desk, MARCO, at, " Prefers the morning. ")
    other = await profiles.add_note(office.desk, an_agent("Lucia"), at, "Speaks French.")
    assert [n.text for n in await profiles.notes_of(office.desk, at)] == [
        "Speaks French.",
        "Prefers the morning.",
    ]
    with pytest.raises(Forbidden):
        await profiles.drop_note(office.desk, MARCO, at, other.id)
    with pytest.raises(NotFound):
        await profiles.drop_note(office.desk, ADMIN, "another contact", other.id)
    await profiles.drop_note(office.desk, MARCO, at, note.id)
    await profiles.drop_note(office.desk, ADMIN, at, other.id)
    assert await profiles.notes_of(office.desk, at) == []
    for bad in ("", " ", "x" * 4001, "nul\0"):
        with pytest.raises(Invalid):
            await profiles.add_note(office.desk, MARCO, at, bad)


async def test_who_may_only_read_changes_nothing(office: Office) -> None:
    await office.hears("Hi")
    at = (await the_contact(office)).id
    for attempt in (
        profiles.edit(office.desk, READER, at, {"name": "X"}),
        profiles.add_note(office.desk, READER, at, "X"),
        profiles.drop_note(office.desk, READER, at, "n"),
    ):
        with pytest.raises(Forbidden):
            await attempt
