"""`python -m tests.faults`: faults at points of one's own choice, or by chance for as long as one likes."""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.table import BY_NAME, TABLE
from tests.faults.trial import Plan, plan_of, run


def main() -> int:
    """Run what was asked for. 1 if a promise was broken, 2 for a wrong call."""
    given = _arguments().parse_args()
    if given.list:
        for fault in TABLE:
            print(f"{fault.name:<20} {fault.what} ({fault.lasting:g} s)")
        return 0
    unknown = [name for name in given.fault if name not in BY_NAME]
    if unknown:
        print(f"There is no fault {', '.join(unknown)}; --list names them.", file=sys.stderr)
        return 2
    if given.members > 1 and any(n.endswith("-store") or n == "slow-mongodb" for n in given.fault):
        print("Wires to MongoDB are there with --members 1 alone.", file=sys.stderr)
        return 2
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(1_000_000)
    home = given.home or Path(tempfile.mkdtemp(prefix="parley-faults-"))
    return asyncio.run(_rounds(given, seed, home))


async def _rounds(given: argparse.Namespace, seed: int, home: Path) -> int:
    """One round, or rounds until the time is over; each with the next seed."""
    deadline = time.monotonic() + 60 * (given.minutes or 0)
    broken, count = 0, 0
    while count == 0 or time.monotonic() < deadline:
        plan = _plan(given, seed + count)
        where = home / f"round-{count}"
        verdict = await run(plan, where)
        count += 1
        for line in verdict.told:
            print(f"  {line}")
        for line in verdict.finding.stated:
            print(f"  stated: {line}")
        for line in verdict.complaints[:20]:
            print(f"  BROKEN: {line}")
        if verdict.complaints:
            broken += 1
            print(f"  {len(verdict.complaints)} complaints; logs in {where}")
            print(f"  again: {_again(plan)}")
        else:
            print("  every promise held", flush=True)
    print(f"{count - broken} of {count} rounds held every promise")
    return 1 if broken else 0


def _plan(given: argparse.Namespace, seed: int) -> Plan:
    chance = random.Random(seed)
    names = list(given.fault)
    if given.minutes or not names:  # by chance: some of them, each at a time of its own
        pool = names or list(BY_NAME)
        if given.members > 1:
            pool = [name for name in pool if not name.endswith("-store") and name != "slow-mongodb"]
        names = chance.sample(pool, k=min(len(pool), given.at_a_time))
    return plan_of(
        names,
        seed=seed,
        at=given.at,
        lasting=given.lasting,
        seconds=given.seconds,
        within=given.within,
        processes=given.processes,
        customers=given.customers,
        pause=given.pause,
        members=given.members,
        rasa=given.rasa,
    )


def _again(plan: Plan) -> str:
    words = [f"--fault {b.fault} --at {b.at:g} --lasting {b.lasting:g}" for b in plan.blows]
    return (
        f"python -m tests.faults {' '.join(words)} --seconds {plan.seconds:g} --seed {plan.seed} "
        f"--processes {plan.processes} --customers {plan.customers} --pause {plan.pause:g}"
        + " --members 3" * (plan.members == 3)
        + " --rasa" * plan.rasa
    )


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    add = parser.add_argument
    add("--list", action="store_true", help="name the faults")
    add("--fault", action="append", default=[], metavar="NAME", help="strike this one; may be repeated")
    add("--at", action="append", default=[], type=float, metavar="S", help="when, for each --fault in turn")
    add("--lasting", action="append", default=[], type=float, metavar="S", help="for how long, likewise")
    add("--within", type=float, metavar="S", help="all of them somewhere in so many seconds, over each other")
    add("--seed", type=int, help="for everything that is left to chance; printed")
    add("--seconds", type=float, help="how long the load lasts (default: until the last fault is over)")
    add("--minutes", type=float, help="go on with new rounds of chosen faults for so long")
    add("--at-a-time", type=int, default=5, help="how many faults a round by chance has (5)")
    add("--processes", type=int, default=2, help="application processes (2)")
    add("--customers", type=int, default=8, help="customers who write all the time (8)")
    add("--pause", type=float, default=0.3, help="seconds between a customer's messages on average (0.3)")
    add("--members", type=int, choices=(1, 3), default=1, help="members of MongoDB's replica set (1)")
    add("--rasa", action="store_true", help="the real bot with its action server, for the scripted one")
    add("--home", type=Path, help="where logs go (default: a new folder in /tmp)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
