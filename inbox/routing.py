"""Gives the conversations in teams' queues to agents, takes back what waits for one who is gone, and asks the
next team when nobody takes it.

One process at a time does it, by a lease; but each step is a verb that changes a conversation only if it
still is as it was seen. So an agent who takes it at the same moment keeps it, and a second process that
believes that it has the lease does nothing twice.
"""

from collections.abc import Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from msgspec.structs import replace

from inbox.actions import converse, teams
from inbox.actions.desk import Desk
from inbox.actions.errors import ActionRefused
from inbox.actions.queueing import place_at, tell_place, waive
from inbox.floor import Floor, Seen, is_queued, seat_of
from inbox.follower import Follower
from inbox.model.commit import ConversationChange
from inbox.model.hours import Hours, is_open
from inbox.model.people import WRITE, Principal, User
from inbox.model.queue_news import is_due
from inbox.model.routing import Method, Seat, Waiting, assigned, in_order, overflows, returned, stranded
from inbox.model.seat import KeptSeat, Queued
from inbox.model.setback import setback_id
from inbox.model.team import Team
from inbox.store import Conflict, StoreError

log = structlog.get_logger(__name__)

ROUTER = Principal(id="routing", name="Routing", permissions=frozenset({WRITE}), is_user=False)

DUTY = "routing"
_LEASE = timedelta(seconds=30)
_ROUND = timedelta(seconds=10)
"""After this a round ends, well before the lease: others may have changed how busy everybody is."""

_SEEN_EVERY = timedelta(seconds=5)
_MOST = 5_000
"""How many conversations of all queues are looked at in one go."""


class Routing:
    """Follows the queues."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._store = desk.store
        self.follower = Follower(DUTY, desk.store, desk.clock, self.step)
        self._aside: dict[str, bool] = {}
        """What failed before, and whether it is to be left alone in this round."""
        self._on_duty_since: datetime | None = None
        self._seen_noted: datetime | None = None
        desk.bus.listen(self._hear)

    def _hear(self, changes: Sequence[ConversationChange]) -> None:
        if any(change.after.team_id and is_queued(change.after) for change in changes):
            self.follower.wake()

    async def step(self) -> int:
        """Do what is to be done now, if that falls to us. How many conversations changed."""
        every = {team.id: team for team in await self._store.teams.all()}
        now = self._desk.clock()
        is_idle = not any(_needs_us(team) for team in every.values())
        if is_idle or not await self.follower.is_ours(_LEASE):
            self._on_duty_since = None
            return 0
        self._on_duty_since = self._on_duty_since or now
        return await self.round(every, now, on_duty_for=now - self._on_duty_since)

    async def round(self, every: dict[str, Team], now: datetime, *, on_duty_for: timedelta) -> int:
        """Return, overflow, assign, tell. Nothing is returned before we watched for as long as it takes."""
        self._aside = await self._store.setbacks.aside(DUTY, now)
        queue = await self._store.seats.queue(list(every), _MOST)
        floor = await self._floor(now)
        done = await self._return(every, floor, on_duty_for)
        done += await self._overflow(every, queue, now)
        queue = await self._waive(every, queue, floor)
        done += await self._assign(every, queue, floor)
        return done + await self._tell(every, floor)

    async def _floor(self, now: datetime) -> Floor:
        users = {user.id: user for user in await self._store.users.list({"disabled": False}, limit=10_000)}
        here = await self._store.presence.online(now)
        if self._seen_noted is None or now - self._seen_noted >= _SEEN_EVERY:
            await self._store.seats.note_seen(here & users.keys(), now)
            self._seen_noted = now
        kept = await self._store.seats.by_agent()
        loads = await self._store.conversations.count_by_assignee(users)
        seats = {
            id: seat_of(kept.get(id) or KeptSeat(id=id), is_here=id in here, load=loads.get(id, 0))
            for id in users
        }
        skills = frozenset(skill for seat in seats.values() for skill in seat.skills)
        return Floor(now, users, seats, skills)

    async def _return(self, every: dict[str, Team], floor: Floor, on_duty_for: timedelta) -> int:
        """Take back what waits for an agent who has been away for long, or may not sign in any more."""
        automatic = [t for t in every.values() if t.method is not Method.MANUAL and t.return_seconds]
        known = await self._store.users.list(limit=10_000) if automatic else []
        away = [u.id for u in known if u.disabled or _has_left(floor.seats.get(u.id))]
        if not away:
            return 0
        held = await self._store.seats.held(away, [team.id for team in automatic], _MOST)
        done = 0
        for team in automatic:
            grace = timedelta(seconds=team.return_seconds)
            if on_duty_for < grace:  # after a pause of all processes, agents must have time to come back
                continue
            of_team = {h.id: h for h in held if h.team_id == team.id}
            waiting = [floor.waiting(h, h.waiting_since) for h in of_team.values()]
            for id in returned(waiting, list(floor.seats.values()), floor.now, grace):
                done += await self._give(id, None, Seen(team.id, of_team[id].assignee_id))
        return done

    async def _overflow(self, every: dict[str, Team], queue: list[Queued], now: datetime) -> int:
        """Give what nobody takes to the next team; it waits there anew."""
        done = 0
        for team in every.values():
            following = every.get(team.overflow_team_id or "")
            if following is None:
                continue
            of_team = [q for q in queue if q.team_id == team.id]
            waiting = [Waiting(conversation_id=q.id, since=q.queued_at or now) for q in of_team]
            seen = Seen(team.id, None)
            after, hours = timedelta(minutes=team.overflow_minutes), _counted(team)
            for id in overflows(waiting, now, after, hours):
                waited = team.overflow_minutes
                moving = teams.move(
                    self._desk, id, ROUTER, to=following, if_still=seen.holds_for, waited=waited
                )
                done += await self._do(id, moving)
        return done

    async def _waive(self, every: dict[str, Team], queue: list[Queued], floor: Floor) -> list[Queued]:
        """Let all of a team take what nobody who is there is able to. The queue as it is then."""
        waived = set()
        for team in every.values():
            if team.method is Method.MANUAL or not team.skill_minutes:
                continue
            of_team = {q.id: q for q in queue if q.team_id == team.id and not q.is_waived}
            waiting = {id: floor.waiting(q, q.queued_at) for id, q in of_team.items()}
            after, seats = timedelta(minutes=team.skill_minutes), floor.of(team)
            for id in stranded(waiting.values(), seats, floor.now, after, team.hours):
                seen = Seen(team.id, None)
                opening = waive(self._desk, id, ROUTER, team=team, needs=waiting[id], if_still=seen.holds_for)
                if await self._do(id, opening):
                    waived.add(id)
        return [replace(q, waived_at=self._desk.clock()) if q.id in waived else q for q in queue]

    async def _assign(self, every: dict[str, Team], queue: list[Queued], floor: Floor) -> int:
        """Give what waits to those who can take it."""
        done = 0
        for team in every.values():
            if team.method is Method.MANUAL or (team.hours and not is_open(team.hours, floor.now)):
                continue
            of_team = [q for q in queue if q.team_id == team.id]
            waiting = [floor.waiting(q, q.waiting_since or q.queued_at) for q in of_team]
            for id, agent_id in assigned(waiting, floor.of(team), team.method, floor.now):
                if self._desk.clock() - floor.now >= _ROUND:
                    return done
                if await self._give(id, floor.users[agent_id], Seen(team.id, None)):
                    done += 1
                    await self._note_given(floor, agent_id)
        return done

    async def _tell(self, every: dict[str, Team], floor: Floor) -> int:
        """Tell those who are left waiting how long it may take, if that is news to them."""
        telling = [team for team in every.values() if team.tells_place]
        queue = await self._store.seats.queue([team.id for team in telling], _MOST) if telling else []
        done = 0
        for team in telling:
            of_team = {q.id: q for q in queue if q.team_id == team.id}
            order = in_order(floor.waiting(q, q.waiting_since or q.queued_at) for q in of_team.values())
            seen = Seen(team.id, None)
            for place, id in enumerate((waiting.conversation_id for waiting in order), 1):
                if await self._is_news(of_team[id], team, place):
                    telling_it = tell_place(
                        self._desk, id, ROUTER, team=team, place=place, if_still=seen.holds_for
                    )
                    done += await self._do(id, telling_it)
        return done

    async def _is_news(self, queued: Queued, team: Team, place: int) -> bool:
        now = self._desk.clock()
        shown, heard = place_at(team, place, now), queued.inbound_seq
        if not is_due(queued.told, shown, heard=heard, now=now, is_dear=False):
            return False
        carries = await self._desk.carries(queued.channel_id)
        is_dear = carries is not None and carries.short_messages
        return is_due(queued.told, shown, heard=heard, now=now, is_dear=is_dear)

    async def _note_given(self, floor: Floor, agent_id: str) -> None:
        """So that another team, and the next round, go by it."""
        at = self._desk.clock()
        seat = floor.seats[agent_id]
        floor.seats[agent_id] = replace(seat, load=seat.load + 1, given_at=at)
        await self._store.seats.note(agent_id, given_at=at)

    async def _give(self, conversation_id: str, to: User | None, seen: Seen) -> bool:
        """Assign it, as an agent would, unless it is not as it was seen any more. Whether it was."""
        giving = converse.assign(self._desk, conversation_id, ROUTER, to=to, if_still=seen.holds_for)
        return await self._do(conversation_id, giving)

    async def _do(self, conversation_id: str, deed: Coroutine[Any, Any, Any]) -> bool:
        """Do it, if it can be done now. One conversation's failure is set aside and is not the others'."""
        if self._aside.get(conversation_id, False):
            deed.close()
            return False
        try:
            await deed
        except (ActionRefused, Conflict):
            return False
        except StoreError:
            raise
        except Exception as error:
            log.error("conversation set aside", duty=DUTY, conversation=conversation_id, exc_info=error)
            await self._store.setbacks.note(DUTY, conversation_id, error, self._desk.clock())
            self._aside[conversation_id] = True
            return False
        if conversation_id in self._aside:
            await self._store.setbacks.settle(setback_id(DUTY, conversation_id))
        return True


def _needs_us(team: Team) -> bool:
    return team.method is not Method.MANUAL or team.overflow_team_id is not None or team.tells_place


def _counted(team: Team) -> Hours | None:
    """The hours in which the minutes until overflow pass; None: at any."""
    return team.hours if team.overflow_in_hours else None


def _has_left(seat: Seat | None) -> bool:
    return seat is not None and seat.offline_since is not None
