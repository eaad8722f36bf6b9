"""A colleague writes down what a customer said about their consent, elsewhere or in their own words."""

from connectors.events import Purpose
from connectors.sms.optout import Wish
from inbox.actions import audit
from inbox.actions.access import seen
from inbox.actions.consent import Judgement, follow_stored
from inbox.actions.desk import Desk
from inbox.actions.errors import Forbidden, Invalid
from inbox.model.commit import Commit, change_of
from inbox.model.consent import Source
from inbox.model.conversation import Conversation
from inbox.model.people import WRITE, Principal
from inbox.model.thread import Thread

_LONGEST = 500


async def note_consent(
    desk: Desk, conversation_id: str, who: Principal, *, granted: bool, purpose: Purpose, words: str
) -> Conversation:
    """Let it take effect on the conversation's channel, with the customer's `words` as the evidence.

    A refusal is confirmed to the customer once, as one that they write themselves. Raises `Invalid` without
    words: a consent that nobody can prove is none.
    """
    if not who.may(WRITE):
        raise Forbidden("You may read conversations, but not change them.")
    if not words.strip():
        raise Invalid("Write down how the customer said so: it is the evidence.")
    if purpose is Purpose.CONSENT:
        raise Invalid("Nobody can opt out of the confirmation itself.")

    async def work(session: object) -> tuple[Commit, Conversation]:
        conversation = await seen(who, conversation_id, store=desk.store, session=session)
        thread = Thread(conversation, desk.clock())
        contact = await desk.store.contacts.get(conversation.contact_id, session)
        wish = Wish.OPT_IN if granted else Wish.OPT_OUT
        found = Judgement(wish, purpose, Source.COLLEAGUE, words.strip()[:_LONGEST])
        standings, consents = await follow_stored(thread, found, contact, desk.store, session, by=who.name)
        changes = [change_of(thread)] if thread.is_changed else []
        return Commit(conversations=changes, standings=standings, consents=consents), thread.conversation

    commit, conversation = await desk.store.change(work)
    desk.bus.publish(commit)
    noted = {"granted": granted, "purpose": purpose.value}
    at = f"conversation:{conversation_id}"
    await audit.note(who, "consent.noted", at, store=desk.store, clock=desk.clock, after=noted)
    return conversation
