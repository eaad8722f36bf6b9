"""Segments of contacts: by what is known of them, counted as it is now, and nonsense refused."""

import pytest

from inbox.actions import profiles, segments
from inbox.actions.errors import AlreadyThere, Forbidden, Invalid, NotFound
from inbox.model.people import READ, Principal, Role
from inbox.model.profile import AttributeKind
from inbox.model.segment import Clause
from tests.inbox.actions.test_unmerge import ADA, BOB, owner
from tests.inbox.factories import an_agent, heard
from tests.inbox.office import Office

ADMIN, MARCO = an_agent("Ada Admin", Role.ADMIN), an_agent("Marco Rossi")


async def test_a_segment_has_those_of_whom_it_is_so_now(office: Office) -> None:
    await office.take(heard("I am Ada", ADA, name="Ada"), heard("I am Bob", BOB, name="Bob"))
    ada, bob = await owner(office, ADA), await owner(office, BOB)
    await profiles.define(office.desk, ADMIN, "orders", label="Orders", kind=AttributeKind.NUMBER)
    await profiles.define(office.desk, ADMIN, "plan", label="Plan", kind=AttributeKind.TEXT)
    await profiles.edit(office.desk, MARCO, ada.id, {"orders": 7, "plan": "Gold"})
    await profiles.edit(office.desk, MARCO, bob.id, {"orders": 2})
    for clauses, names in {
        (Clause("orders", "at_least", "5"),): {"Ada"},
        (Clause("orders", "at_most", "5"),): {"Bob"},
        (Clause("plan", "is", "Gold"),): {"Ada"},
        (Clause("plan", "is_not", "Gold"),): {"Bob"},
        (Clause("plan", "unknown"),): {"Bob"},
        (Clause("orders", "known"), Clause("reach", "is", "phone")): {"Ada", "Bob"},
        (Clause("reach", "is_not", "phone"),): set(),
        (Clause("blocked", "is", "no"), Clause("orders", "is", "7")): {"Ada"},
    }.items():
        made = await segments.save(office.desk, MARCO, name=str(clauses)[:80], clauses=clauses)
        query = await segments.query(office.desk, made.id)
        found = await office.store.contacts.page([], query=query)
        assert {contact.name for contact in found} == names, clauses
        assert {contact.name async for contact in office.store.contacts.every(query)} == names
        counts = {segment.id: number for segment, number in await segments.counted(office.desk)}
        assert counts[made.id] == len(names)
    await profiles.edit(office.desk, MARCO, bob.id, {"orders": 9})
    first = (await segments.counted(office.desk))[0][0]
    assert first.clauses
    await profiles.undefine(office.desk, ADMIN, "plan")
    assert -1 in [number for _, number in await segments.counted(office.desk)], "what is gone is not counted"


async def test_what_makes_no_sense_is_refused(office: Office) -> None:
    await profiles.define(office.desk, ADMIN, "orders", label="Orders", kind=AttributeKind.NUMBER)
    for clause in (
        Clause("orders", "at_least", "many"),
        Clause("orders", "is", ""),
        Clause("orders", "resembles", "5"),
        Clause("email", "at_least", "a"),
        Clause("$where", "is", "1"),
        Clause("reach", "is", "pigeon"),
        Clause("blocked", "known"),
    ):
        with pytest.raises(Invalid):
            await segments.save(office.desk, MARCO, name="Nonsense", clauses=(clause,))
    clauses = (Clause("orders", "known"),)
    with pytest.raises(Invalid):
        await segments.save(office.desk, MARCO, name=" ", clauses=clauses)
    with pytest.raises(Forbidden):
        reader = Principal(id="r", name="R", permissions=frozenset({READ}), is_user=True)
        await segments.save(office.desk, reader, name="x", clauses=clauses)
    made = await segments.save(office.desk, MARCO, name="Orders", clauses=clauses)
    with pytest.raises(AlreadyThere):
        await segments.save(office.desk, MARCO, name="Orders", clauses=clauses)
    await segments.drop(office.desk, MARCO, made.id)
    with pytest.raises(Invalid):
        await segments.query(office.desk, made.id)


async def test_one_is_revised_under_its_id_and_a_taken_name_is_refused(office: Office) -> None:
    clauses = (Clause("reach", "is", "phone"),)
    made = await segments.save(office.desk, MARCO, name="Phones", clauses=clauses)
    await segments.save(office.desk, MARCO, name="Others", clauses=clauses)
    new = (Clause("blocked", "is", "yes"),)
    revised = await segments.revise(office.desk, MARCO, made.id, name="  Blocked ", clauses=new)
    assert (revised.id, revised.name, revised.clauses) == (made.id, "Blocked", new)
    assert await office.store.segments.get(made.id) == revised
    with pytest.raises(AlreadyThere):
        await segments.revise(office.desk, MARCO, made.id, name="Others", clauses=new)
    with pytest.raises(Invalid):
        await segments.revise(office.desk, MARCO, made.id, name="Blocked", clauses=())
    with pytest.raises(NotFound):
        await segments.revise(office.desk, MARCO, "gone", name="Gone", clauses=new)
    reader = Principal(id="r", name="R", permissions=frozenset({READ}), is_user=True)
    with pytest.raises(Forbidden):
        await segments.revise(office.desk, reader, made.id, name="Mine", clauses=new)
