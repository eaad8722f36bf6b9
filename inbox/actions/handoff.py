"""From the bot to people and back: what the customer is told, and what each side is told of the other."""

from typing import Any

from connectors.content import Content, Text
from connectors.events import DeliveryStatus
from connectors.preview import preview
from inbox.actions.questions import questions_in
from inbox.model.consent import UNDECIDED
from inbox.model.conversation import SpeakerKind, Summary
from inbox.model.message import BOT, SYSTEM, AuthorKind, Direction, Message
from inbox.model.team import Team
from inbox.model.thread import Thread

FAREWELL = "I am passing you on to a colleague, who will answer here as soon as possible."

OPTED_OUT = "The customer has opted out: nothing can be sent to them here until they write START"

REASONS = {
    UNDECIDED: "The customer may be asking to get no more messages",
    "opted_out": OPTED_OUT,
    "asked": "The customer asked for a person",
    "low_confidence": "The bot did not understand, twice",
    "out_of_scope": "The customer asks for something the bot does not do",
    "action_failed": "Something the bot had to look up did not work",
    "bot_down": "The bot could not be reached",
    "bot_slow": "The bot took too long",
    "bot_failed": "The bot failed",
    "unreadable": "The customer sent something that the bot cannot read",
}
"""Every reason for a handoff, as an agent reads it."""


def hand_over(
    thread: Thread,
    *,
    reason: str,
    detail: str,
    recent: list[Message],
    farewell: list[Content],
    team: Team | None = None,
) -> None:
    """Make humans the speaker, tell the customer, and leave a summary for the agent.

    `recent` are the newest messages, oldest first; `farewell` are the bot's last words, ours if it has none;
    `team` is whose queue it goes to.
    """
    thread.speaker(SpeakerKind.NOBODY)
    for content in farewell:
        thread.say(BOT, content)
    if not farewell:
        thread.say(SYSTEM, Text(FAREWELL))
    conversation = thread.conversation
    if reason == UNDECIDED and reason not in conversation.labels:
        thread.set(labels=(*conversation.labels, reason))
    thread.set(
        summary=summary_of(thread, reason, detail or REASONS.get(reason, reason), recent),
        waiting_since=conversation.waiting_since or thread.now,
    )
    if team:
        thread.set(team_id=team.id)
    if team and team.is_private and conversation.assignee_id not in team.members:
        thread.set(assignee_id=None)
    told = {"detail": detail or REASONS.get(reason), "team": team.name if team else None}
    told["team_id"] = thread.conversation.team_id
    thread.activity("handed_over", reason=reason, **told)
    thread.tell_bot(type="handed_over", reason=reason)


def summary_of(thread: Thread, reason: str, detail: str, recent: list[Message]) -> Summary:
    """The structured summary: intents, slots, the customer's last questions and last words."""
    heard = [m for m in recent if m.direction is Direction.IN]
    words = [preview(m.content, 300) for m in heard]
    return Summary(
        reason=reason,
        detail=detail,
        at=thread.now,
        intents=[_intent(m) for m in heard if m.parse][-10:],
        slots=thread.conversation.bot.slots,
        questions=questions_in(words)[-5:],
        last_messages=words[-5:],
    )


def tell_what_was_said(thread: Thread, since: list[Message], *, outcome: str, note: str | None) -> None:
    """Let the bot know, before its next turn, what the human and the customer said and how it ended."""
    for message in since:
        line = _line(message)
        if line:
            thread.tell_bot(**line)
    thread.tell_bot(type="handed_back", outcome=outcome, note=note)


def _line(message: Message) -> dict[str, Any] | None:
    if message.is_internal or message.status == DeliveryStatus.CANCELLED:
        return None
    text = preview(message.content, 500)
    if message.direction is Direction.IN:
        return {"type": "customer_said", "text": text}
    if message.author.kind is AuthorKind.AGENT:
        return {"type": "agent_said", "text": text, "agent": message.author.name or ""}
    return None


def _intent(message: Message) -> dict[str, Any]:
    intent = (message.parse or {}).get("intent") or {}
    return {
        "name": intent.get("name"),
        "confidence": intent.get("confidence"),
        "text": preview(message.content, 120),
    }
