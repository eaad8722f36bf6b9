"""Confidences that mean what they say, and thresholds chosen on messages held out of training.

A message's confidence in an intent is the chance that it is in scope at all, times the chance of
that intent given that it is. The first is learnt from examples scored as if their whole intent had
never been taught: strangers of the most confusing kind, and available for every bot.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression

from components.similarity import HeldOut

# One message in five asks for what no intent covers. A wrong answer costs half of what a right one is
# worth, for the customer can say it again; asking back is worth nothing.
STRANGERS = 0.2
WRONG = 0.5
STEPS = np.round(np.arange(0.0, 0.96, 0.02), 2)
# A bot with fewer examples than this has nothing to hold out.
FEWEST = 20
SHARPEST = 80.0


@dataclass(frozen=True)
class Calibration:
    """How scores become confidences, and below which the bot had better ask."""

    sharpness: float = 15.0
    slope: float = 12.0
    offset: float = -3.0
    threshold: float = 0.3
    ambiguity: float = 0.05
    curve: list[dict[str, float]] = field(default_factory=list)

    def confidences(self, scores: np.ndarray) -> np.ndarray:
        """Messages × intents, each row adding up to the chance that the message is in scope."""
        top = scores.max(axis=1, keepdims=True)
        odds = np.exp(self.sharpness * (scores - top))
        odds /= odds.sum(axis=1, keepdims=True)
        return odds / (1 + np.exp(-(self.slope * top + self.offset)))

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def log_loss(scores: np.ndarray, of: np.ndarray) -> tuple[float, float]:
    """The least mean log loss of `scores`, and the sharpness that gives it."""
    top = scores.max(axis=1, keepdims=True)
    own = scores[np.arange(len(of)), of]

    def loss(sharpness: float) -> float:
        spread = np.log(np.exp(sharpness * (scores - top)).sum(axis=1))
        return float(np.mean(spread + sharpness * (top[:, 0] - own)))

    best = minimize_scalar(loss, bounds=(1, SHARPEST), method="bounded", options={"xatol": 0.1})
    return float(best.fun), float(best.x)


def calibrate(held_out: HeldOut, of: np.ndarray) -> Calibration:
    """From held-out scores of examples whose intents are `of`."""
    intents = held_out.known.shape[1]
    if len(of) < FEWEST or intents < 3:
        return Calibration()
    sharpness = log_loss(held_out.known, of)[1]
    tops = np.concatenate([held_out.known.max(axis=1), held_out.strange.max(axis=1)])
    is_known = np.repeat([1, 0], len(of))
    weights = np.where(is_known, 1 - STRANGERS, STRANGERS)
    scope = LogisticRegression(C=1e4).fit(tops[:, None], is_known, weights)
    plain = Calibration(sharpness, float(scope.coef_[0, 0]), float(scope.intercept_[0]))
    curve, threshold, ambiguity = choose(plain, held_out, of)
    return Calibration(plain.sharpness, plain.slope, plain.offset, threshold, ambiguity, curve)


def choose(
    calibration: Calibration, held_out: HeldOut, of: np.ndarray
) -> tuple[list[dict[str, float]], float, float]:
    """The curve over thresholds, the most useful threshold, and then the most useful ambiguity."""
    top, gap, is_right = _leaders(calibration.confidences(held_out.known), of)
    strange, strange_gap, _ = _leaders(calibration.confidences(held_out.strange), of)

    def at(threshold: float, ambiguity: float) -> dict[str, float]:
        answered = (top >= threshold) & (gap >= ambiguity)
        caught = ~((strange >= threshold) & (strange_gap >= ambiguity))
        right, wrong = np.mean(answered & is_right), np.mean(answered & ~is_right)
        worth = (1 - STRANGERS) * (right - WRONG * wrong) - STRANGERS * WRONG * np.mean(~caught)
        said = {"right": right, "wrong": wrong, "strangers_caught": np.mean(caught), "worth": worth}
        return {"threshold": threshold, **{name: round(float(value), 4) for name, value in said.items()}}

    curve = [at(float(step), 0.0) for step in STEPS]
    threshold = max(curve, key=lambda point: point["worth"])["threshold"]
    gaps = [float(step) for step in STEPS[STEPS <= 0.3]]
    return curve, threshold, max(gaps, key=lambda ambiguity: at(threshold, ambiguity)["worth"])


def _leaders(confidences: np.ndarray, of: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    two = np.partition(confidences, -2, axis=1)[:, -2:]
    return two[:, 1], two[:, 1] - two[:, 0], confidences.argmax(axis=1) == of
