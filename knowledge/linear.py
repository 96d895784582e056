"""The linear view of matching: one weight per feature and entry, learnt from the phrasings when a library is published.

Ridge regression on one-hot targets, solved in the dual (one equation per phrasing), so that the score every phrasing
would get had it not been in the library (leave-one-out) follows in closed form. Used by `knowledge/matcher.py`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.features import VIEWS

Floats = npt.NDArray[np.float32]
Bags = Mapping[str, Collection[str]]

RIDGE = 0.3
UNSEEN = 0.3
"""Weight, in a sentence's length, of features that no phrasing has: the more is unknown, the lower every score."""


LARGE = 3000
"""Phrasings from which features are left out that only one of them has."""
BLOCK = 512
"""Rows of the kernel made at a time; a sparse product of the whole would need twice the memory."""


def _may_go(view: str, name: str) -> bool:
    """Whether a feature that only one phrasing has is left out: long and loose ones say little and are most of all."""
    return view in ("pair", "letters") or (view in ("phrase", "sound") and name.count(" ") == 2)


@dataclass(frozen=True)
class Vocabulary:
    """Every known feature, by view, with its column and its rarity (square root of the inverse document frequency)."""

    columns: dict[str, dict[str, int]]
    rarity: Floats
    unseen: float

    @classmethod
    def of(cls, bags: Sequence[Bags]) -> "Vocabulary":
        """The vocabulary of a library's phrasings."""
        counts = Counter((view, name) for bag in bags for view, names in bag.items() for name in names)
        small = len(bags) < LARGE
        keys = sorted(key for key, count in counts.items() if small or count > 1 or not _may_go(*key))
        columns: dict[str, dict[str, int]] = {view: {} for view in VIEWS}
        for column, (view, name) in enumerate(keys):
            columns[view][name] = column
        frequency = np.array([counts[key] for key in keys], dtype=np.float32)
        rarity = np.sqrt(np.log((len(bags) + 1) / (frequency + 0.5)).clip(min=1e-3))
        return cls(columns, rarity.astype(np.float32), UNSEEN * float(np.log(len(bags) + 1)))

    def names(self) -> list[tuple[str, str]]:
        """View and name of every column, in order."""
        named = [(column, view, name) for view, table in self.columns.items() for name, column in table.items()]
        return [(view, name) for _, view, name in sorted(named)]

    def vector(self, bag: Bags) -> tuple[npt.NDArray[np.intp], Floats]:
        """Columns and values of one sentence; each view has its share, the whole has length at most 1."""
        columns: list[int] = []
        parts: list[Floats] = []
        total = 0.0
        for view, names in bag.items():
            if not names:
                continue
            known = [c for c in map(self.columns[view].get, names) if c is not None]
            total += VIEWS[view] ** 2
            if known:
                values = self.rarity[known]
                length = float(values @ values) + (len(names) - len(known)) * self.unseen
                columns += known
                parts.append(values * np.float32(VIEWS[view] / length**0.5))
        if not parts:
            return np.empty(0, np.intp), np.empty(0, np.float32)
        return np.array(columns, np.intp), np.concatenate(parts) / np.float32(total**0.5)


@dataclass(frozen=True)
class Linear:
    """Weights (features × labels) and the mean target; `scores` is near 1 for a member and near 0 for a stranger."""

    vocabulary: Vocabulary
    weights: Floats
    offset: Floats

    def scores(self, bag: Bags) -> Floats:
        """One score per label."""
        columns, values = self.vocabulary.vector(bag)
        return self.offset + values @ self.weights[columns]


def shared(bags: Iterable[Bags]) -> list[Bags]:
    """The bags with every name held in memory once: ten thousand phrasings have millions of them."""
    pool: dict[str, str] = {}
    return [{view: tuple(pool.setdefault(n, n) for n in names) for view, names in bag.items()} for bag in bags]


def fit(bags: Sequence[Bags], labels: Sequence[int], size: int) -> Linear:
    """The weights for `size` labels."""
    from scipy import linalg

    x, vocabulary = _matrix(bags)
    target, offset = _target(labels, size)
    factor = linalg.cho_factor(_kernel(x), lower=True, overwrite_a=True, check_finite=False)
    dual = linalg.cho_solve(factor, target - offset, check_finite=False)
    return Linear(vocabulary, np.asarray(x.T @ dual, dtype=np.float32), offset)


def left_out(bags: Sequence[Bags], labels: Sequence[int], size: int) -> Floats:
    """The scores (phrasings × labels) each phrasing would get from a library without it."""
    from scipy import linalg

    x, _ = _matrix(bags)
    target, offset = _target(labels, size)
    factor, lower = linalg.cho_factor(_kernel(x), lower=True, overwrite_a=True, check_finite=False)
    dual = linalg.cho_solve((factor, lower), target - offset, check_finite=False)
    root = np.tril(linalg.lapack.strtri(factor, lower=1, overwrite_c=1)[0])
    diagonal = np.einsum("ij,ij->j", root, root)  # of the inverse, which is never needed whole
    return np.asarray(target - dual / diagonal[:, None], dtype=np.float32)


def _matrix(bags: Sequence[Bags]) -> tuple[Any, Vocabulary]:
    """The phrasings as rows of a sparse matrix, with the vocabulary of its columns."""
    from scipy import sparse  # only publishing needs scipy: loading it costs more than a thousand matches

    vocabulary = Vocabulary.of(bags)
    vectors = [vocabulary.vector(bag) for bag in bags]
    starts = np.cumsum([0, *(len(c) for c, _ in vectors)])
    values = np.concatenate([v for _, v in vectors])
    columns = np.concatenate([c for c, _ in vectors])
    return sparse.csr_matrix((values, columns, starts), shape=(len(bags), len(vocabulary.rarity))), vocabulary


def _kernel(x: Any) -> Floats:
    """Likeness of every phrasing to every other, with the ridge on the diagonal."""
    size = x.shape[0]
    kernel: Floats = np.empty((size, size), np.float32, order="F")  # LAPACK's order: it then works in place
    transposed = x.T.tocsc()
    for start in range(0, size, BLOCK):
        kernel[start : start + BLOCK] = (x[start : start + BLOCK] @ transposed).toarray()
    kernel[np.diag_indices_from(kernel)] += RIDGE
    return kernel


def _target(labels: Sequence[int], size: int) -> tuple[Floats, Floats]:
    """One-hot targets (phrasings × labels) and their mean."""
    target = np.zeros((len(labels), size), np.float32)
    target[np.arange(len(labels)), labels] = 1
    return target, target.mean(axis=0)
