"""Scores for intents from how similar a message is to each training example.

Kernel ridge regression, one target per intent (Rifkin and Klautau 2004, "In defense of
one-vs-all classification": as good as support vectors). It is chosen because held-out scores come
free: leaving out one example, or a whole intent, has a closed form, so that confidences and
thresholds rest on scores of messages that the model did not see, without training again.

The kernel is `share` × the n-grams' cosine + (1 - `share`) × exp(`sharpness` × (cosine of the
sentence vectors - 1)). A message without a vector is compared by n-grams alone. Every message is
exactly as similar to itself as 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import get_lapack_funcs
from scipy.sparse import csr_matrix

from components.ngrams import BUCKETS, Counted, count, idf_of, weigh

BLOCK = 1000
# From so many examples on, n-grams that only one of them has are dropped from the table: most of
# its size, and they help nobody but that very text.
MANY = 4000


@dataclass(frozen=True)
class Shape:
    """What is chosen on held-out scores: see the module. `ridge` is added to the diagonal."""

    share: float = 0.2
    sharpness: float = 4.0
    ridge: float = 0.2


SHAPES = [
    Shape(share, sharpness, ridge)
    for share in (0.1, 0.25, 0.5)
    for sharpness in (2.0, 4.0)
    for ridge in (0.05, 0.15, 0.4)
]


@dataclass(frozen=True)
class Examples:
    """Training texts with their intents' numbers and vectors (a row of zeros: none)."""

    texts: list[str]
    intents: np.ndarray
    vectors: np.ndarray

    def some(self, chosen: np.ndarray) -> Examples:
        """These of them."""
        return Examples([self.texts[i] for i in chosen], self.intents[chosen], self.vectors[chosen])

    @property
    def has_vector(self) -> np.ndarray:
        """Whether each example has one, as 0.0 or 1.0."""
        return self.vectors.any(axis=1).astype(np.float32)


@dataclass(frozen=True)
class HeldOut:
    """Scores, examples × intents, as if the example had not been there…"""

    known: np.ndarray
    # …and as if its whole intent had not (its own intent's score is then -inf).
    strange: np.ndarray


class Similarity:
    """A fitted model. Scoring is safe in several threads at once."""

    def __init__(self, shape: Shape, arrays: dict[str, np.ndarray]) -> None:
        """From what `fit` or a file gave; see `arrays`."""
        self.shape = shape
        self.arrays = arrays
        self._idf = arrays["idf"]
        self._row = np.zeros(BUCKETS, np.int32)
        self._row[arrays["buckets"]] = np.arange(1, len(arrays["buckets"]) + 1)
        nothing = np.zeros((1, arrays["table"].shape[1]), arrays["table"].dtype)
        self._table = np.concatenate([nothing, arrays["table"]])
        self._vectors = arrays["vectors"].astype(np.float32)
        self._pull = arrays["pull"].astype(np.float32)

    def scores(self, texts: list[str], vectors: np.ndarray) -> np.ndarray:
        """Texts × intents: near 1 for what looks like an intent's examples, near 0 for a stranger.

        `vectors`: texts × width, or texts × 0 when no text has one.
        """
        counted = count(texts)
        rows = self._row[counted.buckets]
        weights = weigh(counted, self._idf)
        seen = rows > 0
        spread = self._table[rows[seen]].astype(np.float32) * weights[seen, None]
        by_words = np.zeros((len(texts), self._table.shape[1]), np.float32)
        owners, begins = np.unique(counted.rows[seen], return_index=True)
        if len(owners):
            by_words[owners] = np.add.reduceat(spread, begins, axis=0)
        if not vectors.size or not len(self._vectors):
            return by_words
        has = vectors.any(axis=1).astype(np.float32)[:, None]
        words_share, vectors_share = shares(has, self.shape)
        near = np.exp(np.float32(self.shape.sharpness) * (vectors @ self._vectors.T - 1))
        return words_share * by_words + vectors_share * (near @ self._pull)


def shares(has_vector: np.ndarray, shape: Shape) -> tuple[np.ndarray, np.ndarray]:
    """The roots of what n-grams and vectors count for a message."""
    of_words = np.where(has_vector > 0, np.sqrt(shape.share), 1).astype(np.float32)
    of_vectors = np.where(has_vector > 0, np.sqrt(1 - shape.share), 0).astype(np.float32)
    return of_words, of_vectors


def fit(examples: Examples, intents: int, shape: Shape) -> tuple[Similarity, HeldOut]:
    """The model and its held-out scores. Memory: 4 bytes × examples², once."""
    counted = count(examples.texts)
    idf = idf_of(counted)
    ngrams = matrix(counted, weigh(counted, idf))
    kernel = kernel_of(ngrams, examples.vectors, shape)
    solved, held_out = solve(kernel, examples.intents, intents, shape.ridge)
    del kernel
    of_words, of_vectors = shares(examples.has_vector, shape)
    often = np.flatnonzero(np.bincount(ngrams.indices, minlength=BUCKETS) > (len(examples.texts) >= MANY))
    table = ngrams[:, often].T @ (solved * of_words[:, None])
    with_vector = np.flatnonzero(examples.has_vector)
    arrays = {
        "idf": idf,
        "buckets": often.astype(np.int32),
        "table": table.astype(np.float16),
        "vectors": examples.vectors[with_vector].astype(np.float16),
        "pull": (solved * of_vectors[:, None])[with_vector].astype(np.float32),
    }
    return Similarity(shape, arrays), held_out


def matrix(counted: Counted, weights: np.ndarray) -> csr_matrix:
    """Texts × buckets."""
    return csr_matrix((weights, (counted.rows, counted.buckets)), shape=(counted.texts, BUCKETS))


def kernel_of(ngrams: csr_matrix, vectors: np.ndarray, shape: Shape) -> np.ndarray:
    """Examples × examples, float32; only the part on and above the diagonal is filled."""
    size = ngrams.shape[0]
    kernel = np.zeros((size, size), np.float32)
    of_words, of_vectors = shares(vectors.any(axis=1).astype(np.float32), shape)
    for begin in range(0, size, BLOCK):
        rows = slice(begin, begin + BLOCK)
        block = (ngrams[rows] @ ngrams[begin:].T).toarray()
        block *= of_words[rows, None] * of_words[begin:]
        if of_vectors.any():
            near = np.exp(np.float32(shape.sharpness) * (vectors[rows] @ vectors[begin:].T - 1))
            block += near * (of_vectors[rows, None] * of_vectors[begin:])
        kernel[rows, begin:] = block
    return kernel


def solve(kernel: np.ndarray, of: np.ndarray, intents: int, ridge: float) -> tuple[np.ndarray, HeldOut]:
    """Coefficients, examples × intents, and held-out scores. Overwrites `kernel`.

    Leaving out the examples B of a system C a = y, their prediction is y_B - (C⁻¹_BB)⁻¹ a_B.
    """
    size = len(of)
    targets = np.zeros((size, intents), np.float32)
    targets[np.arange(size), of] = 1
    kernel[np.diag_indices(size)] += ridge
    potrf, potri, potrs = get_lapack_funcs(("potrf", "potri", "potrs"), (kernel,))
    # The upper part of rows is the lower part of columns, which is how LAPACK reads it: no copy.
    factor, failed = potrf(kernel.T, lower=True, overwrite_a=True)
    assert not failed
    solved, failed = potrs(factor, targets, lower=True)
    inverse, failed = potri(factor, lower=True, overwrite_c=True)
    assert not failed
    known = targets - solved / np.diag(inverse)[:, None]
    strange = np.empty_like(known)
    for intent in range(intents):
        own = np.flatnonzero(of == intent)
        block = np.tril(inverse[np.ix_(own, own)])
        block = block + np.tril(block, -1).T
        strange[own] = targets[own] - np.linalg.solve(block, solved[own])
        strange[own, intent] = -np.inf
    return solved, HeldOut(known, strange)
