"""Rules: run once, wholly, in their order; never by what they did themselves; tried before they are kept."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.content import Activity, Note
from inbox.actions import converse, profiles, rules, teams, triage
from inbox.actions.errors import AlreadyThere, Forbidden, Invalid, NotFound, NotSpeaker
from inbox.automation import Automation
from inbox.dialogue import Handoff
from inbox.model.conversation import Ran, Status
from inbox.model.hours import Hours
from inbox.model.message import AuthorKind
from inbox.model.people import Role
from inbox.model.profile import AttributeKind
from inbox.model.rules import (
    FIELDS,
    LONGEST_CHAIN,
    MOST_RUNS,
    Condition,
    Happening,
    Rule,
    Step,
    holds,
    kept_from,
)
from inbox.store import Store
from tests.inbox.factories import NOON, a_conversation, a_message, an_agent, heard, phone
from tests.inbox.office import Office, says

ADMIN = an_agent("Ada Admin", Role.ADMIN)
MARCO = an_agent()


async def a_rule(
    office: Office, happening: str, *steps: Step, when: tuple[Condition, ...] = (), **more: Any
) -> Rule:
    name = more.pop("name", happening)
    return await rules.save(
        office.desk, ADMIN, name=name, happening=happening, conditions=when, steps=steps, **more
    )


async def events(office: Office) -> list[str]:
    return [m.content.event for m in await office.thread() if isinstance(m.content, Activity)]


async def test_a_message_with_a_word_is_labelled_answered_and_given_priority(office: Office) -> None:
    await a_rule(
        office,
        "heard",
        Step("add_label", "billing"),
        Step("priority", "high"),
        Step("reply", "Hello {{ contact.first_name }}, we look into your bill."),
        when=(Condition("text", "contains", "bill, invoice"),),
    )
    await office.hears("My BILL is wrong")
    following = Automation(office.desk)
    assert await following.step() == 1
    conversation = await office.conversation()
    assert (conversation.labels, conversation.priority) == (("billing",), "high")
    assert ("Hello Ada, we look into your bill.", "queued") in await office.out()
    await office.deliver()
    assert office.provider.taken == ["Hello Ada, we look into your bill."]


async def test_it_runs_once_in_whichever_processes_and_after_any_death(office: Office) -> None:
    await a_rule(office, "heard", Step("note", "Look at this"))
    await office.hears("One", "Two")
    first, second = Automation(office.desk), Automation(office.another().desk)
    assert (await first.step(), await second.step()) == (2, 0)
    office.clock.forward(seconds=21)  # the first is dead, and the second remembers nothing
    assert await second.step() == 0
    conversation = await office.conversation()
    found = await office.store.rules.list()
    for line in await office.thread():  # and one that wakes up late, believing that it still has the lease
        await first._run(conversation.id, found, line)
    assert [getattr(m.content, "type", None) or m.content.text for m in await office.thread()].count(
        "Look at this"
    ) == 2


async def test_a_rule_that_sets_itself_off_is_stopped_and_said(office: Office) -> None:
    rule = await a_rule(office, "labelled", Step("add_label", "again"), name="Echo")
    await office.hears("Hello")
    conversation = await office.conversation()
    await triage.label(office.desk, conversation.id, MARCO, add=["vip"])
    following = Automation(office.desk)
    for _ in range(5):
        await following.step()
    assert await events(office) == ["labelled", "labelled", "rule_stopped"]
    kept = await office.store.rules.get(rule.id)
    assert kept is not None and kept.stopped_why is not None and "itself" in kept.stopped_why


async def test_two_rules_that_set_off_one_another_end(office: Office) -> None:
    await a_rule(office, "labelled", Step("priority", "high"), Step("priority", "low"), name="A")
    await a_rule(office, "prioritised", Step("add_label", "x"), Step("remove_label", "x"), name="B")
    await office.hears("Hello")
    await triage.label(office.desk, (await office.conversation()).id, MARCO, add=["vip"])
    following = Automation(office.desk)
    for _ in range(20):
        await following.step()
    assert await following.step() == 0
    assert "rule_stopped" in await events(office)


async def test_one_may_set_off_another_and_their_order_is_kept(office: Office) -> None:
    await a_rule(
        office, "labelled", Step("priority", "urgent"), when=(Condition("label", "has", "vip"),), name="Late"
    )
    await a_rule(office, "heard", Step("add_label", "vip"), name="First")
    await office.hears("Hello")
    following = Automation(office.desk)
    await following.step()
    await following.step()
    assert (await office.conversation()).priority == "urgent"


async def test_what_a_step_cannot_do_is_told_and_the_others_are_taken(office: Office) -> None:
    await a_rule(office, "heard", Step("team", "gone"), Step("add_label", "ok"))
    await office.hears("Hello")
    await Automation(office.desk).step()
    assert (await office.conversation()).labels == ("ok",)
    assert "rule_failed" in await events(office)


async def test_a_reply_that_ends_with_a_resolution_still_leaves(office: Office) -> None:
    await a_rule(office, "handed_over", Step("reply", "We are closed."), Step("resolve"))
    office.bot.script = lambda turn: says("One moment.", handoff=Handoff("asked"))
    await office.hears("A person")
    await office.turn()
    await Automation(office.desk).step()
    assert (await office.conversation()).status is Status.RESOLVED
    await office.deliver()
    assert "We are closed." in office.provider.taken
    said = next(m for m in await office.thread() if getattr(m.content, "text", "") == "We are closed.")
    assert said.author.kind is AuthorKind.SYSTEM


async def test_what_happened_before_a_rule_was_made_is_no_matter_of_it(office: Office) -> None:
    await office.hears("Hello")
    office.clock.forward(minutes=1)
    await a_rule(office, "heard", Step("add_label", "late"))
    assert await Automation(office.desk).step() == 0


async def test_a_rule_is_tried_on_what_was_and_changes_nothing(office: Office) -> None:
    await office.hears("My bill", "My parcel")
    rev = (await office.conversation()).rev
    tried = await rules.try_out(
        office.desk,
        ADMIN,
        since=NOON - timedelta(days=36500),
        until=NOON + timedelta(days=36500),
        name="Bills",
        happening="heard",
        conditions=(Condition("text", "contains", "bill"),),
        steps=(Step("resolve"),),
    )
    assert (tried.number, tried.is_all) == (1, True)
    assert tried.matches[0][1].content.text == "My bill"
    assert (await office.conversation()).rev == rev


@pytest.mark.parametrize("happening", ["heard", "started"])
async def test_what_was_tried_is_what_is_done(office: Office, happening: str) -> None:
    """Over two conversations, words that fit and words that do not, and more than may be done in an hour."""
    what = {"when": (Condition("text", "contains", "bill"),), "name": "Bills"}
    await a_rule(office, happening, Step("note", "A bill"), **what)
    grace = phone("+15557654321")
    for n in range(MOST_RUNS + 2):
        await office.take(heard(f"My bill {n}"), heard("My parcel"))
    await office.take(heard("The bill!", grace, name="Grace"), heard("Nothing", grace, name="Grace"))
    following = Automation(office.desk)
    for _ in range(3):
        await following.step()
    done = 0
    for conversation in await office.store.conversations.page({}, waiting=False, after=None, limit=10):
        thread, _ = await office.store.messages.page(conversation.id, before_seq=None, limit=200)
        done += sum(isinstance(m.content, Note) for m in thread)
    tried = await rules.try_out(
        office.desk,
        ADMIN,
        since=NOON - timedelta(days=36500),
        until=NOON + timedelta(days=36500),
        name="Bills",
        happening=happening,
        conditions=what["when"],
        steps=(Step("note", "A bill"),),
    )
    assert done == tried.number == {"heard": MOST_RUNS + 1, "started": 2}[happening]


async def test_of_two_rules_that_contradict_each_other_the_later_has_the_last_word_and_both_end(
    office: Office,
) -> None:
    await a_rule(office, "heard", Step("priority", "low"), name="Z", position=1)
    await a_rule(office, "heard", Step("priority", "urgent"), name="A", position=2)
    await office.hears("Hello")
    following = Automation(office.desk)
    assert [await following.step() for _ in range(3)] == [1, 0, 0]
    assert (await office.conversation()).priority == "urgent"
    assert await events(office) == ["prioritised", "prioritised"]


async def test_a_macro_takes_all_its_steps_or_none(office: Office) -> None:
    macro = await rules.save_macro(
        office.desk,
        MARCO,
        name="Goodbye",
        steps=(Step("add_label", "done"), Step("reply", "Bye {{ contact.first_name }}"), Step("resolve")),
    )
    conversation = await office.hears("Hello")
    with pytest.raises(NotSpeaker):  # the bot speaks
        await rules.run_macro(office.desk, conversation.id, MARCO, macro.id, client_id="1")
    assert (await office.conversation()).labels == ()
    await converse.take_over(office.desk, conversation.id, MARCO, epoch=1)
    for _ in range(2):  # a click that was sent again
        done = await rules.run_macro(office.desk, conversation.id, MARCO, macro.id, client_id="1")
    assert (done.status, done.labels) == (Status.RESOLVED, ("done",))
    await office.deliver()
    assert office.provider.taken == ["Bye Ada"]


async def test_nonsense_is_refused(office: Office) -> None:
    with pytest.raises(Forbidden):
        await rules.save(office.desk, MARCO, name="x", happening="heard", steps=(Step("resolve"),))
    for happening, steps, when in (
        ("burning", (Step("resolve"),), ()),
        ("heard", (), ()),
        ("heard", (Step("explode"),), ()),
        ("heard", (Step("priority", "most"),), ()),
        ("heard", (Step("snooze", "soon"),), ()),
        ("heard", (Step("reply", "{{ config }}"),), ()),
        ("heard", (Step("resolve"),), (Condition("text", "is", "x"),)),
        ("heard", (Step("resolve"),), (Condition("mood", "is", "x"),)),
    ):
        with pytest.raises(Invalid):
            await a_rule(office, happening, *steps, when=when)
    rule = await a_rule(office, "heard", Step("resolve"))
    with pytest.raises(AlreadyThere):
        await a_rule(office, "heard", Step("resolve"))
    await rules.drop(office.desk, ADMIN, rule.id)
    with pytest.raises(NotFound):
        await rules.drop(office.desk, ADMIN, rule.id)


TESTS = [(field, test) for field, tests in FIELDS.items() for test in tests]


@given(st.sampled_from(TESTS), st.text(max_size=8), st.sampled_from(["it", "pt-BR", None]))
def test_no_condition_fails_and_is_not_is_the_contrary_of_is(test, value, language) -> None:
    conversation, field = a_conversation(language=language), test[0]

    def so(name: str) -> bool:
        rule = Rule(
            id="r",
            name="r",
            happening=Happening.HEARD,
            conditions=(Condition(field, name, value),),
            updated_at=NOON,
        )
        return holds(rule, conversation, a_message(conversation))

    if test[1] in ("is", "is_not"):
        assert so("is") is not so("is_not")
    elif test[1] == "lacks":
        assert so("lacks") is not so("has" if field == "label" else "contains")
    else:
        so(test[1])


@given(st.lists(st.sampled_from("abc"), max_size=8), st.integers(0, 15))
def test_a_chain_of_rules_ends_and_no_rule_runs_for_ever(cause, runs) -> None:
    rule = Rule(id="a", name="a", happening=Happening.HEARD, updated_at=NOON)
    ran = [Ran("a", NOON)] * runs
    why = kept_from(rule, a_message(cause=tuple(cause)), ran, NOON)
    assert (why is None) == ("a" not in cause and len(cause) < LONGEST_CHAIN and runs < MOST_RUNS)


async def test_the_questions_of_rules_have_an_order(store: Store) -> None:
    assert await store.automation.place() is None
    await store.automation.keep_place(NOON)
    await store.automation.keep_place(NOON - timedelta(days=1))  # one who believes to have the lease
    assert await store.automation.place() == NOON


async def test_a_rule_goes_by_the_customers_attributes_and_the_teams_hours(office: Office) -> None:
    hours = Hours("Mo-Su 09:00-18:00", "Europe/Rome")
    await teams.save(office.desk, ADMIN, name="Support", is_default=True, hours=hours)
    await profiles.define(office.desk, ADMIN, "plan", label="Plan", kind=AttributeKind.TEXT)
    for label, field, value in (
        ("gold", "attribute", "plan=gold"),
        ("plain", "attribute", "plan="),
        ("open", "hours", "open"),
        ("closed", "hours", "closed"),
    ):
        when = (Condition(field, "is", value),)
        await a_rule(office, "heard", Step("add_label", label), when=when, name=label)
    conversation = await office.hears("Hello")
    following = Automation(office.desk)
    await following.step()
    first = set((await office.conversation()).labels)
    assert "plain" in first and "gold" not in first
    assert len(first & {"open", "closed"}) == 1
    await profiles.edit(office.desk, MARCO, conversation.contact_id, {"plan": "Gold"})
    office.clock.forward(hours=12)
    await office.take(heard("Again", id="again"))
    await following.step()
    assert {"gold", "open", "closed"} <= set((await office.conversation()).labels), "twelve hours apart"
    for field, value in (("hours", "sometimes"), ("attribute", "plan")):
        with pytest.raises(Invalid):
            await a_rule(
                office, "heard", Step("resolve"), when=(Condition(field, "is", value),), name="nonsense"
            )
