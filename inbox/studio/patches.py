"""What a change did to a text, line by line, so that it can be shown, and taken back later."""

from difflib import SequenceMatcher
from itertools import chain

from inbox.actions.errors import ActionRefused
from inbox.model.teaching import Hunk

_AROUND = 3


class NoLongerApplies(ActionRefused):
    """The lines that a change made are not there any more."""

    status = 409
    code = "no_longer_applies"


def lines_of(text: str) -> list[str]:
    """The lines of a text with their line breaks, which alone end one."""
    return [line + "\n" for line in text.split("\n")[:-1]] + (
        [last] if (last := text.rpartition("\n")[2]) else []
    )


def hunks(before: str, after: str) -> list[Hunk]:
    """What leads from one text to the other."""
    old, new = lines_of(before), lines_of(after)
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    start = max(0, head - _AROUND)
    end = max(0, tail - _AROUND)
    old_part, new_part = old[start : len(old) - end], new[start : len(new) - end]
    groups = SequenceMatcher(None, old_part, new_part, autojunk=len(old_part) > 2_000).get_grouped_opcodes(
        _AROUND
    )
    return [Hunk(start + g[0][3], old_part[g[0][1] : g[-1][2]], new_part[g[0][3] : g[-1][4]]) for g in groups]


def reverted(text: str, changes: list[Hunk]) -> str:
    """The text without these changes. Raises `NoLongerApplies` if their lines are not there as they were."""
    lines = lines_of(text)
    for hunk in reversed(changes):
        at = _found(lines, hunk)
        lines[at : at + len(hunk.after)] = hunk.before
    return "".join(lines)


def shown(hunk: Hunk) -> list[str]:
    """The lines of a hunk as a diff shows them: with a blank, a minus or a plus in front."""
    steps = SequenceMatcher(None, hunk.before, hunk.after, autojunk=False).get_opcodes()
    return list(
        chain.from_iterable(
            [f" {line}" for line in hunk.before[i1:i2]]
            if tag == "equal"
            else [f"-{line}" for line in hunk.before[i1:i2]] + [f"+{line}" for line in hunk.after[j1:j2]]
            for tag, i1, i2, j1, j2 in steps
        )
    )


def _alike(one: list[str], other: list[str]) -> int:
    return next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _found(lines: list[str], hunk: Hunk) -> int:
    length = len(hunk.after)
    if lines[hunk.line : hunk.line + length] == hunk.after:
        return hunk.line
    places = [at for at in range(len(lines) - length + 1) if length and lines[at : at + length] == hunk.after]
    if len(places) != 1:
        why = "were changed since" if not places else "stand at several places by now"
        raise NoLongerApplies(f"This cannot be undone: its lines near line {hunk.line + 1} {why}.")
    return places[0]
