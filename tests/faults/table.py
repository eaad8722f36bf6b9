"""Every fault that can be struck: a name, what it is, how long it lasts unless one says otherwise."""

import asyncio
import resource
import signal
from collections.abc import Awaitable, Callable
from typing import Literal, NamedTuple

from tests.faults import people
from tests.faults.guests import Guest
from tests.faults.provider import Mood
from tests.faults.proxy import Proxy, Wire
from tests.faults.stage import Stage

Strike = Callable[[Stage, float], Awaitable[None]]
"""Does the harm, waits for so many seconds, and mends what no keeper or provider would leave broken."""


class Fault(NamedTuple):
    """One thing that goes wrong."""

    name: str
    what: str
    strike: Strike
    lasting: float


def _killed(which: Callable[[Stage], Guest]) -> Strike:
    async def strike(stage: Stage, lasting: float) -> None:
        victim = which(stage)
        await victim.kill()
        await asyncio.sleep(lasting)
        await victim.start()

    return strike


def _frozen(which: Callable[[Stage], Guest]) -> Strike:
    async def strike(stage: Stage, lasting: float) -> None:
        victim = which(stage)
        victim.send(signal.SIGSTOP)
        try:
            await asyncio.sleep(lasting)
        finally:
            victim.send(signal.SIGCONT)

    return strike


async def _stopped(stage: Stage, lasting: float) -> None:
    victim = stage.any_application()
    stage.stops.append(await victim.stop())
    await asyncio.sleep(lasting)
    await victim.start()


async def _rolling(stage: Stage, lasting: float) -> None:
    for application in stage.applications:
        stage.stops.append(await application.stop())
        await application.start()
        await asyncio.sleep(lasting)


async def _all_killed(stage: Stage, lasting: float) -> None:
    await asyncio.gather(*(a.kill() for a in stage.applications))
    await asyncio.sleep(lasting)
    await asyncio.gather(*(a.start() for a in stage.applications))


def _killed_at(moment: Literal["on_send", "on_answered"]) -> Strike:
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
        await _all_killed(stage, lasting)

    return strike


async def _killed_in_turn(stage: Stage, lasting: float) -> None:
    """The bot has been asked; before it answers, whoever asked is gone."""
    victim = stage.any_application()
    victim.to_bot.passed.clear()
    await victim.to_bot.passed.wait()
    await victim.kill()
    await asyncio.sleep(lasting)
    await victim.start()


async def _stepped_down(stage: Stage, lasting: float) -> None:
    command = {"replSetStepDown": max(1, int(lasting)), "force": True}
    await stage.store._client.admin.command(command)


async def _without_redis(stage: Stage, lasting: float) -> None:
    assert stage.redis is not None
    await stage.redis.kill()
    await asyncio.sleep(lasting)
    await stage.redis.start()


async def _full_disk(stage: Stage, lasting: float) -> None:
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


def _wires(which: Callable[[Stage], list[Proxy]], state: Wire) -> Strike:
    async def strike(stage: Stage, lasting: float) -> None:
        wires = which(stage)
        await asyncio.gather(*(wire.become(state) for wire in wires))
        try:
            await asyncio.sleep(lasting)
        finally:
            await asyncio.gather(*(wire.become(Wire.WHOLE) for wire in wires))

    return strike


async def _slow_store(stage: Stage, lasting: float) -> None:
    wires = [a.to_store for a in stage.applications if a.to_store]
    for wire in wires:
        wire.delay = 0.25
    await asyncio.sleep(lasting)
    for wire in wires:
        wire.delay = 0.0


def _mood(mood: Mood) -> Strike:
    async def strike(stage: Stage, lasting: float) -> None:
        stage.cloud.mood = mood
        await asyncio.sleep(lasting)
        stage.cloud.mood = Mood.WELL

    return strike


async def _twice(stage: Stage, lasting: float) -> None:
    stage.cloud.twice = True
    await asyncio.sleep(lasting)
    stage.cloud.twice = False


async def _late(stage: Stage, lasting: float) -> None:
    stage.cloud.late = True
    await asyncio.sleep(lasting)
    stage.cloud.late = False


async def _shuffled(stage: Stage, lasting: float) -> None:
    number = f"1555777{stage.chance.randrange(10_000):04}"
    await people.shuffled(number, stage.cloud, stage.ledger)


async def _batch(stage: Stage, lasting: float) -> None:
    first = 15_558_000_000 + stage.chance.randrange(10_000) * 100
    await people.batch(first, stage.cloud, stage.ledger)


async def _clock_jump(stage: Stage, lasting: float) -> None:
    """One process believes that it is an hour later, then an hour earlier."""
    clock = stage.any_application().clock
    assert clock is not None
    for offset in (3600, -3600, 0):
        clock.set(offset)
        await asyncio.sleep(lasting / 2)


def _any(stage: Stage) -> Guest:
    return stage.any_application()


def _one_to_store(stage: Stage) -> list[Proxy]:
    wire = stage.any_application().to_store
    assert wire is not None
    return [wire]


def _to_bot(stage: Stage) -> list[Proxy]:
    return [application.to_bot for application in stage.applications]


def _to_provider(stage: Stage) -> list[Proxy]:
    return [stage.to_provider]


TABLE = (
    Fault("kill-application", "kill -9 of one application process", _killed(_any), 1),
    Fault("kill-all", "kill -9 of all application processes at once", _all_killed, 1),
    Fault("kill-sending", "kill -9 of all while the provider takes a message", _killed_at("on_send"), 1),
    Fault(
        "kill-answered",
        "kill -9 of all when the provider's answer is on the wire",
        _killed_at("on_answered"),
        1,
    ),
    Fault("kill-turn", "kill -9 of a process that has just asked the bot", _killed_in_turn, 1),
    Fault("freeze-application", "SIGSTOP of one process for longer than a lease", _frozen(_any), 12),
    Fault("stop-application", "SIGTERM of one application process", _stopped, 1),
    Fault("rolling-restart", "SIGTERM of one process after the other", _rolling, 1),
    Fault("clock-jump", "one process's clock an hour ahead, then an hour behind", _clock_jump, 8),
    Fault("kill-bot", "kill -9 of the bot", _killed(lambda s: s.bot), 2),
    Fault("kill-actions", "kill -9 of the bot's action server (--rasa)", _killed(lambda s: s.actions), 2),
    Fault("lose-bot", "the bot is gone for longer than turns wait for it", _killed(lambda s: s.bot), 12),
    Fault("freeze-bot", "SIGSTOP of the bot", _frozen(lambda s: s.bot), 10),
    Fault("kill-mongodb", "kill -9 of MongoDB", _killed(lambda s: s.server), 1),
    Fault("freeze-mongodb", "SIGSTOP of MongoDB", _frozen(lambda s: s.server), 8),
    Fault("step-down", "MongoDB's primary steps down", _stepped_down, 4),
    Fault("full-disk", "MongoDB's disk is full", _full_disk, 4),
    Fault("lose-redis", "kill -9 of the Redis that carries live events, and back", _without_redis, 4),
    Fault("slow-mongodb", "every word to and from MongoDB a quarter of a second late", _slow_store, 6),
    Fault("cut-store", "one process is cut off from MongoDB", _wires(_one_to_store, Wire.CUT), 5),
    Fault(
        "stall-store",
        "nothing passes between one process and MongoDB",
        _wires(_one_to_store, Wire.STALLED),
        12,
    ),
    Fault("deaf-store", "one process hears no answer of MongoDB's", _wires(_one_to_store, Wire.DEAF), 6),
    Fault("half-store", "one process sees MongoDB's side closed", _wires(_one_to_store, Wire.HALF), 5),
    Fault("cut-bot", "all are cut off from the bot", _wires(_to_bot, Wire.CUT), 4),
    Fault("deaf-bot", "nobody hears the bot's answers", _wires(_to_bot, Wire.DEAF), 4),
    Fault("cut-provider", "all are cut off from the provider's API", _wires(_to_provider, Wire.CUT), 5),
    Fault("deaf-provider", "the provider's answers are lost", _wires(_to_provider, Wire.DEAF), 5),
    Fault("half-provider", "the provider's side seems closed", _wires(_to_provider, Wire.HALF), 5),
    Fault("provider-500", "the provider answers 500", _mood(Mood.BROKEN), 5),
    Fault("provider-hangs", "the provider takes messages and never answers", _mood(Mood.HANGING), 5),
    Fault("provider-429", "the provider throttles", _mood(Mood.THROTTLING), 3),
    Fault("webhooks-twice", "every webhook comes twice", _twice, 8),
    Fault("webhooks-late", "webhooks come again later, reports in any order", _late, 8),
    Fault("webhooks-shuffled", "ten webhooks of a customer at once, the last first", _shuffled, 0),
    Fault("webhooks-batch", "a webhook of 1,000 messages of 50 customers", _batch, 0),
)

_SPARE = ("-bot", "-actions", "-redis", "webhooks-", "provider-500", "provider-429", "clock-jump")


def hurts_receipts(name: str) -> bool:
    """Whether a fault can keep what the provider answered from being written down."""
    return not any(part in name for part in _SPARE)


BY_NAME = {fault.name: fault for fault in TABLE}
