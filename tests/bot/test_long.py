"""A conversation of five hundred turns."""

from __future__ import annotations

import time

from running import Bot, Customer, words

ROUND = (
    ("hello", "help"),
    ("what are your opening hours?", "Sunday"),
    ("where is my order?", "48213"),
    ("thanks a lot", "else"),
    ("how long does delivery take?", "day"),
)
TURNS = 500
MOST = 1.5
"""CPU of the last turns against the tenth to sixtieth. The benchmark is stricter, and measures alone."""


def test_the_five_hundredth_turn_is_as_good_and_as_cheap_as_the_tenth(bot: Bot) -> None:
    customer = Customer(bot)
    customer.says("where is my order?")
    customer.says("48213")
    spent = []
    for number in range(TURNS):
        said, expected = ROUND[number % len(ROUND)]
        before = cpu_of(bot.rasa.pid)
        answer = customer.says(said)
        spent.append(cpu_of(bot.rasa.pid) - before)
        assert expected.lower() in words(answer).lower(), (number, said, words(answer))
        assert answer["handoff"] is None and answer["slots"]["order_number"] == "48213"
    early, late = sum(spent[10:60]), sum(spent[-50:])
    assert late / early < MOST, (early, late)


def cpu_of(process: int) -> float:
    """Seconds of CPU that a process has used, all threads; clock_getcpuclockid(3) says how."""
    return time.clock_gettime((~process << 3) | 2)
