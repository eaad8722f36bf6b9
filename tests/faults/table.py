"""Every fault that can be struck: a name, what it is, how long it lasts unless one says otherwise."""

from typing import NamedTuple

from tests.faults import strikes
from tests.faults.provider import Mood
from tests.faults.proxy import Wire
from tests.faults.strikes import Strike


class Fault(NamedTuple):
    """One thing that goes wrong."""

    name: str
    what: str
    strike: Strike
    lasting: float


TABLE = (
    Fault("kill-application", "kill -9 of one application process", strikes.killed(strikes.any_of_them), 1),
    Fault("kill-all", "kill -9 of all application processes at once", strikes.all_killed, 1),
    Fault(
        "kill-sending", "kill -9 of all while the provider takes a message", strikes.killed_at("on_send"), 1
    ),
    Fault(
        "kill-answered",
        "kill -9 of all when the provider's answer is on the wire",
        strikes.killed_at("on_answered"),
        1,
    ),
    Fault("kill-turn", "kill -9 of a process that has just asked the bot", strikes.killed_in_turn, 1),
    Fault(
        "freeze-application",
        "SIGSTOP of one process for longer than a lease",
        strikes.frozen(strikes.any_of_them),
        12,
    ),
    Fault("stop-application", "SIGTERM of one application process", strikes.stopped, 1),
    Fault("rolling-restart", "SIGTERM of one process after the other", strikes.rolling, 1),
    Fault("clock-jump", "one process's clock an hour ahead, then an hour behind", strikes.clock_jump, 8),
    Fault("kill-bot", "kill -9 of the bot", strikes.killed(lambda s: s.bot), 2),
    Fault(
        "kill-actions", "kill -9 of the bot's action server (--rasa)", strikes.killed(lambda s: s.actions), 2
    ),
    Fault(
        "lose-bot", "the bot is gone for longer than turns wait for it", strikes.killed(lambda s: s.bot), 12
    ),
    Fault("freeze-bot", "SIGSTOP of the bot", strikes.frozen(lambda s: s.bot), 10),
    Fault("kill-mongodb", "kill -9 of MongoDB", strikes.killed(lambda s: s.server), 1),
    Fault("freeze-mongodb", "SIGSTOP of MongoDB", strikes.frozen(lambda s: s.server), 8),
    Fault("step-down", "MongoDB's primary steps down", strikes.stepped_down, 4),
    Fault("full-disk", "MongoDB's disk is full", strikes.full_disk, 4),
    Fault("lose-redis", "kill -9 of the Redis that carries live events, and back", strikes.without_redis, 4),
    Fault(
        "stop-redis", "Redis says half an answer, stands still, dies, and comes back", strikes.redis_stops, 8
    ),
    Fault("slow-mongodb", "every word to and from MongoDB a quarter of a second late", strikes.slow_store, 6),
    Fault(
        "cut-store", "one process is cut off from MongoDB", strikes.wires(strikes.one_to_store, Wire.CUT), 5
    ),
    Fault(
        "stall-store",
        "nothing passes between one process and MongoDB",
        strikes.wires(strikes.one_to_store, Wire.STALLED),
        12,
    ),
    Fault(
        "deaf-store",
        "one process hears no answer of MongoDB's",
        strikes.wires(strikes.one_to_store, Wire.DEAF),
        6,
    ),
    Fault(
        "half-store",
        "one process sees MongoDB's side closed",
        strikes.wires(strikes.one_to_store, Wire.HALF),
        5,
    ),
    Fault(
        "halved-store",
        "one process hears half an answer of MongoDB's, then nothing",
        strikes.wires(strikes.one_to_store, Wire.HALVED),
        6,
    ),
    Fault("cut-bot", "all are cut off from the bot", strikes.wires(strikes.to_bot, Wire.CUT), 4),
    Fault("deaf-bot", "nobody hears the bot's answers", strikes.wires(strikes.to_bot, Wire.DEAF), 4),
    Fault(
        "halved-bot",
        "half an answer of the bot's, then nothing",
        strikes.wires(strikes.to_bot, Wire.HALVED),
        12,
    ),
    Fault(
        "halved-actions",
        "half an answer of the action server's, then nothing (--rasa)",
        strikes.wires(strikes.to_actions, Wire.HALVED),
        12,
    ),
    Fault(
        "cut-provider",
        "all are cut off from the provider's API",
        strikes.wires(strikes.to_provider, Wire.CUT),
        5,
    ),
    Fault(
        "deaf-provider", "the provider's answers are lost", strikes.wires(strikes.to_provider, Wire.DEAF), 5
    ),
    Fault(
        "halved-provider",
        "half an answer of the provider's, then nothing",
        strikes.wires(strikes.to_provider, Wire.HALVED),
        5,
    ),
    Fault(
        "half-provider", "the provider's side seems closed", strikes.wires(strikes.to_provider, Wire.HALF), 5
    ),
    Fault("provider-500", "the provider answers 500", strikes.mood(Mood.BROKEN), 5),
    Fault("provider-hangs", "the provider takes messages and never answers", strikes.mood(Mood.HANGING), 5),
    Fault("provider-429", "the provider throttles", strikes.mood(Mood.THROTTLING), 3),
    Fault("webhooks-twice", "every webhook comes twice", strikes.twice, 8),
    Fault("webhooks-late", "webhooks come again later, reports in any order", strikes.late, 8),
    Fault("webhooks-shuffled", "ten webhooks of a customer at once, the last first", strikes.shuffled, 0),
    Fault("webhooks-batch", "a webhook of 1,000 messages of 50 customers", strikes.batch, 0),
    Fault(
        "kill-batch",
        "kill -9 of all while such a webhook is written; it is sent again",
        strikes.batch_killed,
        1,
    ),
)

_SPARE = ("-bot", "-actions", "-redis", "webhooks-", "provider-500", "provider-429", "clock-jump")


def hurts_receipts(name: str) -> bool:
    """Whether a fault can keep what the provider answered from being written down."""
    return not any(part in name for part in _SPARE)


BY_NAME = {fault.name: fault for fault in TABLE}
