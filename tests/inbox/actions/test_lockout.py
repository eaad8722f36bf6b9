"""Guessing: how far it gets, and whom it does not keep out."""

import asyncio

import pytest
from argon2 import PasswordHasher, Type

from inbox.actions import passwords
from inbox.actions.errors import TooMany
from inbox.actions.lockout import Visit, known_browser
from inbox.actions.people import add_user, sign_in
from inbox.model.people import Role, User
from inbox.model.secrets import FileLinks
from inbox.store import Store
from tests.inbox.factories import Clock

PASSWORD = "a long enough password"
TICKETS = FileLinks("a secret key that is long enough for tests", "http://localhost")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def ada(store: Store, clock: Clock) -> User:
    return await add_user("ada@example.com", "Ada", Role.AGENT, PASSWORD, store=store, clock=clock)


class Guesser:
    """Somebody who tries passwords, from an address and perhaps with a known browser."""

    def __init__(self, store: Store, clock: Clock, visit: Visit) -> None:
        self._store, self._clock, self._visit = store, clock, visit

    async def tries(self, password: str = "wrong", email: str = "Ada@Example.com ") -> bool | int | None:
        """Whether it was right, or how many seconds to wait."""
        try:
            user = await sign_in(
                email, password, self._visit, store=self._store, clock=self._clock, tickets=TICKETS
            )
        except TooMany as error:
            return error.retry_after
        return user is not None


@pytest.fixture
def stranger(store: Store, clock: Clock) -> Guesser:
    return Guesser(store, clock, Visit("10.0.0.1"))


async def test_after_five_failures_not_even_the_right_password_helps_for_a_while(
    ada: User, stranger: Guesser, clock: Clock
) -> None:
    assert [await stranger.tries() for _ in range(5)] == [False] * 5
    assert await stranger.tries(PASSWORD) == 15
    clock.forward(seconds=15)
    assert await stranger.tries(PASSWORD) is True


async def test_each_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(
    ada: User, stranger: Guesser, clock: Clock
) -> None:
    waits = []
    for _ in range(5):
        await stranger.tries()
    for _ in range(9):
        waits.append(await stranger.tries())
        clock.forward(seconds=waits[-1])
        assert await stranger.tries() is False
    assert waits == [15, 30, 60, 120, 240, 480, 900, 900, 900]
    clock.forward(days=1)
    assert [await stranger.tries() for _ in range(5)] == [False] * 5


async def test_many_guesses_at_once_get_no_further(ada: User, stranger: Guesser) -> None:
    answers = await asyncio.gather(*(stranger.tries() for _ in range(20)))
    assert (answers.count(False), answers.count(15)) == (5, 15)


async def test_another_process_counts_on(ada: User, store: Store, clock: Clock, stranger: Guesser) -> None:
    elsewhere = Guesser(store, clock, Visit("10.0.0.2"))
    for guesser in (stranger, elsewhere, stranger, elsewhere, stranger):
        assert await guesser.tries() is False
    assert (await stranger.tries(), await elsewhere.tries()) == (15, 15)


async def test_an_account_that_there_is_not_is_counted_as_one_that_there_is(
    ada: User, store: Store, clock: Clock
) -> None:
    told = []
    for email in ("ada@example.com", "nobody@example.com"):
        guesser = Guesser(store, clock, Visit("10.0.0.3"))
        told.append([await guesser.tries(email=email) for _ in range(7)])
    assert told[0] == told[1]


async def test_who_gets_it_right_starts_afresh(ada: User, stranger: Guesser) -> None:
    for _ in range(2):
        assert [await stranger.tries() for _ in range(3)] == [False] * 3
        assert await stranger.tries(PASSWORD) is True


async def test_a_strangers_failures_do_not_keep_out_who_is_known(
    ada: User, stranger: Guesser, store: Store, clock: Clock
) -> None:
    hers = Visit("10.0.0.1", known=known_browser(ada, tickets=TICKETS, clock=clock))
    for _ in range(6):
        await stranger.tries()
    assert await Guesser(store, clock, hers).tries(PASSWORD) is True
    assert await stranger.tries(PASSWORD) == 15


async def test_a_known_browser_is_no_way_to_guess_on(ada: User, store: Store, clock: Clock) -> None:
    eve = await add_user("eve@example.com", "Eve", Role.AGENT, PASSWORD, store=store, clock=clock)
    of_ada, of_eve = (known_browser(user, tickets=TICKETS, clock=clock) for user in (ada, eve))
    stolen = Guesser(store, clock, Visit("10.0.0.4", known=of_ada))
    assert [await stolen.tries() for _ in range(6)] == [False] * 5 + [15]
    others = Guesser(store, clock, Visit("10.0.0.5", known=of_eve))
    assert [await others.tries() for _ in range(6)] == [False] * 5 + [15]


async def test_one_address_cannot_try_many_accounts(
    store: Store, clock: Clock, stranger: Guesser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_matches", lambda known, password: False)  # which is slow
    answers = [await stranger.tries(email=f"{n}@example.com") for n in range(31)]
    assert answers == [False] * 30 + [15]


def test_passwords_are_kept_by_argon2id_at_its_full_cost() -> None:
    hasher = PasswordHasher()
    assert (hasher.type, hasher.time_cost, hasher.memory_cost) == (Type.ID, 3, 65_536)


async def test_a_hash_of_an_outdated_cost_is_made_anew(
    ada: User, store: Store, clock: Clock, stranger: Guesser, monkeypatch: pytest.MonkeyPatch
) -> None:
    dearer = PasswordHasher(time_cost=2, memory_cost=64, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", dearer)
    assert await stranger.tries("wrong") is False
    assert (await store.users.get(ada.id)).password_hash == ada.password_hash
    assert await stranger.tries(PASSWORD) is True
    anew = (await store.users.get(ada.id)).password_hash
    assert not dearer.check_needs_rehash(anew)
    assert dearer.verify(anew, PASSWORD)
