"""Too many messages to one customer: that conversation waits, and no other."""

from inbox.model.message import BOT
from inbox.pairs import Pairs
from inbox.store import Store
from tests.inbox.factories import heard, phone
from tests.inbox.office import Office, working
from tests.parley import until


def test_a_burst_goes_at_once_and_the_rest_one_by_one() -> None:
    pairs = Pairs(3, 6.0)
    for _ in range(3):
        assert pairs.due_in("ada", 100.0) == 0
        pairs.take("ada", 100.0)
    assert pairs.due_in("ada", 100.0) == 6.0
    assert pairs.due_in("ada", 104.0) == 2.0
    assert pairs.due_in("ada", 106.0) == 0
    assert pairs.due_in("ben", 100.0) == 0
    pairs.take("ada", 106.0)
    assert pairs.due_in("ada", 106.0) == 6.0
    assert pairs.due_in("ada", 1000.0) == 0


async def test_a_conversation_that_waits_holds_back_no_other(store: Store) -> None:
    office = Office(store)
    assert office.lines.line
    office.lines.line = office.lines.line._replace(pairs=Pairs(2, 3600.0))
    await office.hears("Hello")
    await office.says(*(f"to Ada {n}" for n in range(5)), author=BOT)
    async with working(office):
        await until(lambda: len(office.provider.taken) == 2)
        await office.take(heard("Hi", phone("+15550002222"), name="Ben"))
        await office.says("to Ben", author=BOT)
        await until(lambda: "to Ben" in office.provider.taken)
    to_ada = [text for text in office.provider.taken if text.startswith("to Ada")]
    assert to_ada == ["to Ada 0", "to Ada 1"]
