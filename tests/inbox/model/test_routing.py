"""Routing: fair, within everyone's capacity, and nobody waits while somebody could answer."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from inbox.model.routing import (
    PRIORITIES,
    Method,
    Seat,
    Waiting,
    assigned,
    fits,
    in_order,
    overflows,
    position,
    returned,
    stranded,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

tongues = st.sampled_from(["en", "it", "hi", "pt-BR"])
skills = st.frozensets(st.sampled_from(["billing", "returns"]))
seats = st.lists(
    st.builds(
        Seat,
        agent_id=st.text("abcdef", min_size=1, max_size=2),
        is_online=st.booleans(),
        load=st.integers(0, 6),
        capacity=st.integers(1, 6),
        languages=st.frozensets(tongues),
        skills=skills,
        given_at=st.none() | st.integers(-500, 0).map(lambda m: NOON + m * MINUTE),
    ),
    unique_by=lambda s: s.agent_id,
    max_size=8,
)
queues = st.lists(
    st.builds(
        Waiting,
        conversation_id=st.integers(0, 999).map(str),
        since=st.integers(-500, 0).map(lambda m: NOON + m * MINUTE),
        priority=st.sampled_from([*PRIORITIES, "made up"]),
        language=st.none() | tongues,
        skills=skills,
    ),
    unique_by=lambda w: w.conversation_id,
    max_size=20,
)
methods = st.sampled_from([Method.ROUND_ROBIN, Method.LEAST_BUSY])


def a_seat(agent: str, **fields) -> Seat:
    return Seat(agent_id=agent, **fields)


def a_case(name: str, minutes: int = 0, **fields) -> Waiting:
    return Waiting(conversation_id=name, since=NOON - minutes * MINUTE, **fields)


@given(queues, seats, methods)
def test_each_is_given_once_to_somebody_who_can_take_it(queue, seats, method) -> None:
    pairs = assigned(queue, seats, method, NOON)
    assert len({conversation for conversation, _ in pairs}) == len(pairs)
    given, seat_of = Counter(agent for _, agent in pairs), {s.agent_id: s for s in seats}
    cases = {w.conversation_id: w for w in queue}
    for conversation, agent in pairs:
        assert fits(seat_of[agent], cases[conversation])
    for agent, count in given.items():
        assert seat_of[agent].load + count <= seat_of[agent].capacity


@given(queues, seats, methods)
def test_nobody_waits_whom_somebody_with_room_could_answer(queue, seats, method) -> None:
    pairs = assigned(queue, seats, method, NOON)
    given, done = Counter(agent for _, agent in pairs), {conversation for conversation, _ in pairs}
    for waiting in queue:
        if waiting.conversation_id in done:
            continue
        for seat in seats:
            assert not fits(seat, waiting) or seat.load + given[seat.agent_id] >= seat.capacity


@given(queues, seats, methods)
def test_the_same_question_has_the_same_answer_in_whatever_order_it_is_put(queue, seats, method) -> None:
    assert assigned(queue, seats, method, NOON) == assigned(queue[::-1], seats[::-1], method, NOON)


@given(st.integers(1, 6), st.integers(0, 30))
def test_round_robin_gives_everyone_the_same(agents, cases) -> None:
    seats = [a_seat(f"agent {n}", capacity=100) for n in range(agents)]
    pairs = assigned([a_case(str(n)) for n in range(cases)], seats, Method.ROUND_ROBIN, NOON)
    given = Counter({s.agent_id: 0 for s in seats})
    given.update(agent for _, agent in pairs)
    assert max(given.values()) - min(given.values()) <= 1


def test_the_least_busy_is_who_has_the_most_room_by_their_own_measure() -> None:
    seats = [a_seat("big", load=4, capacity=10), a_seat("small", load=1, capacity=2)]
    assert assigned([a_case("x")], seats, Method.LEAST_BUSY, NOON) == [("x", "big")]
    assert assigned([a_case("x")], seats, Method.MANUAL, NOON) == []


def test_the_queue_is_served_by_priority_and_then_by_waiting() -> None:
    queue = [
        a_case("new", 1),
        a_case("old", 9),
        a_case("urgent", 0, priority="urgent"),
        a_case("low", 99, priority="low"),
    ]
    assert [w.conversation_id for w in in_order(queue)] == ["urgent", "low", "old", "new"]
    assert position(queue, "old") == 3
    assert position(queue, "gone") is None
    assert overflows(queue, NOON, 5 * MINUTE) == ["low", "old"]


def test_a_region_does_for_its_language_and_an_agent_of_no_language_for_any() -> None:
    assert fits(a_seat("a", languages=frozenset({"pt-BR"})), a_case("x", language="pt"))
    assert not fits(a_seat("a", languages=frozenset({"it"})), a_case("x", language="pt"))
    assert fits(a_seat("a"), a_case("x", language="pt"))


def test_what_an_agent_held_comes_back_after_a_while_away() -> None:
    seats = [
        a_seat("here"),
        a_seat("away", offline_since=NOON - 3 * MINUTE),
        a_seat("pausing", is_online=False),
    ]
    held = [a_case(name, assignee_id=name) for name in ("here", "away", "pausing", "gone")]
    assert returned(held, seats, NOON, 2 * MINUTE) == ["away", "gone"]
    assert returned(held, seats, NOON, 5 * MINUTE) == ["gone"]


@given(queues, st.integers(0, 500), st.integers(0, 500))
def test_who_waits_longer_is_overflowed_first_and_stays_so(queue, minutes, more) -> None:
    after, later = minutes * MINUTE, (minutes + more) * MINUTE
    moved = overflows(queue, NOON, after)
    since = {w.conversation_id: w.since for w in queue}
    assert set(moved) == {id for id, at in since.items() if NOON - at >= after}
    assert [since[id] for id in moved] == sorted(since[id] for id in moved)
    assert overflows(queue[::-1], NOON, after) == moved
    assert overflows(queue, NOON, later) == moved[: len(overflows(queue, NOON, later))]


@given(queues, seats, st.data(), st.integers(0, 60))
def test_only_what_an_absent_agent_holds_goes_back_and_more_patience_takes_back_less(
    queue, seats, data, minutes
) -> None:
    away = st.none() | st.integers(-60, 0).map(lambda m: NOON + m * MINUTE)
    seats = [replace(seat, offline_since=data.draw(away)) for seat in seats]
    left = {seat.agent_id: seat.offline_since for seat in seats}
    agents = st.sampled_from([None, "gone", *left])
    held = [replace(w, assignee_id=data.draw(agents)) for w in queue]
    back = returned(held, seats, NOON, minutes * MINUTE)
    holder = {w.conversation_id: w.assignee_id for w in held}
    present = {agent for agent, at in left.items() if at is None or NOON - at < minutes * MINUTE}
    assert set(back) == {id for id, agent in holder.items() if agent and agent not in present}
    assert set(returned(held, seats, NOON, (minutes + 1) * MINUTE)) <= set(back)


@given(st.data(), st.integers(1, 5), st.integers(1, 60))
def test_round_robin_stays_fair_while_conversations_come_one_by_one(data, agents, rounds) -> None:
    """And a pause costs nobody their turn: who was not there is next, once."""
    seats = {f"agent {n}": a_seat(f"agent {n}", capacity=1000) for n in range(agents)}
    given_to: list[str] = []
    for step in range(rounds):
        now = NOON + step * MINUTE
        [(_, agent)] = assigned([a_case(str(step))], list(seats.values()), Method.ROUND_ROBIN, now)
        seats[agent] = replace(seats[agent], load=data.draw(st.integers(0, 999)), given_at=now)
        given_to.append(agent)
    for start in range(rounds - agents + 1):
        assert len(set(given_to[start : start + agents])) == agents  # whatever they have to do besides


@given(seats, st.integers(1, 30))
def test_the_least_busy_are_levelled_by_their_own_measure(seats, cases) -> None:
    """Nobody is given one while another who could take it has a smaller share of their capacity."""
    loads = {s.agent_id: s.load for s in seats}
    there = {s.agent_id: s for s in seats if s.is_online}
    for _, agent in assigned([a_case(f"{n:02}") for n in range(cases)], seats, Method.LEAST_BUSY, NOON):
        share = loads[agent] / there[agent].capacity
        for other in there.values():
            has_room = loads[other.agent_id] < other.capacity
            assert not has_room or share <= loads[other.agent_id] / other.capacity
        loads[agent] += 1


@given(queues, seats, methods, st.integers(0, 500))
def test_what_is_stranded_could_go_to_nobody_and_once_opened_goes_to_any_with_room(
    queue, seats, method, minutes
) -> None:
    lost = stranded(queue, seats, NOON, minutes * MINUTE)
    cases = {w.conversation_id: w for w in queue}
    assert not {id for id, _ in assigned(queue, seats, method, NOON)} & set(lost)
    assert all(NOON - cases[id].since >= minutes * MINUTE for id in lost)
    assert set(stranded(queue, seats, NOON, (minutes + 1) * MINUTE)) <= set(lost)
    opened = [replace(cases[id], skills=frozenset(), language=None) for id in lost]
    room = sum(max(0, s.capacity - s.load) for s in seats if s.is_online)
    assert len(assigned(opened, seats, method, NOON)) == min(len(opened), room)


@given(queues, seats)
def test_nothing_is_stranded_where_nobody_is_or_somebody_knows(queue, seats) -> None:
    assert stranded(queue, [replace(s, is_online=False) for s in seats], NOON, MINUTE) == []
    polyglot = a_seat("z", load=9, capacity=1, skills=frozenset({"billing", "returns"}))
    assert stranded(queue, [*seats, polyglot], NOON, MINUTE) == []
