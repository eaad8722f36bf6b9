"""What is likely to be wrong with the examples, so that a designer need not find it out from customers."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from statistics import median
from typing import Any

import msgspec
import spacy

from inbox.studio.personal import found_in, masked
from inbox.studio.project import Example, Listed, Project

_FEW = 8
"""Examples below which an intent is seldom told from others."""
_MANY_TIMES = 6
_NEAR = 0.8
_COMMON = 60
"""Examples that share a trigram above which it says nothing."""
MOST = 500
"""Pieces of advice of one kind."""


class Spot(msgspec.Struct, frozen=True):
    """An example that advice is about; `text` is masked where it is personal."""

    intent: str
    written: str
    text: str
    file: str
    line: int


class Advice(msgspec.Struct, frozen=True):
    """One thing to look at: `kind` groups them, `words` say it, `spots` are where."""

    kind: str
    words: str
    spots: list[Spot]
    intents: list[str]


def advice_on(project: Project) -> list[Advice]:
    """All advice, the most harmful first."""
    pairs = [(listed, example) for listed in project.of("intent") for example in listed.examples]
    kinds: list[Callable[[list[tuple[Listed, Example]]], Iterator[Advice]]] = [
        _duplicates,
        _near_duplicates,
        _unevenly_marked,
        _personal,
        _unbalanced,
    ]
    found = []
    for kind in kinds:
        for number, each in enumerate(kind(pairs)):
            if number >= MOST:
                break
            found.append(each)
    return found


def known_advice(project: Project) -> list[Advice]:
    """The same; worked out once for the files as they are, of the few projects that were asked about last."""
    return list(_of_files(_Files(tuple(sorted(project.files.items())), project)))


class _Files:
    """A project that is known by its files' hashes."""

    def __init__(self, hashes: tuple[tuple[str, str], ...], project: Project) -> None:
        self.hashes, self.project = hashes, project

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Files) and other.hashes == self.hashes

    def __hash__(self) -> int:
        return hash(self.hashes)


@lru_cache(maxsize=4)
def _of_files(files: _Files) -> tuple[Advice, ...]:
    return tuple(advice_on(files.project))


def _spot(listed: Listed, example: Example) -> Spot:
    place = example.place
    return Spot(listed.name, example.written, masked(example.text), place.file, place.line)


@cache
def _tokenizer() -> Any:
    return spacy.blank("xx").tokenizer


@lru_cache(maxsize=30_000)
def _words(text: str) -> tuple[str, ...]:
    return tuple(t.text.casefold() for t in _tokenizer()(text) if not t.is_punct and not t.is_space)


def _duplicates(pairs: list[tuple[Listed, Example]]) -> Iterator[Advice]:
    alike: dict[tuple[str, ...], list[tuple[Listed, Example]]] = defaultdict(list)
    for listed, example in pairs:
        alike[_words(example.text) or (example.text,)].append((listed, example))
    for group in sorted(alike.values(), key=lambda g: len({listed.name for listed, _ in g}) == 1):
        if len(group) > 1:
            names = sorted({listed.name for listed, _ in group})
            spots, intents = [_spot(*p) for p in group], ", ".join(names)
            said, times = spots[0].text, len(spots)
            if len(names) > 1:
                yield Advice("duplicate", f"“{said}” teaches different intents: {intents}.", spots, names)
            else:
                yield Advice("duplicate", f"“{said}” stands {times} times in {intents}.", spots, names)


@lru_cache(maxsize=30_000)
def _grams(text: str) -> frozenset[str]:
    padded = f" {' '.join(_words(text))} "
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))


def _near_duplicates(pairs: list[tuple[Listed, Example]]) -> Iterator[Advice]:
    """Pairs of different intents that share most of their trigrams (Dice's coefficient)."""
    grams = [_grams(example.text) for _, example in pairs]
    holders: dict[str, list[int]] = defaultdict(list)
    found: list[tuple[float, int, int]] = []
    for at, own in enumerate(grams):
        shared: Counter[int] = Counter()
        for gram in own:
            if len(holders[gram]) < _COMMON:
                shared.update(holders[gram])
            holders[gram].append(at)
        for other, count in shared.items():
            if 2 * count < _NEAR * 0.5 * (len(own) + len(grams[other])):
                continue
            if pairs[at][0].name == pairs[other][0].name or own == grams[other]:
                continue
            alike = 2 * len(own & grams[other]) / (len(own) + len(grams[other]))
            if alike >= _NEAR:
                found.append((alike, other, at))
    for alike, one, other in sorted(found, key=lambda each: -each[0]):
        names = [here, there] = [pairs[one][0].name, pairs[other][0].name]
        spots = [_spot(*pairs[one]), _spot(*pairs[other])]
        yield Advice("near_duplicate", f"Nearly the same ({alike:.0%}) in {here} and {there}.", spots, names)


def _unevenly_marked(pairs: list[tuple[Listed, Example]]) -> Iterator[Advice]:
    """Words, or numbers of a length, that are an entity in some examples and not marked in others."""
    marked: dict[str, Counter[str]] = defaultdict(Counter)
    for _, example in pairs:
        for each in example.entities:
            marked[_shape(example.text[each.start : each.end])][each.entity] += 1
    known = {shape: kinds.most_common(1)[0] for shape, kinds in marked.items() if shape}
    if not known:
        return
    bare: dict[tuple[str, str], list[tuple[Listed, Example]]] = defaultdict(list)
    longest = max(len(shape.split()) for shape in known)
    for listed, example in pairs:
        for start, end in _spans(example.text, longest):
            shape = _shape(example.text[start:end])
            if shape in known and all(end <= e.start or start >= e.end for e in example.entities):
                bare[shape, known[shape][0]].append((listed, example))
    for (shape, entity), places in sorted(bare.items(), key=lambda item: -len(item[1])):
        times = known[shape][1]
        if "0" in shape and times < 2:
            continue
        spots, intents, bare_times = (
            [_spot(*p) for p in places[:50]],
            sorted({x.name for x, _ in places}),
            len(places),
        )
        if "0" in shape:
            yield Advice(
                "uneven",
                f"A number like “{shape}” is marked as {entity} {times}×, and left bare {bare_times}×.",
                spots,
                intents,
            )
        else:
            yield Advice(
                "uneven",
                f"“{shape}” is marked as {entity} {times}×, and left bare {bare_times}×.",
                spots,
                intents,
            )


def _shape(text: str) -> str:
    return re.sub(r"\d", "0", text.casefold())


def _spans(text: str, longest: int) -> Iterator[tuple[int, int]]:
    tokens = [(t.idx, t.idx + len(t.text)) for t in _tokenizer()(text)]
    for length in range(1, min(longest, 4) + 1):
        for at in range(len(tokens) - length + 1):
            yield tokens[at][0], tokens[at + length - 1][1]


def _personal(pairs: list[tuple[Listed, Example]]) -> Iterator[Advice]:
    for listed, example in pairs:
        if kinds := ", ".join(sorted({each.kind for each in found_in(example.text)})):
            yield Advice(
                "personal",
                f"This looks like personal data ({kinds}). Put invented ones in its place.",
                [_spot(listed, example)],
                [listed.name],
            )


def _unbalanced(pairs: list[tuple[Listed, Example]]) -> Iterator[Advice]:
    counts = Counter(listed.name for listed, _ in pairs)
    if not counts:
        return
    middle = median(counts.values())
    for name, count in sorted(counts.items(), key=lambda item: item[1]):
        if count < _FEW:
            yield Advice("few", f"{name} has few examples: {count}. It takes {_FEW} or more.", [], [name])
        elif count > max(_MANY_TIMES * middle, 100):
            times = round(count / middle)
            yield Advice(
                "many",
                f"{name} has {count} examples, {times} times as many as most: it will attract others.",
                [],
                [name],
            )
