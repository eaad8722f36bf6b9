"""Compares the ledger with the store once a run has come to rest, and tells what is not as promised."""

from collections import Counter
from typing import Any, NamedTuple

from inbox.model.conversation import Conversation
from inbox.model.message import Author, AuthorKind, Message
from inbox.store import Store
from tests.faults.ledger import Ledger
from tests.faults.pictures import looked_at, words_of

_UNDER_WAY = 6.0
"""Seconds that a message which was being sent when an agent took over may still take to arrive."""

_WENT = ("sent", "delivered", "read")

Turns = list[dict[str, Any]]


class Finding(NamedTuple):
    """What a run came to."""

    complaints: list[str]
    stated: list[str]
    """What is not as one would wish but was promised to nobody: counted and told."""


class Case(NamedTuple):
    """One customer's side and ours."""

    number: str
    said: list[tuple[str, str]]
    conversations: list[Conversation]
    threads: list[list[Message]]

    @property
    def messages(self) -> list[Message]:
        return [message for thread in self.threads for message in thread]


async def judge(ledger: Ledger, store: Store, turns: Turns | None) -> Finding:
    """Compare everything. `turns` is what the bot remembers; None for a bot that is not asked."""
    cases = [await _case(number, ledger, store) for number in ledger.said]
    complaints = []
    for case in cases:
        found = [*_kept(case, ledger), *_sent(case, ledger), *_spoken(case, ledger), *_at_rest(case)]
        if turns is not None:
            found += _heard(case, ledger, turns)
        complaints += [f"{case.number}: {what}" for what in found]
    complaints += [*_strangers(cases, ledger), *await looked_at(ledger, store)]
    doubled = [ours for ours, count in ledger.arrivals.items() if count > 1 and ledger.is_unavoidable(ours)]
    stated = (
        [f"{len(doubled)} messages arrived twice: taken, answer lost, reported too late"] if doubled else []
    )
    return Finding(complaints, stated)


async def _case(number: str, ledger: Ledger, store: Store) -> Case:
    contacts = await store.contacts.known_as([f"phone:+{number}"])
    conversations = [c for contact in contacts for c in await store.conversations.of_contact(contact.id)]
    conversations.sort(key=lambda c: c.created_at)
    threads = [(await store.messages.page(c.id, before_seq=None, limit=100_000))[0] for c in conversations]
    return Case(number, ledger.said[number], conversations, threads)


def _kept(case: Case, ledger: Ledger) -> list[str]:
    """Every acknowledged message is there once, in its order."""
    stored = [(m.external_id or "", words_of(m.content)) for m in case.messages if m.direction == "in"]
    missing = len(set(case.said) - set(stored))
    doubled = len(stored) - len(set(stored))
    strange = len(set(stored) - set(case.said))
    found = [f"{missing} acknowledged messages are missing"] if missing else []
    found += [f"{doubled} messages are there twice"] if doubled else []
    found += [f"{strange} messages are there that were never acknowledged"] if strange else []
    if not found and case.number not in ledger.unordered and stored != case.said:
        found.append("the messages are not in the order in which they were sent")
    return found


def _sent(case: Case, ledger: Ledger) -> list[str]:
    """What the store says went out reached the customer, in that order, once."""
    arrivals = ledger.arrivals
    out = [m for m in case.messages if m.direction == "out" and not m.is_internal]
    found = []
    for message in out:
        count = arrivals[message.id]
        if message.status in _WENT and count == 0:
            found.append(f"“{message.content.text}” is {message.status} but never arrived")
        if count > 1 and not ledger.is_unavoidable(message.id):
            found.append(f"“{message.content.text}” arrived {count} times, {ledger.course(message.id)}")
        if message.status not in _WENT and count and message.id not in ledger.doubtful:
            found.append(f"“{message.content.text}” arrived but is {message.status}")
        if message.status == "sent":
            found.append(f"“{message.content.text}” was reported delivered but is {message.status}")
    first = list(dict.fromkeys(t.ours for t in ledger.taken if t.number == case.number))
    due = [m.id for m in out if m.id in set(first)]
    if first != due:
        found.append("messages arrived in another order than they were written")
    return found


def _spoken(case: Case, ledger: Ledger) -> list[str]:
    """Nobody speaks in another's time, and what an agent said is there once and arrives."""
    found = []
    authors: dict[tuple[str, int], list[Author]] = {}
    by_id = {m.id: m for m in case.messages}
    for message in case.messages:
        speaks = message.author.kind in (AuthorKind.BOT, AuthorKind.AGENT)
        if speaks and ledger.arrivals[message.id] and not message.is_internal:
            spoke = authors.setdefault((message.conversation_id, message.epoch), [])
            if spoke[-1:] != [message.author]:
                spoke.append(message.author)
    # What was kept from the epoch before comes first; nobody's words come between another's.
    found += [f"two speak in epoch {e}" for (_, e), who in authors.items() if len(who) > len(set(who))]
    for rule in (r for r in ledger.rules if r.number == case.number):
        for taken in (t for t in ledger.taken if t.number == case.number):
            inside = rule.since + _UNDER_WAY < taken.at < rule.until
            if inside and taken.ours in by_id and by_id[taken.ours].author.kind is AuthorKind.BOT:
                found.append(f"the bot's “{taken.text}” arrived while an agent spoke")
    by_text: dict[str, list[Message]] = {}
    for message in case.messages:
        if message.author.kind is AuthorKind.AGENT and not message.is_internal:
            by_text.setdefault(message.content.text, []).append(message)
    for number, agent, text in ledger.replied:
        if number != case.number:
            continue
        kept = by_text.get(text, [])
        if len(kept) != 1:
            found.append(f"{agent}'s “{text}” is there {len(kept)} times")
        elif not ledger.arrivals[kept[0].id]:
            found.append(f"{agent}'s “{text}” never arrived: {kept[0].status}, {kept[0].error}")
    return found


def _at_rest(case: Case) -> list[str]:
    """Nothing waits any more."""
    found = []
    for conversation, thread in zip(case.conversations, case.threads, strict=True):
        if conversation.turn or conversation.delivery:
            found.append(f"work is left: turn {conversation.turn}, delivery {conversation.delivery}")
        found += [
            f"“{m.content.text}” is still {m.status}" for m in thread if m.status in ("queued", "sending")
        ]
        if [m.seq for m in thread] != list(range(1, len(thread) + 1)):
            found.append("the thread's numbers have a gap or a double")
    return found


def _heard(case: Case, ledger: Ledger, turns: Turns) -> list[str]:
    """The bot heard each message at most once and in order; all of them where no human ever stepped in."""
    found = []
    for conversation, thread in zip(case.conversations, case.threads, strict=True):
        heard = [
            t
            for turn in turns
            if turn["conversation_id"] == conversation.id
            for t in turn["text"].split("\n")
        ]
        said = [words_of(m.content) for m in thread if m.direction == "in"]
        twice = [text for text, count in Counter(heard).items() if count > 1]
        found += [f"the bot was told “{text}” in two turns" for text in twice]
        if not twice and heard != [text for text in said if text in set(heard)]:
            found.append("the bot heard the messages in another order")
        if conversation.speaker.epoch == 1 and heard != said and not twice:
            found.append(f"the bot heard {len(heard)} of {len(said)} messages, and nobody else spoke")
        answers = Counter(
            m.content.text for m in thread if m.author.kind is AuthorKind.BOT and not m.is_internal
        )
        found += [f"“{text}” was answered {count} times" for text, count in answers.items() if count > 1]
    return found


def _strangers(cases: list[Case], ledger: Ledger) -> list[str]:
    """What arrived is what somebody wrote."""
    known = {m.id: m for case in cases for m in case.messages}
    strange = [t for t in ledger.taken if t.ours not in known or known[t.ours].content.text != t.text]
    return [f"{t.number} received “{t.text}”, which nobody wrote" for t in strange]
