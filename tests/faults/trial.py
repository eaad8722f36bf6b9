"""One run: the stage, the load, the faults at their times, the rest afterwards, the judgement."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.faults import bot as bots
from tests.faults.judge import Finding, judge
from tests.faults.ledger import Trouble
from tests.faults.people import customer, until
from tests.faults.stage import Stage, a_stage
from tests.faults.table import BY_NAME, hurts_receipts

REST = 120.0
"""Seconds after the load by which all that waits must have been done."""


STOP = 10.0
"""Seconds by which a process that was told to end is gone."""


class Blow(NamedTuple):
    """A fault at its time, in seconds since the load began."""

    at: float
    fault: str
    lasting: float


class Plan(NamedTuple):
    """What a run does. The same plan and seed choose the same faults, times and victims."""

    seed: int
    seconds: float
    blows: tuple[Blow, ...]
    processes: int = 2
    customers: int = 8
    pause: float = 0.3
    """Seconds between a customer's messages, on average."""
    pictures: float = 0.05
    """How many of these messages are pictures."""
    members: int = 1
    """Of MongoDB: 1, or 3."""
    rasa: bool = False
    """The real bot instead of the scripted one."""


def plan_of(
    faults: Sequence[str],
    *,
    seed: int,
    at: Sequence[float] = (),
    lasting: Sequence[float] = (),
    seconds: float | None = None,
    within: float | None = None,
    **more: int | float,
) -> Plan:
    """A plan of these faults. Those without a time get one by chance: one after the other's end, or all
    somewhere `within` so many seconds."""
    chance = random.Random(seed)
    blows: list[Blow] = []
    free = 1.0
    for place, name in enumerate(faults):
        long = lasting[place] if place < len(lasting) else BY_NAME[name].lasting
        when = free + chance.uniform(0, 2) if within is None else chance.uniform(0.5, within)
        when = at[place] if place < len(at) else when
        blows.append(Blow(round(when, 2), name, long))
        free = max(free, when + long + 1)
    return Plan(seed, seconds or free + 2, tuple(blows), **more)  # type: ignore[arg-type]


class Verdict(NamedTuple):
    """How a run ended."""

    finding: Finding
    told: list[str]

    @property
    def complaints(self) -> list[str]:
        return self.finding.complaints


async def run(plan: Plan, home: Path, *, tell: Callable[[str], None] = print) -> Verdict:
    """Carry the plan out. Logs of all processes stay in `home`."""
    tell(
        f"seed {plan.seed}: " + ", ".join(f"{b.fault} at {b.at:g} s for {b.lasting:g} s" for b in plan.blows)
    )
    faults = {blow.fault for blow in plan.blows}
    async with a_stage(
        home, plan.seed, processes=plan.processes, faults=faults, rasa=plan.rasa, members=plan.members
    ) as stage:
        await _under_load(stage, plan, tell)
        began = time.monotonic()
        is_quiet = await until(lambda: _is_quiet(stage), within=REST)
        rest = time.monotonic() - began
        turns = None if plan.rasa else bots.read(stage.memory)
        finding = await judge(stage.ledger, stage.store, turns)
        if not is_quiet:
            finding.complaints.insert(0, f"something still waits {REST:g} s after the load")
        finding.complaints.extend(f"a stop took {took:.1f} s" for took in stage.stops if took > STOP)
        return Verdict(finding, _account(stage, rest))


async def _under_load(stage: Stage, plan: Plan, tell: Callable[[str], None]) -> None:
    is_over = asyncio.Event()
    chance = stage.chance
    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for n in range(plan.customers):
            own = random.Random(chance.random())
            number = f"155522200{n:02}"
            given = (number, stage.cloud, stage.ledger, is_over, own)
            group.create_task(customer(*given, pause=plan.pause, pictures=plan.pictures))
        for agent in stage.agents:
            group.create_task(agent.work(stage.http, is_over))
        async with asyncio.TaskGroup() as blows:
            for blow in plan.blows:
                blows.create_task(_strike(stage, blow, began, tell))
            blows.create_task(asyncio.sleep(plan.seconds))
        is_over.set()


async def _strike(stage: Stage, blow: Blow, began: float, tell: Callable[[str], None]) -> None:
    await asyncio.sleep(max(0, began + blow.at - time.monotonic()))
    tell(f"  {time.monotonic() - began:6.2f} s  {blow.fault}")
    since = time.monotonic()
    await BY_NAME[blow.fault].strike(stage, blow.lasting)
    if hurts_receipts(blow.fault):
        stage.ledger.troubles.append(Trouble(since, max(time.monotonic(), since + blow.lasting)))


async def _is_quiet(stage: Stage) -> bool:
    """Whether nothing is on its way any more; agents serve who still waits for one."""
    await asyncio.gather(*(agent.clear(stage.http) for agent in stage.agents))
    if stage.cloud.errands:
        return False
    busy = {"$or": [{"turn": {"$ne": None}}, {"delivery": {"$ne": None}}]}
    fetching = await stage.store._database.files.count_documents({"work": {"$ne": None}})
    return fetching + await stage.store.conversations.count(busy) == 0


def _account(stage: Stage, rest: float) -> list[str]:
    """The run in figures."""
    ledger = stage.ledger
    knocks = ", ".join(
        f"{count} × {status or 'no answer'}" for status, count in sorted(ledger.knocks.items())
    )
    told = [
        f"{sum(map(len, ledger.said.values()))} messages acknowledged, {len(ledger.pictures)} of "
        f"them pictures, {len(ledger.taken)} delivered, "
        f"{len(ledger.replied)} replies of agents; all at rest {rest:.1f} s after the load",
        f"webhooks: {knocks}; the slowest answer took {ledger.longest_knock:.1f} s, "
        f"to an agent {ledger.longest_look:.1f} s for a look and {ledger.longest_act:.1f} s for an act",
    ]
    if stage.stops:
        told.append("graceful stops: " + ", ".join(f"{seconds:.1f} s" for seconds in stage.stops))
    return told
