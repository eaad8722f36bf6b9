"""Asking customers how it was: what admins set, the question, and what becomes of the answer.

Raises `Forbidden` or `Invalid`.
"""

from collections.abc import Iterable, Mapping

import msgspec

from connectors.content import Choice, Text
from connectors.contract import Capabilities
from inbox.actions import audit
from inbox.actions.converse import Desk
from inbox.actions.errors import Forbidden, Invalid
from inbox.actions.queueing import may_write
from inbox.model.conversation import Conversation, Rating, Status
from inbox.model.message import SYSTEM
from inbox.model.people import ADMIN, Principal
from inbox.model.survey import SURVEY, Survey, is_asked_on, question_for, score_of
from inbox.model.survey_words import ASKED, asked_in
from inbox.model.thread import Thread
from inbox.store import Store

_LONGEST_WAIT = 24 * 60
_QUESTION = 300


async def present(store: Store) -> Survey:
    """The survey as it is set; nobody is asked until an admin wants it."""
    return await store.surveys.get(SURVEY) or Survey()


async def save(
    desk: Desk,
    who: Principal,
    *,
    is_on: bool,
    channel_ids: Iterable[str] = (),
    wait_minutes: int = 0,
    questions: Mapping[str, str] | None = None,
) -> Survey:
    """Say whether and how customers are asked."""
    if not who.may(ADMIN):
        raise Forbidden("You are not allowed to do this.")
    if not 0 <= wait_minutes <= _LONGEST_WAIT:
        raise Invalid("Ask at once, or at most a day later.")
    words = {tag: " ".join(text.split()) for tag, text in (questions or {}).items() if text.strip()}
    if wrong := [tag for tag in words if tag not in ASKED]:
        raise Invalid(f"{wrong[0][:20]} is none of the languages: {', '.join(ASKED)}.")
    if any(len(text) > _QUESTION for text in words.values()):
        raise Invalid(f"A question has at most {_QUESTION} characters.")
    channels = tuple(dict.fromkeys(channel_ids))
    survey = Survey(is_on=is_on, channel_ids=channels[:200], wait_minutes=wait_minutes, questions=words)
    before = await present(desk.store)
    await desk.store.surveys.put(survey)
    await audit.note_change(who, "survey", survey.id, before, survey, store=desk.store, clock=desk.clock)
    return survey


def ask(thread: Thread, survey: Survey) -> bool:
    """Ask the customer, unless they need not or may not be asked. Whether they were."""
    before = thread.conversation
    thread.set(survey=None)
    if not _is_to_ask(thread, before, survey):
        return False
    question = question_for(survey, before.language)
    thread.say(SYSTEM, question)
    thread.set(asked_at=thread.now, asked_in=question.text)
    return True


def take_rating(thread: Thread, choice: Choice, who: str, carries: Capabilities | None) -> None:
    """Keep the customer's rating; thank them the first time, and ask why. Another one takes its place."""
    before, score = thread.conversation, score_of(choice)
    if score is None:
        return
    asked, given = before.asked_at, before.rating
    is_first = given is None or (asked is not None and given.at < asked)
    kept = None if is_first or given is None else given.comment
    thread.set(rating=Rating(score, kept, thread.now))
    thread.activity("rated", by=who, score=score)
    if is_first and may_write(before, thread.now):
        thread.carries = carries
        said = asked_in(before.language)
        is_over = before.status is Status.RESOLVED
        thread.say(SYSTEM, Text(f"{said.thanks} {said.why}" if is_over else said.thanks))


def ask_again(thread: Thread, carries: Capabilities | None) -> None:
    """Say the question once more, in the same words: what they answered is none of its answers."""
    before = thread.conversation
    thread.set(asked_in=None)
    if may_write(before, thread.now):
        thread.carries = carries
        question = question_for(Survey(), before.language)
        thread.say(SYSTEM, msgspec.structs.replace(question, text=before.asked_in or question.text))


def take_comment(thread: Thread, comment: str, who: str, carries: Capabilities | None) -> None:
    """Keep why they rated it so, and say that it was kept: it opens nothing, though they may hope it does."""
    before = thread.conversation
    if before.rating is None:
        return
    thread.set(rating=msgspec.structs.replace(before.rating, comment=comment))
    thread.activity("rating_explained", by=who, comment=comment)
    if may_write(before, thread.now):
        thread.carries = carries
        thread.say(SYSTEM, Text(asked_in(before.language).noted))


def _is_to_ask(thread: Thread, conversation: Conversation, survey: Survey) -> bool:
    """A channel that asks by itself, as the widget does, is left to it."""
    case = conversation.case
    if conversation.status is not Status.RESOLVED or case is None or case.ended_at is None:
        return False
    if conversation.asked_at is not None and conversation.asked_at >= case.ended_at:
        return False
    asks_itself = thread.carries is not None and thread.carries.asks_rating
    is_wanted = is_asked_on(survey, conversation.channel_id) and not asks_itself
    return is_wanted and may_write(conversation, thread.now)
