"""What a fault does: each verb harms the stage, waits, and mends what nobody else would."""

import asyncio
import contextlib
import resource
import signal
from collections.abc import Awaitable, Callable
from typing import Literal

from inbox.store import StoreError
from tests.faults import people
from tests.faults.guests import Guest
from tests.faults.provider import Mood
from tests.faults.proxy import Proxy, Wire
from tests.faults.stage import Stage

Strike = Callable[[Stage, float], Awaitable[None]]
"""Does the harm, waits for so many seconds, and mends what no keeper or provider would leave broken."""


def killed(which: Callable[[Stage], Guest]) -> Strike:
    async def strike(stage: Stage, lasting: float) -> None:
        victim = which(stage)
        await victim.kill()
        await asyncio.sleep(lasting)
        await victim.start()

    return strike


def frozen(which: Callable[[Stage], Guest]) -> Strike:
    async def strike(stage: Stage, lasting: float) -> None:
        victim = which(stage)
        victim.send(signal.SIGSTOP)
        try:
            await asyncio.sleep(lasting)
        finally:
            victim.send(signal.SIGCONT)

    return strike


async def stopped(stage: Stage, lasting: float) -> None:
    victim = stage.any_application()
    stage.stops.append(await victim.stop())
    await asyncio.sleep(lasting)
    await victim.start()


async def rolling(stage: Stage, lasting: float) -> None:
    for application in stage.applications:
        stage.stops.append(await application.stop())
        await application.start()
        await asyncio.sleep(lasting)


async def all_killed(stage: Stage, lasting: float) -> None:
    await asyncio.gather(*(a.kill() for a in stage.applications))
    await asyncio.sleep(lasting)
    await asyncio.gather(*(a.start() for a in stage.applications))


def killed_at(moment: Literal["on_send", "on_answered"]) -> Strike:
    """All are gone at that moment of the provider's: it has taken a message, or its answer is on the wire."""

    async def strike(stage: Stage, lasting: float) -> None:
        hit = asyncio.Event()

        def pull_the_plug() -> None:
            setattr(stage.cloud, moment, None)
            for application in stage.applications:
                application.send(signal.SIGKILL)
            hit.set()

        setattr(stage.cloud, moment, pull_the_plug)
        await hit.wait()
        await all_killed(stage, lasting)

    return strike


async def killed_in_turn(stage: Stage, lasting: float) -> None:
    """The bot has been asked; before it answers, whoever asked is gone."""
    victim = stage.any_application()
    victim.to_bot.passed.clear()
    await victim.to_bot.passed.wait()
    await victim.kill()
    await asyncio.sleep(lasting)
    await victim.start()


async def stepped_down(stage: Stage, lasting: float) -> None:
    command = {"replSetStepDown": max(1, int(lasting)), "force": True}
    await stage.store._client.admin.command(command)


async def without_redis(stage: Stage, lasting: float) -> None:
    await _redis(stage).kill()
    await asyncio.sleep(lasting)
    await _redis(stage).start()


async def redis_stops(stage: Stage, lasting: float) -> None:
    """In the middle of an answer it says nothing more; later it is gone, and later still it is back."""
    wire, redis = stage.to_redis, _redis(stage)
    assert wire is not None
    await wire.become(Wire.HALVED)
    redis.send(signal.SIGSTOP)
    await asyncio.sleep(lasting / 2)
    await redis.kill()
    await asyncio.sleep(lasting / 2)
    await redis.start()
    await wire.become(Wire.WHOLE)


def _redis(stage: Stage) -> Guest:
    assert stage.redis is not None
    return stage.redis


async def full_disk(stage: Stage, lasting: float) -> None:
    """A small disk filled to the brim; where none may be mounted, no file of MongoDB may grow any more."""
    server = stage.server
    if server.is_mounted:
        ballast = server.data / "ballast"
        with ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1 << 20))
            except OSError:
                pass
        await asyncio.sleep(lasting)
        ballast.unlink()
    else:
        assert server.process is not None
        limits = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (1 << 16, limits[1]))
        await asyncio.sleep(lasting)
        if server.is_running:
            resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, limits)
    await asyncio.sleep(0.5)
    await server.start()


def wires(which: Callable[[Stage], list[Proxy]], state: Wire) -> Strike:
    async def strike(stage: Stage, lasting: float) -> None:
        wires = which(stage)
        await asyncio.gather(*(wire.become(state) for wire in wires))
        try:
            await asyncio.sleep(lasting)
        finally:
            await asyncio.gather(*(wire.become(Wire.WHOLE) for wire in wires))

    return strike


async def slow_store(stage: Stage, lasting: float) -> None:
    wires = [a.to_store for a in stage.applications if a.to_store]
    for wire in wires:
        wire.delay = 0.25
    await asyncio.sleep(lasting)
    for wire in wires:
        wire.delay = 0.0


def mood(mood: Mood) -> Strike:
    async def strike(stage: Stage, lasting: float) -> None:
        stage.cloud.mood = mood
        await asyncio.sleep(lasting)
        stage.cloud.mood = Mood.WELL

    return strike


async def twice(stage: Stage, lasting: float) -> None:
    stage.cloud.twice = True
    await asyncio.sleep(lasting)
    stage.cloud.twice = False


async def late(stage: Stage, lasting: float) -> None:
    stage.cloud.late = True
    await asyncio.sleep(lasting)
    stage.cloud.late = False


async def shuffled(stage: Stage, lasting: float) -> None:
    number = f"1555777{stage.chance.randrange(10_000):04}"
    await people.shuffled(number, stage.cloud, stage.ledger)


async def batch(stage: Stage, lasting: float) -> None:
    first = 15_558_000_000 + stage.chance.randrange(10_000) * 100
    await people.batch(first, stage.cloud, stage.ledger)


async def batch_killed(stage: Stage, lasting: float) -> None:
    """All are gone when some of a thousand messages are written; the provider sends all of them again."""
    first = 15_559_000_000 + stage.chance.randrange(10_000) * 100
    sending = asyncio.create_task(people.batch(first, stage.cloud, stage.ledger))
    numbers = [f"phone:+{first + n}" for n in range(50)]
    while not sending.done() and not await _known(stage, numbers):
        await asyncio.sleep(0.005)
    await all_killed(stage, lasting)
    await sending


async def _known(stage: Stage, names: list[str]) -> bool:
    with contextlib.suppress(StoreError):
        return bool(await stage.store.contacts.known_as(names))
    return False


async def clock_jump(stage: Stage, lasting: float) -> None:
    """One process believes that it is an hour later, then an hour earlier."""
    clock = stage.any_application().clock
    assert clock is not None
    for offset in (3600, -3600, 0):
        clock.set(offset)
        await asyncio.sleep(lasting / 2)


def any_of_them(stage: Stage) -> Guest:
    return stage.any_application()


def one_to_store(stage: Stage) -> list[Proxy]:
    wire = stage.any_application().to_store
    assert wire is not None
    return [wire]


def to_bot(stage: Stage) -> list[Proxy]:
    return [application.to_bot for application in stage.applications]


def to_actions(stage: Stage) -> list[Proxy]:
    """The scripted bot has no action server: then the bot itself."""
    return [stage.to_actions] if stage.to_actions else to_bot(stage)


def to_provider(stage: Stage) -> list[Proxy]:
    return [stage.to_provider]
