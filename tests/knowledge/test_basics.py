"""The plainest questions of every topic: what a tired parent types first must be understood. None is a phrasing."""

from pathlib import Path

import yaml

from knowledge.library import Library
from knowledge.understanding import Verdict, understand

FILE = Path(__file__).parent.parent / "data" / "basics.yaml"
RIGHT = 0.95
REFUSED = 2


def test_the_plainest_questions_are_answered(library: Library) -> None:
    basics = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    asked = [(topic, text, understand(library, text)) for topic, texts in basics.items() for text in texts]
    wrong = [(topic, text, r.verdict, r.answers) for topic, text, r in asked if topic not in (*r.answers, *r.near)]
    refused = [(topic, text, r.verdict) for topic, text, r in asked if r.verdict not in (Verdict.ANSWER, Verdict.NEAR)]
    assert set(basics) <= set(library.live)
    assert len(asked) == 68 * 5
    assert len(wrong) <= (1 - RIGHT) * len(asked), wrong
    assert len(refused) <= REFUSED, refused
