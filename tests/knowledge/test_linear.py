"""The learnt weights, and what each phrasing would score without itself."""

import numpy as np
import pytest

from knowledge import features, linear
from knowledge.features import Words

TEXTS = [
    "半日托是上午还是下午",
    "只送半天行不行",
    "半天的班",
    "全日托几点接",
    "一整天都送",
    "白天都在园里",
    "明天下雨吗",
    "今天热不热",
]
LABELS = [0, 0, 0, 1, 1, 1, 2, 2]
BAGS = [features.views(text, Words()) for text in TEXTS]


def test_left_out_equals_really_leaving_one_out() -> None:
    """The closed form against the equations solved anew without each phrasing, rarities and mean target kept."""
    vocabulary = linear.Vocabulary.of(BAGS)
    rows = np.zeros((len(BAGS), len(vocabulary.rarity)))
    for row, bag in zip(rows, BAGS, strict=True):
        columns, values = vocabulary.vector(bag)
        row[columns] = values
    target = np.eye(3)[LABELS]
    offset = target.mean(axis=0)
    expected = []
    for out in range(len(BAGS)):
        kept = [i for i in range(len(BAGS)) if i != out]
        kernel = rows[kept] @ rows[kept].T + linear.RIDGE * np.eye(len(kept))
        dual = np.linalg.solve(kernel, target[kept] - offset)
        expected.append(offset + rows[out] @ rows[kept].T @ dual)
    assert np.allclose(linear.left_out(BAGS, LABELS, 3), expected, atol=1e-4)


def test_members_score_high_and_strangers_low() -> None:
    model = linear.fit(BAGS, LABELS, 3)
    for bag, label in zip(BAGS, LABELS, strict=True):
        assert int(model.scores(bag).argmax()) == label
    stranger = model.scores(features.views("量子力学", Words()))
    assert float(stranger.max()) < 0.45


def test_nothing_scores_the_mean() -> None:
    model = linear.fit(BAGS, LABELS, 3)
    assert model.scores(features.views("", Words())) == pytest.approx(model.offset)


def test_a_sentence_is_at_most_one_long() -> None:
    vocabulary = linear.Vocabulary.of(BAGS)
    for bag in [*BAGS, features.views("半日托 daycare 多少钱", Words())]:
        _, values = vocabulary.vector(bag)
        assert float(values @ values) <= 1 + 1e-5
