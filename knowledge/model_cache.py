"""Keeps the learnt weights of a library on disk, so that a restart does not learn them anew. Used by `library`."""

import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from knowledge import features, linear, matcher, pinyin
from knowledge.features import Words
from knowledge.matcher import Matcher, Phrasing

log = logging.getLogger(__name__)
KEPT = 4


def cached_matcher(phrasings: Sequence[Phrasing], size: int, words: Words, folder: Path | None) -> Matcher:
    """The matcher of `phrasings`: read from `folder` where it was learnt before, else learnt and kept there."""
    if folder is None:
        return Matcher.build(phrasings, size, words)
    file = folder / f"weights-{_key(phrasings, size, words)}.npz"
    model = _read(file)
    if model is not None:
        return Matcher(words, model, matcher.shapes_of(phrasings, size, words))
    log.info("learning %d phrasings: some seconds, once after each change of the content", len(phrasings))
    made = Matcher.build(phrasings, size, words)
    _write(file, made.model)
    return made


def _key(phrasings: Sequence[Phrasing], size: int, words: Words) -> str:
    """Everything the weights depend on: the phrasings, the words, and the code that learns."""
    digest = hashlib.sha256(json.dumps([asdict(p) for p in phrasings], ensure_ascii=False).encode())
    digest.update(json.dumps([size, words.filler, dict(words.concepts), words.elsewhere], ensure_ascii=False).encode())
    for module in (features, linear, pinyin):
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()[:24]


def _read(file: Path) -> linear.Linear | None:
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as kept:
            keys = json.loads(bytes(kept["keys"]).decode())
            columns: dict[str, dict[str, int]] = {view: {} for view in features.VIEWS}
            for column, (view, name) in enumerate(keys):
                columns[view][name] = column
            vocabulary = linear.Vocabulary(columns, kept["rarity"], float(kept["unseen"]))
            return linear.Linear(vocabulary, kept["weights"], kept["offset"])
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None


def _write(file: Path, model: linear.Linear) -> None:
    """Whole or not at all; a folder that cannot be written only costs time at the next start."""
    keys = json.dumps(model.vocabulary.names(), ensure_ascii=False).encode()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".new-") as made:
            kept = Path(made) / file.name
            np.savez(
                kept,
                keys=np.frombuffer(keys, np.uint8),
                rarity=model.vocabulary.rarity,
                unseen=model.vocabulary.unseen,
                weights=model.weights,
                offset=model.offset,
            )
            os.replace(kept, file)
        for old in sorted(file.parent.glob("weights-*.npz"), key=lambda f: f.stat().st_mtime)[:-KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return
