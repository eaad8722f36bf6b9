"""What the benchmark's customers say: questions that both bots answer without fetching a person."""

import random
from collections.abc import Iterator

GREETINGS = ("hello", "hi there", "good morning", "hey", "good evening", "hiya")
QUESTIONS = (
    "how long does delivery take?",
    "do you do next day delivery",
    "how fast do you ship",
    "what are the delivery options",
    "how quick is standard delivery",
    "how much is delivery?",
    "is shipping free",
    "what are your opening hours?",
    "when are you open",
    "are you open on sunday",
    "where are your shops?",
    "how can I pay?",
    "which payment methods do you take",
    "do you take credit cards",
    "can I get an invoice?",
    "what is your warranty",
    "how long is the guarantee",
    "do you have a discount code?",
    "is the oak lamp in stock?",
    "are you a bot?",
)
THANKS = ("thanks", "thank you", "thanks a lot", "cheers")
BEFORE = (
    "",
    "",
    "hi, ",
    "sorry, ",
    "ok, ",
    "just wondering, ",
    "quick question, ",
    "so ",
    "and also ",
    "please, ",
)
AFTER = ("", "", " please", " exactly", " these days", " at the moment", " for me", " again", " in general")
ORDER = "where is my order?"


def talk(name: str) -> Iterator[str]:
    """An endless conversation, the same for the same name: small talk, questions, and an order's fate.

    One turn in eight is about an order: asked for once, then known, so that it is looked up each time.
    Questions are put in some 1,600 ways, so that hardly one is asked twice: a cache is no help.
    """
    dice = random.Random(name)
    yield dice.choice(GREETINGS)
    yield ORDER
    yield str(dice.randrange(40_000, 50_000))
    turn = 3
    while True:
        turn += 1
        if turn % 8 == 0:
            yield ORDER
        elif turn % 8 == 4:
            yield dice.choice(THANKS)
        else:
            yield dice.choice(BEFORE) + dice.choice(QUESTIONS).removesuffix("?") + dice.choice(AFTER)
