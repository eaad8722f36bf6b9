"""A label is renamed or taken away everywhere, however it is interrupted, and no rule is set off."""

import pytest

from inbox.actions import labels, rules, triage
from inbox.actions.errors import Forbidden, Invalid, NotFound
from inbox.automation import Automation
from inbox.model.people import Role
from inbox.model.rules import Condition, Step
from tests.inbox.factories import an_agent, heard, phone
from tests.inbox.office import Office

ADMIN, MARCO = an_agent("Ada Admin", Role.ADMIN), an_agent("Marco")


async def labelled(office: Office, *names: str) -> str:
    """A conversation of somebody new with these labels."""
    number = f"+1555000{len(await office.store.conversations.labelled('old', 99)):04}"
    await office.take(heard("Hello", phone(number)))
    (contact,) = await office.store.contacts.known_as([phone(number).key])
    (conversation,) = await office.store.conversations.of_contact(contact.id)
    await triage.label(office.desk, conversation.id, MARCO, add=names)
    return conversation.id


async def labels_of(office: Office, at: str) -> tuple[str, ...]:
    found = await office.store.conversations.get(at)
    assert found
    return found.labels


async def test_it_is_renamed_everywhere_a_part_at_a_time(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await labelled(office, "old", "vip"), await labelled(office, "new", "old")
    before = await office.store.conversations.get(first)
    monkeypatch.setattr(labels, "_AT_ONCE", 1)
    done = await labels.rename(office.desk, ADMIN, "Old", " New ")
    assert done == (1, False)
    assert await labels.rename(office.desk, ADMIN, "old", "new") == (1, True)
    assert sorted([await labels_of(office, first), await labels_of(office, second)]) == [
        ("new",),
        ("new", "vip"),
    ]
    after = await office.store.conversations.get(first)
    assert before and after and after.rev == before.rev + 1, "open pages hear of it"
    with pytest.raises(NotFound):
        await labels.rename(office.desk, ADMIN, "old", "new")
    noted = await office.store.audit.page({"target": "label:old"}, limit=9)
    assert [(one.what, one.after) for one in noted] == [
        ("label.renamed", {"label": "new", "conversations": 1})
    ] * 2


async def test_it_is_taken_away_and_no_rule_is_set_off(office: Office) -> None:
    steps = (Step("note", "A label!"),)
    await rules.save(office.desk, ADMIN, name="Seen", happening="labelled", steps=steps)
    at = await labelled(office, "old", "vip")
    following = Automation(office.desk)
    await following.step()
    assert await labels.remove(office.desk, ADMIN, "old") == (1, True)
    await following.step()
    assert await labels_of(office, at) == ("vip",)
    assert [getattr(m.content, "text", "") for m in await office.thread()].count("A label!") == 1


async def test_what_a_rule_goes_by_stays_and_agents_rename_nothing(office: Office) -> None:
    await labelled(office, "old")
    when = (Condition("label", "has", "vip, old"),)
    made = {"name": "Gold", "happening": "heard", "conditions": when, "steps": (Step("priority", "high"),)}
    rule = await rules.save(office.desk, ADMIN, **made)
    for deed in (labels.remove(office.desk, ADMIN, "old"), labels.rename(office.desk, ADMIN, "old", "new")):
        with pytest.raises(Invalid, match="“Gold” goes by this label"):
            await deed
    await rules.drop(office.desk, ADMIN, rule.id)
    with pytest.raises(Forbidden):
        await labels.remove(office.desk, MARCO, "old")
    with pytest.raises(Invalid):
        await labels.rename(office.desk, ADMIN, "old", "  ")
