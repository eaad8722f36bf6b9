"""How many conversations the tabs have: exactly, as long as there are not very many."""

import pytest

from inbox.http import lists
from inbox.model.commit import Commit, change_of
from inbox.model.conversation import Speaker, SpeakerKind
from inbox.model.thread import Thread
from inbox.store import Store
from tests.inbox.factories import NOON, a_conversation


async def test_no_more_are_counted_than_a_tab_shows(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = Speaker(SpeakerKind.AGENT, "marco", "Marco", 2)
    some = [
        a_conversation(id=f"{place:028x}", contact_id=f"c{place}", speaker=mine, assignee_id="marco")
        for place in range(3)
    ]

    async def work(session):
        return Commit(conversations=[change_of(Thread(one, NOON, is_new=True)) for one in some]), None

    await store.change(work)
    exactly = {"all": 3, "mine": 3, "unassigned": 0, "bot": 0}
    assert await lists.counts(store, "marco") == exactly
    assert await lists.counts_of(store, {"marco": frozenset()}) == {"marco": exactly}
    monkeypatch.setattr(lists, "COUNTED", 2)
    at_least = {"all": 2, "mine": 2, "unassigned": 0, "bot": 0}
    assert await lists.counts(store, "marco") == at_least
    assert await lists.counts_of(store, {"marco": frozenset()}) == {"marco": at_least}
