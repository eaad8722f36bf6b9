"""What signing in costs does not tell who has an account. The work is counted: clocks tell of others, too."""

from collections.abc import Callable
from typing import Any

import pytest
from argon2 import PasswordHasher

from inbox.actions import passwords
from inbox.actions.lockout import Visit
from inbox.actions.people import sign_in
from inbox.app import now
from inbox.model.ids import new_id
from tests.parley import ADMIN_PASSWORD, Parley

WRONG = "a stapler of another battery"


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What argon2 is asked to do: the kind of it, and its cost."""
    done: list[str] = []
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher())  # that of all other tests is a cheap one

    def counted(kind: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def doing(self: PasswordHasher, known: str, *given: Any) -> Any:
            done.append(f"{kind} {known.rpartition('$')[0].rpartition('$')[0]}")
            return real(self, known, *given)

        return doing

    for kind in ("verify", "hash"):
        monkeypatch.setattr(PasswordHasher, kind, counted(kind, getattr(PasswordHasher, kind)))
    return done


async def test_an_address_without_an_account_costs_what_a_wrong_password_does(
    parley: Parley, work: list[str]
) -> None:
    known, gone = await parley.a_user(f"Known {new_id()}"), await parley.a_user(f"Gone {new_id()}")
    await parley.store.users.change(gone.id, disabled=True)
    told = {}
    for name, email, password in (
        ("unknown", f"{new_id()}@example.com", WRONG),
        ("wrong", known.email, WRONG),
        ("disabled", gone.email, ADMIN_PASSWORD),
        ("right", known.email, ADMIN_PASSWORD),
    ):
        work.clear()
        found = await sign_in(email, password, Visit("203.0.113.7", "", ""), store=parley.store, clock=now)
        told[name] = tuple(work)
        assert (found is not None) == (name == "right"), name
    assert len(set(told.values())) == 1, told
    assert [each.split()[0] for each in told["unknown"]] == ["verify"]


def test_what_stands_in_for_an_account_is_of_todays_cost() -> None:
    assert not PasswordHasher().check_needs_rehash(passwords.NOBODYS)
