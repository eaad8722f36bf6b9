"""How it was: asked once after people have resolved it, by the channel's means, and answered there."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.content import Choice, Options
from connectors.contract import Capabilities
from inbox.actions import converse, surveys
from inbox.actions.desk import Desk
from inbox.actions.errors import Forbidden, Invalid
from inbox.dialogue import Handoff
from inbox.model.conversation import Status
from inbox.model.people import Role
from inbox.model.survey import Survey, answered, question_for, score_of
from inbox.model.survey_words import ASKED, asked_in
from inbox.surveys import Surveys
from tests.inbox.factories import NOON, a_conversation, an_agent, heard
from tests.inbox.office import Office, says

ADMIN = an_agent("Ada Admin", Role.ADMIN)
MARCO = an_agent()
LISTS = Capabilities(contents=frozenset({"text", "options"}), text_length=4096, options=3, list_rows=10)
PLAIN = Capabilities(contents=frozenset({"text"}), text_length=1000, short_messages=True)


@dataclass
class Surveyed:
    """An office whose channel carries what a test says."""

    office: Office

    def carry(self, carries: Capabilities) -> None:
        async def known(channel_id: str) -> Capabilities:
            return carries

        desk = self.office.desk
        self.office.desk = Desk(desk.store, desk.bus, desk.clock, known)

    async def resolved(self) -> str:
        """A customer whom people have helped."""
        self.office.bot.script = lambda turn: says("One moment.", handoff=Handoff("asked"))
        conversation = await self.office.hears("I want a person")
        await self.office.turn()
        await converse.resolve(self.office.desk, conversation.id, MARCO)
        return conversation.id

    async def look(self) -> None:
        for conversation_id in await self.office.store.conversations.due("survey", self.office.clock(), 10):
            await Surveys(self.office.desk).run(conversation_id)


@pytest.fixture
async def it(office: Office) -> Surveyed:
    surveyed = Surveyed(office)
    surveyed.carry(LISTS)
    await surveys.save(office.desk, ADMIN, is_on=True)
    return surveyed


async def test_a_list_is_asked_with_and_a_tap_opens_nothing_again(it: Surveyed, office: Office) -> None:
    await it.resolved()
    await it.look()
    await it.look()
    asked = [m for m in await office.thread() if isinstance(m.content, Options)]
    assert len(asked) == 1
    tapped = asked[0].content.options[3]
    await office.take(heard(Choice(tapped.title, tapped.payload, "list"), id="tap"))
    conversation = await office.conversation()
    assert conversation.rating is not None and conversation.rating.score == 4
    assert (conversation.status, conversation.turn, conversation.unread_count) == (Status.RESOLVED, None, 0)
    assert f"{ASKED['en'].thanks} {ASKED['en'].why}" in [text for text, _ in await office.out()]
    await office.take(heard(Choice(tapped.title, tapped.payload, "list"), id="tap"))  # redelivered
    assert (await office.conversation()).seq == conversation.seq


async def test_where_nothing_can_be_tapped_a_digit_answers(it: Surveyed, office: Office) -> None:
    it.carry(PLAIN)
    await it.resolved()
    await it.look()
    assert "Reply 5 for Very good" in (await office.out())[-1][0]
    await office.hears("2")
    await office.hears("5!")
    conversation = await office.conversation()
    assert conversation.rating is not None and conversation.rating.score == 5
    assert conversation.status is Status.RESOLVED
    assert len([text for text, _ in await office.out() if text.startswith(ASKED["en"].thanks)]) == 1


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("4/5", 4),
        ("⭐️⭐️⭐️", 3),
        ("★★★★★", 5),
        ("2 / 5", 2),
        ("5 stars", 5),
        ("Five!", 5),
        ("one star.", 1),
        ("3 out of 5", 3),
        ("four out of five", 4),
    ],
)
async def test_a_score_is_understood_as_people_write_it(
    it: Surveyed, office: Office, text: str, score: int
) -> None:
    await it.resolved()
    await it.look()
    await office.hears(text)
    conversation = await office.conversation()
    assert conversation.status is Status.RESOLVED
    assert conversation.rating is not None and conversation.rating.score == score


async def test_a_number_that_is_no_answer_is_asked_once_more_in_the_same_words_and_opens_nothing(
    it: Surveyed, office: Office
) -> None:
    await surveys.save(office.desk, ADMIN, is_on=True, questions={"en": "Were we of use?"})
    it.carry(PLAIN)
    await it.resolved()
    await it.look()
    await surveys.save(office.desk, ADMIN, is_on=True, questions={"en": "Changed since"})
    await office.hears("10")
    conversation = await office.conversation()
    assert (conversation.status, conversation.rating, conversation.turn) == (Status.RESOLVED, None, None)
    asked = [text for text, _ in await office.out() if text.startswith("Were we of use?")]
    assert len(asked) == 2
    await office.hears("5")
    await office.hears("10")  # now it is why
    conversation = await office.conversation()
    assert conversation.rating is not None
    assert (conversation.rating.score, conversation.rating.comment) == (5, "10")


async def test_a_number_that_is_no_answer_twice_is_a_message(it: Surveyed, office: Office) -> None:
    it.carry(PLAIN)
    await it.resolved()
    await it.look()
    await office.hears("10")
    said = len(await office.out())
    conversation = await office.hears("10")
    assert (conversation.status, conversation.rating) == (Status.OPEN, None)
    assert len(await office.out()) == said


@pytest.mark.parametrize("meanwhile", [None, "I need you again"])
async def test_a_tap_is_a_rating_however_late_and_whatever_is_spoken_of(
    it: Surveyed, office: Office, meanwhile: str | None
) -> None:
    await it.resolved()
    await it.look()
    (asked,) = [m for m in await office.thread() if isinstance(m.content, Options)]
    office.clock.forward(hours=80)
    if meanwhile:
        await office.hears(meanwhile)
        await office.turn()
    tapped = asked.content.options[3]
    before = await office.conversation()
    await office.take(heard(Choice(tapped.title, tapped.payload, "list"), id="tap"))
    conversation = await office.conversation()
    assert conversation.rating is not None and conversation.rating.score == 4
    assert (conversation.status, conversation.turn) == (before.status, None)
    assert conversation.unread_count == before.unread_count
    said = [text for text, _ in await office.out()][-1]
    assert (ASKED["en"].thanks in said, ASKED["en"].why in said) == (True, meanwhile is None)


async def test_why_is_kept_once_opens_nothing_and_is_answered(it: Surveyed, office: Office) -> None:
    it.carry(PLAIN)
    await it.resolved()
    await it.look()
    await office.take(heard("2", id="digit"), heard("It took a week.", id="why"))  # both in one webhook
    conversation = await office.conversation()
    assert conversation.rating is not None
    assert (conversation.rating.score, conversation.rating.comment) == (2, "It took a week.")
    assert (conversation.status, conversation.turn, conversation.unread_count) == (Status.RESOLVED, None, 0)
    assert ASKED["en"].noted in [text for text, _ in await office.out()]
    await office.take(heard("It took a week.", id="why"))  # redelivered
    await office.take(heard("3", id="better"))  # another score leaves the reasons
    conversation = await office.conversation()
    assert conversation.rating is not None
    assert (conversation.rating.score, conversation.rating.comment) == (3, "It took a week.")
    await office.take(heard("I need you again", id="more"))
    assert (await office.conversation()).status is Status.OPEN


@pytest.mark.parametrize(("words", "minutes"), [("Where is my order?", 1), ("It took a week.", 61)])
async def test_a_question_or_what_comes_late_is_no_comment(
    it: Surveyed, office: Office, words: str, minutes: int
) -> None:
    it.carry(PLAIN)
    await it.resolved()
    await it.look()
    await office.take(heard("5", id="digit"))
    office.clock.forward(minutes=minutes)
    await office.take(heard(words, id="words"))
    conversation = await office.conversation()
    assert conversation.status is Status.OPEN
    assert conversation.rating is not None and conversation.rating.comment is None


async def test_other_words_are_a_new_question(it: Surveyed, office: Office) -> None:
    await it.resolved()
    await it.look()
    conversation = await office.hears("I need 5 chairs more")
    assert (conversation.rating, conversation.status) == (None, Status.OPEN)
    assert (await office.hears("5")).rating is None


async def test_nobody_is_asked_who_need_not_or_may_not_be(it: Surveyed, office: Office) -> None:
    await office.hears("Hello")
    conversation = await office.conversation()
    await converse.resolve(office.desk, conversation.id, MARCO)  # the bot's work alone
    assert (await office.conversation()).survey is None
    it.carry(Capabilities(contents=LISTS.contents, text_length=1000, asks_rating=True))
    await it.resolved()
    await it.look()
    assert (await office.conversation()).asked_at is None
    it.carry(LISTS)
    await surveys.save(office.desk, ADMIN, is_on=True, channel_ids=["sms"])
    await it.resolved()
    await it.look()
    assert (await office.conversation()).asked_at is None
    assert (await office.conversation()).survey is None


@pytest.mark.parametrize("carries", [LISTS, PLAIN])
async def test_nobody_is_asked_who_opted_out_or_whose_window_has_closed(
    it: Surveyed, office: Office, carries: Capabilities
) -> None:
    it.carry(carries)
    at = await it.resolved()
    conversation = await office.conversation()
    closed = {"window_closes_at": office.clock() - timedelta(seconds=1)}
    await office.store._database.conversations.update_one({"_id": at}, {"$set": closed})
    await it.look()
    assert (await office.conversation()).asked_at is None
    assert conversation.survey is not None and (await office.conversation()).survey is None
    await office.take(heard("Me again"))
    await office.turn()
    await converse.resolve(office.desk, at, MARCO)
    await office.take(heard("STOP"))
    await it.look()
    assert (await office.conversation()).asked_at is None


async def test_it_is_asked_later_and_not_if_they_write_again_before(it: Surveyed, office: Office) -> None:
    await surveys.save(office.desk, ADMIN, is_on=True, wait_minutes=30)
    await it.resolved()
    await it.look()
    assert (await office.conversation()).asked_at is None
    await office.hears("One more thing")
    office.clock.forward(minutes=31)
    await it.look()
    assert (await office.conversation()).asked_at is None
    await it.resolved()
    office.clock.forward(minutes=31)
    await it.look()
    assert (await office.conversation()).asked_at == office.clock()


async def test_a_process_that_dies_while_it_asks_is_succeeded_and_nobody_asks_twice(
    it: Surveyed, office: Office
) -> None:
    conversation_id = await it.resolved()
    assert await Surveys(office.desk)._leases.claim(conversation_id)  # and dies here
    await it.look()
    assert (await office.conversation()).asked_at is None
    office.clock.forward(seconds=10)
    await it.look()
    office.clock.forward(seconds=10)
    await it.look()
    assert sum(isinstance(m.content, Options) for m in await office.thread()) == 1


async def test_only_admins_set_it_and_nonsense_is_refused(office: Office) -> None:
    with pytest.raises(Forbidden):
        await surveys.save(office.desk, MARCO, is_on=True)
    for wrong in ({"wait_minutes": -1}, {"questions": {"xx": "?"}}, {"questions": {"en": "x" * 301}}):
        with pytest.raises(Invalid):
            await surveys.save(office.desk, ADMIN, is_on=True, **wrong)


@given(st.sampled_from([*ASKED, None, "zh", "it-CH"]), st.integers(1, 5))
def test_each_answer_of_each_language_is_understood_by_tap_word_and_digit(language, score) -> None:
    conversation = a_conversation(language=language, status=Status.RESOLVED, asked_at=NOON)
    option = question_for(Survey(), language).options[score - 1]
    from connectors.content import Text

    said = asked_in(language)
    written = [option.title.upper(), f" {score}. ", said.numbers[score - 1], f"{score} {said.stars[-1]}"]
    written += [f"{score} {said.out_of} 5", f"{score} stars!"]
    for content in (Choice(option.title, option.payload), *map(Text, written)):
        found = answered(conversation, content, NOON)
        assert found is not None and score_of(found) == score
    assert answered(conversation, Text(str(score)), NOON + timedelta(days=4)) is None
