"""One judge for each kind of vector. A judge knows its vectors by their keys, never by their names.

To judge a new kind, write `is_mine(vector)` and `judge(vector)` in a module here and add it to `JUDGES`. The
first judge that says that a vector is its own gets it.
"""

from collections.abc import Callable
from typing import NamedTuple

from tests.conformance.judges import (
    alphabets,
    consent,
    handshakes,
    inbound,
    inbound_sms,
    pdus,
    refusals,
    segments,
    sends,
    signatures,
)
from tests.conformance.vectors import Vector
from tests.conformance.verdicts import CannotJudge, Disagrees, Outcome, Verdict


class Judge(NamedTuple):
    """`judge` gives the words for a right result, or raises `CannotJudge` or `Disagrees`."""

    kind: str
    is_mine: Callable[[Vector], bool]
    judge: Callable[[Vector], str]


JUDGES = (
    Judge("PDU", pdus.is_mine, pdus.judge),
    Judge("segments", segments.is_mine, segments.judge),
    Judge("alphabet", alphabets.is_mine, alphabets.judge),
    Judge("handshake", handshakes.is_mine, handshakes.judge),
    Judge("signature", signatures.is_mine, signatures.judge),
    Judge("opt-out", consent.is_mine, consent.judge),
    Judge("refusal", refusals.is_mine, refusals.judge),
    Judge("send", sends.is_mine, sends.judge),
    Judge("inbound", inbound_sms.is_mine, inbound_sms.judge),
    Judge("inbound", inbound.is_mine, inbound.judge),
)


def verdict_on(vector: Vector) -> Verdict:
    """What is to be thought of a vector. Raises nothing."""
    for each in JUDGES:
        try:
            if not each.is_mine(vector):
                continue
            return Verdict(Outcome.RIGHT, each.judge(vector))
        except CannotJudge as reason:
            return Verdict(Outcome.UNJUDGED, str(reason))
        except Disagrees as difference:
            return Verdict(Outcome.WRONG, f"{each.kind}: {difference}")
        except Exception as error:  # a vector of a shape that the judge did not foresee
            words = f"the judge of {each.kind} vectors stumbled: {type(error).__name__}: {error}"
            return Verdict(Outcome.UNJUDGED, words)
    return Verdict(
        Outcome.UNJUDGED, f"no judge knows a vector with {', '.join(sorted(vector.said)) or 'no keys'}"
    )
