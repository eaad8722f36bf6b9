"""Which passwords will do, and what is said of the others."""

import pytest

from inbox.actions.errors import Invalid
from inbox.actions.passwords import hashed, objection
from inbox.actions.people import add_user, first_admin, set_password
from inbox.model.people import Role
from inbox.store import Store
from tests.inbox.factories import Clock

OWN = ("marco.rossi@trattoria.example", "Marco Rossi")


@pytest.mark.parametrize(
    "password",
    [
        "a quiet yellow harbour",
        "correct horse battery",
        "agent-password-123",
        "xK4-tzp-99a-Wq",
        "быстрая лиса и поле",
    ],
)
def test_what_nobody_would_try_will_do(password: str) -> None:
    assert objection(password, OWN) is None


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "12 characters or more"),
        ("elevenchars", "12 characters or more"),
        ("x" * 1001, "at most 1,000"),
        ("password1234", "many people use"),
        ("qwertyuiop12", "many people use"),
        ("P@ssw0rd1234", "many people use"),
        ("letmein12345", "many people use"),
        ("aaaaaaaaaaaaaaaa", "too easy to guess"),
        ("abcdefghijkl", "too easy to guess"),
        ("121212121212", "too easy to guess"),
        ("long live ROSSI 42 x", "Leave out “rossi”"),
        ("a trattoria by the sea", "Leave out “trattoria”"),
        ("my Parley, my rules", "Leave out “parley”"),
    ],
)
def test_what_would_be_tried_early_is_refused_in_plain_words(password: str, words: str) -> None:
    assert words in (objection(password, OWN) or "")


async def test_every_way_to_a_password_asks_the_same(store: Store) -> None:
    clock = Clock()
    with pytest.raises(Invalid):
        await add_user("ada@example.com", "Ada", Role.AGENT, "password1234", store=store, clock=clock)
    ada = await add_user("ada@example.com", "Ada", Role.AGENT, "a fine long one", store=store, clock=clock)
    with pytest.raises(Invalid):
        await set_password(ada, "password1234", store=store)
    with pytest.raises(Invalid):
        await hashed("password1234")


async def test_the_operators_first_password_is_taken_but_not_if_it_is_short(store: Store) -> None:
    with pytest.raises(Invalid):
        await first_admin("admin@example.com", "short", store=store, clock=Clock())
    assert await first_admin("admin@example.com", "admin-password", store=store, clock=Clock())
