"""What customers wrote, brought together: the same in other letters is one, and what is much alike a cluster.

Alike are texts whose character trigrams overlap by half and more (Jaccard). Each text joins the most frequent
one that it overlaps most with; an index by trigram finds it without comparing all with all.
"""

import hashlib
import re
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import numpy

ALIKE = 0.5
FALLBACK = "nlu_fallback"
_NOISE = re.compile(r"[^\w\s]+")


class Said(NamedTuple):
    """A customer's message with what the bot made of it; the text is masked already."""

    text: str
    intent: str | None
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    entities: tuple[dict[str, Any], ...]
    was_handed_over: bool
    at: datetime
    message_id: str
    corrected: str | None = None
    """What an agent says that it means."""
    corrected_by: str | None = None


@dataclass(frozen=True)
class Cluster:
    """Much alike messages; `texts` by frequency with their keys, `said` the newest of the most frequent."""

    key: str
    said: Said
    texts: tuple[tuple[str, str, int], ...]
    count: int
    handoffs: int
    uncertainty: float
    corrections: tuple[tuple[str, str], ...]
    last_at: datetime

    @property
    def worth(self) -> float:
        """How useful a look is: uncertainty × frequency, more where people were called or corrected it."""
        weight = self.uncertainty + self.handoffs / self.count + (1.0 if self.corrections else 0.0)
        return weight * self.count


def normal(text: str) -> str:
    """The text as it counts for being the same: no case, no punctuation, single spaces."""
    flat = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_NOISE.sub(" ", flat).split())


def key_of(text: str) -> str:
    """By which a text is known once it was reviewed, whoever writes it again."""
    return hashlib.sha256(normal(text).encode()).hexdigest()[:24]


def clustered(said: Iterable[Said], reviewed: frozenset[str] = frozenset()) -> list[Cluster]:
    """The clusters, the most useful first; texts whose key was reviewed are left out."""
    by_key: dict[str, list[Said]] = defaultdict(list)
    for one in said:
        if normal(one.text) and (key := key_of(one.text)) not in reviewed:
            by_key[key].append(one)
    order = sorted(by_key, key=lambda key: (-len(by_key[key]), key))
    groups = _grouped(order, {key: normal(by_key[key][0].text) for key in order})
    found = [_cluster([(key, by_key[key]) for key in group]) for group in groups]
    return sorted(found, key=lambda cluster: (-cluster.worth, cluster.key))


def _grouped(order: list[str], texts: dict[str, str]) -> list[list[str]]:
    """Each text joins the one that it overlaps most with, of those before it that lead a group."""
    leading = _Leading(len(order))
    groups: list[list[str]] = []
    for key in order:
        own = _grams(texts[key])
        leader = leading.most_alike(own)
        if leader is None:
            leading.add(own)
            groups.append([key])
        else:
            groups[leader].append(key)
    return groups


class _Leading:
    """Sets of trigrams by number, and which of them each trigram is in."""

    def __init__(self, most: int) -> None:
        self._sizes = numpy.zeros(most, dtype=numpy.intc)
        self._holding: dict[str, array[int]] = {}
        self._count = 0

    def add(self, own: frozenset[str]) -> None:
        self._sizes[self._count] = len(own)
        for gram in own:
            self._holding.setdefault(gram, array("i")).append(self._count)
        self._count += 1

    def most_alike(self, own: frozenset[str]) -> int | None:
        """The number of the first that `own` overlaps most with, if that is enough."""
        found = [self._holding[gram] for gram in own if gram in self._holding]
        if not found:
            return None
        shared = numpy.bincount(numpy.concatenate(found), minlength=self._count)
        overlap = shared / (self._sizes[: self._count] + len(own) - shared)
        best = int(overlap.argmax())
        return best if overlap[best] >= ALIKE else None


@lru_cache(maxsize=20_000)
def _grams(text: str) -> frozenset[str]:
    padded = f" {text} "
    return frozenset(padded[i : i + 3] for i in range(max(1, len(padded) - 2)))


def _cluster(parts: list[tuple[str, list[Said]]]) -> Cluster:
    every = [one for _, said in parts for one in said]
    newest = max(parts[0][1], key=lambda one: one.at)
    corrections = {(one.corrected, one.corrected_by or "") for one in every if one.corrected}
    return Cluster(
        key=parts[0][0],
        said=newest,
        texts=tuple((key, max(said, key=lambda one: one.at).text, len(said)) for key, said in parts),
        count=len(every),
        handoffs=sum(one.was_handed_over for one in every),
        uncertainty=round(sum(1 - one.confidence for one in every) / len(every), 4),
        corrections=tuple(sorted(corrections)),
        last_at=max(one.at for one in every),
    )
