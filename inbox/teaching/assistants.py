"""Assistants and their languages: made, changed, taken away. Training data are never deleted.

All raise `Forbidden`, `NotFound`, `Invalid` or `AlreadyThere`.
"""

import asyncio
from collections.abc import Callable

from msgspec.structs import replace

from inbox.actions import audit
from inbox.actions.errors import AlreadyThere, Invalid, NotFound
from inbox.model.assistant import DEFAULT, ID, LANGUAGE, Assistant, Edition
from inbox.model.people import Principal
from inbox.store.assistants import MOST
from inbox.teaching.asking import Teaching, may
from inbox.teaching.starting import lay_out

_MOST_LANGUAGES = 30
_NAME = 60


async def create(
    teaching: Teaching, who: Principal, *, assistant_id: str, name: str, language: str, like: str | None
) -> Assistant:
    """A new assistant with one language, whose data are a copy of the edition `like`, or a few words to begin
    with. Data that lie in its place already are taken up as they are.
    """
    may(who)
    if not ID.fullmatch(assistant_id):
        raise Invalid("An assistant's id has small letters, digits and -, 31 at most, a letter first.")
    every = await teaching.store.assistants.all()
    if any(each.id == assistant_id for each in every):
        raise AlreadyThere(f"There is an assistant {assistant_id} already.")
    if len(every) >= MOST:
        raise Invalid(f"There are {MOST} assistants already.")
    made = Assistant(id=assistant_id, name=_name(name), languages=(_language(language),), rev=1)
    await _lay_out(teaching, made.base, like)
    if not await teaching.store.assistants.add(made):
        raise AlreadyThere(f"There is an assistant {assistant_id} already.")
    await _noted(teaching, who, None, made)
    return made


async def change(teaching: Teaching, who: Principal, assistant_id: str, rev: int, *, name: str) -> Assistant:
    """Give it another name. `rev` is that of the assistant that was looked at."""
    may(who)
    return await _changed(teaching, who, assistant_id, rev, lambda was: replace(was, name=_name(name)))


async def add_language(
    teaching: Teaching, who: Principal, assistant_id: str, rev: int, *, language: str, like: str | None
) -> Assistant:
    """An edition in another language; its data as in `create`. It answers once a model of it is live."""
    may(who)
    before = await _present(teaching, assistant_id, rev)
    tag = _language(language)
    if tag in before.languages:
        raise AlreadyThere(f"It speaks {tag} already.")
    if len(before.languages) >= _MOST_LANGUAGES:
        raise Invalid(f"An assistant has at most {_MOST_LANGUAGES} languages.")
    added = Edition(assistant_id, tag, False)
    await _lay_out(teaching, added, like)
    await teaching.store.publications.forget(str(added.key))  # left by who was killed dropping it
    return await _changed(
        teaching, who, assistant_id, rev, lambda was: replace(was, languages=(*was.languages, tag))
    )


async def drop_language(
    teaching: Teaching, who: Principal, assistant_id: str, rev: int, language: str
) -> Assistant:
    """Let the base answer in this language too. Its data and models stay; what is live of it ends."""
    may(who)
    before = await _present(teaching, assistant_id, rev)
    edition = next((each for each in before.editions if each.language == language), None)
    if edition is None:
        raise NotFound("It has no such language.")
    if edition.is_base:
        raise Invalid("An assistant keeps its first language, whose edition answers in all others.")
    rest = tuple(each for each in before.languages if each != language)
    after = await _changed(teaching, who, assistant_id, rev, lambda was: replace(was, languages=rest))
    await teaching.store.publications.forget(str(edition.key))
    return after


async def drop(teaching: Teaching, who: Principal, assistant_id: str) -> None:
    """Take an assistant away; the default one answers in its place. Its data and models stay."""
    may(who)
    if assistant_id == DEFAULT:
        raise Invalid("The default assistant stays.")
    store = teaching.store
    before = await store.assistants.the(assistant_id)
    if before is None:
        raise NotFound("There is no such assistant.")
    await store.channels.change_all({"assistant": assistant_id}, assistant=None)
    for edition in before.editions:
        await store.publications.forget(str(edition.key))
    if not await store.assistants.remove(assistant_id):  # last: who is killed before it can ask again
        raise NotFound("There is no such assistant.")
    await _noted(teaching, who, before, None)


async def choose(teaching: Teaching, who: Principal, channel_id: str, assistant_id: str) -> None:
    """Let an assistant answer new conversations on a channel. What is under way stays with whoever it had."""
    may(who)
    store = teaching.store
    channel, assistant = await store.channels.get(channel_id), await store.assistants.the(assistant_id)
    if channel is None or assistant is None:
        raise NotFound("There is no such channel." if channel is None else "There is no such assistant.")
    if assistant.base.key and not (await store.publications.present(assistant.base.key)).model_id:
        raise Invalid("Nothing of this assistant answers yet: train it and activate a model first.")
    chosen = None if assistant_id == DEFAULT else assistant_id
    if channel.assistant == chosen:
        return
    await store.channels.note(channel_id, assistant=chosen)
    told = [{"assistant": each or DEFAULT} for each in (channel.assistant, chosen)]
    await audit.note_change(who, "channel", channel_id, *told, store=store, clock=teaching.clock)


async def _present(teaching: Teaching, assistant_id: str, rev: int) -> Assistant:
    present = await teaching.store.assistants.the(assistant_id)
    if present is None:
        raise NotFound("There is no such assistant.")
    if present.rev != rev:
        raise AlreadyThere("Somebody else has changed this assistant since you looked. Look again.")
    return present


async def _changed(
    teaching: Teaching, who: Principal, assistant_id: str, rev: int, to: Callable[[Assistant], Assistant]
) -> Assistant:
    before = await _present(teaching, assistant_id, rev)
    after = replace(to(before), rev=before.rev + 1)
    if not await teaching.store.assistants.change_from(before, after):
        raise AlreadyThere("Somebody else has changed this assistant in this moment. Look again.")
    await _noted(teaching, who, before, after)
    return after


async def _lay_out(teaching: Teaching, edition: Edition, like: str | None) -> None:
    """Put the data of a new edition in their place."""
    source = None
    if like is not None:
        every = [each for assistant in await teaching.store.assistants.all() for each in assistant.editions]
        if not any((each.key or "") == like for each in every):
            raise NotFound("There is no such edition of an assistant.")
        source = teaching.places.folder(like or None)
    await asyncio.to_thread(lay_out, teaching.places.folder(edition.key), edition.language, source)


def _name(given: str) -> str:
    name = " ".join(given.split())
    if not 1 <= len(name) <= _NAME:
        raise Invalid(f"An assistant's name has 1 to {_NAME} characters.")
    return name


def _language(given: str) -> str:
    tag = given.strip().casefold()
    if not LANGUAGE.fullmatch(tag):
        raise Invalid("A language is given by its tag: en, it, pt-br.")
    return tag


async def _noted(
    teaching: Teaching, who: Principal, before: Assistant | None, after: Assistant | None
) -> None:
    key = next(each.id for each in (after, before) if each)
    store, clock = teaching.store, teaching.clock
    await audit.note_change(who, "assistant", key, before, after, store=store, clock=clock)
