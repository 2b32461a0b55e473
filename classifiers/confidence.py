"""What scores are worth: probabilities from scores, as often right as they tell.

All of it is learned from the list's own papers, each judged as if it were not on the list.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize, minimize_scalar

# What a list of fewer papers gets: chances that hardly differ.
_FEWEST = 5
_UNLEARNED = 0.2
_EDGE = 1e-6
# How far one paper's chances may be sharpened; equals stay equal whatever is told of them.
_SHARPEST = 20.0
_HALVINGS = 50
# One in so many listed papers counts as strange; half as many show what is.
_FIFTY = 50


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities from scores, row by row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def temperature(scores: np.ndarray, truth: np.ndarray) -> float:
    """The temperature under which the sections papers stand in are the likeliest.

    Guo et al. 2017, "On Calibration of Modern Neural Networks".
    """
    filed = truth.sum(axis=1) > 0
    if filed.sum() < _FEWEST:
        return _UNLEARNED

    def loss(log_temperature: float) -> float:
        chances = softmax(scores[filed] / np.exp(log_temperature))
        return float(-np.log((chances * truth[filed]).sum(axis=1) + 1e-12).mean())

    found = minimize_scalar(loss, bounds=(-5.0, 2.0), method="bounded")
    return float(np.exp(found.x))


@dataclass(frozen=True, slots=True)
class Trust:
    """How often the likeliest section is right, given its probability.

    The temperature makes the sections papers stand in likely; that leaves the best section too
    sure where one stands out and too unsure where a paper may stand in several. What a reader
    is told is the best section's confidence, so that is what is set right: a line through its
    log odds (Platt 1999), fitted on whether it is one of the paper's sections (Gupta and Ramdas
    2022, "Top-label calibration").
    """

    offset: float = 0.0
    slope: float = 1.0

    @classmethod
    def of(cls, chances: np.ndarray, truth: np.ndarray) -> Trust:
        """Learn from papers' chances and the sections they stand in, one row a paper."""
        filed = truth.any(axis=1)
        if filed.sum() < _FEWEST or truth.shape[1] < 2:
            return cls()
        right = truth[np.arange(len(truth)), chances.argmax(axis=1)][filed]
        odds = _log_odds(chances.max(axis=1)[filed])

        def loss(line: np.ndarray) -> float:
            z = line[0] + line[1] * odds
            # Few papers say little: what they say is weighed against "as it stands".
            return float((np.logaddexp(0, z) - right * z).sum() + line[0] ** 2 + (line[1] - 1) ** 2)

        offset, slope = minimize(loss, [0.0, 1.0], method="BFGS").x
        return cls(float(offset), max(0.0, float(slope)))

    def confidence(self, chances: np.ndarray) -> np.ndarray:
        """The confidence in the best section of each row."""
        odds = self.offset + self.slope * _log_odds(chances.max(axis=1))
        return np.asarray(1.0 / (1.0 + np.exp(-odds)))


def told(chances: np.ndarray, confidence: np.ndarray) -> np.ndarray:
    """The chances, sharpened or softened row by row until the best section's is the confidence.

    Their order stays and they still sum to one, unless the confidence is below an even share:
    then all of them shrink, and what is missing is the chance that none is right.
    """
    logs = np.log(np.maximum(chances, 1e-300))
    logs -= logs.max(axis=1, keepdims=True)
    low, high = np.zeros(len(logs)), np.full(len(logs), _SHARPEST)
    for _ in range(_HALVINGS):
        power = (low + high) / 2
        above = 1.0 / np.exp(power[:, None] * logs).sum(axis=1) >= confidence
        low, high = np.where(above, low, power), np.where(above, power, high)
    sharpened = softmax(high[:, None] * logs)
    wanted = np.maximum(confidence, _EDGE)  # at nothing there would be no order left
    return np.asarray(sharpened * np.minimum(1.0, wanted / sharpened.max(axis=1))[:, None])


@dataclass(frozen=True, slots=True)
class Familiar:
    """How near a paper is to the listed ones, on average, against how near these are themselves.

    Nearer than the strangest fiftieth of the list is familiar (1); as far below that as that
    is below the middle of the list is not (0). Words alone do not tell: most words of a paper
    of another field are known.
    """

    strange: float = -np.inf
    usual: float = np.inf

    @classmethod
    def of(cls, nearness: np.ndarray) -> Familiar:
        """Learn from the listed papers' own mean nearness to the others."""
        if len(nearness) < _FIFTY // 2:
            return cls()
        return cls(float(np.quantile(nearness, 1 / _FIFTY)), float(np.median(nearness)))

    @property
    def known(self) -> bool:
        """Whether there were papers enough to learn from."""
        return bool(np.isfinite(self.strange))

    def share(self, nearness: np.ndarray) -> np.ndarray:
        """How far papers are familiar, 0 to 1, by their mean nearness to the listed papers."""
        if not self.known:
            return np.ones(len(nearness))
        width = max(self.usual - self.strange, _EDGE)
        return np.asarray(np.clip(1.0 - (self.strange - nearness) / width, 0.0, 1.0))


def _log_odds(chances: np.ndarray) -> np.ndarray:
    chances = np.clip(chances, _EDGE, 1 - _EDGE)
    return np.asarray(np.log(chances / (1 - chances)))
