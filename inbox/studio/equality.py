"""Whether two things that files say are the same."""

from typing import Any


def same(one: Any, other: Any) -> bool:
    """Whether two plain values are the same: also in the kind of each, and in the order of maps."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return len(one) == len(other) and all(
            k == m and same(v, w) for (k, v), (m, w) in zip(one.items(), other.items(), strict=True)
        )
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, str) and isinstance(other, str) and one[-1:] == other[-1:] == "\n":
        return one.rstrip("\n") == other.rstrip("\n")  # as blocks they are read alike
    return bool(one == other) or (one != one and other != other)
