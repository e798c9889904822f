"""What a line of text or a tool means, by static sentence embeddings (extra `sentences`).

The vectors are WordLlama's: means of the token vectors of a language model, trained on pairs of texts
that mean the same. Their weights come inside the package, so nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from autosafe_gym.errors import need_packages
from autosafe_gym.features.layout import MEANING, Array

_SCALE = np.float32(MEANING**0.5)
"""A unit vector's components become about as large as the other columns."""


def meanings(texts: Iterable[str]) -> Array:
    """Vectors of texts, of length `sqrt(MEANING)` each, so that a component is about one.

    Args:
        texts: The texts.

    Returns:
        Shape (texts, `MEANING`).

    Raises:
        MissingExtraError: Without the extra `sentences`.
    """
    found = [_meaning(text) for text in texts]
    return np.stack(found) if found else np.zeros((0, MEANING), dtype=np.float32)


def need_extra() -> None:
    """Says now what would be missing later.

    Raises:
        MissingExtraError: Without the extra `sentences`.
    """
    need_packages("sentences", "wordllama")


@lru_cache(maxsize=1 << 16)
def _meaning(text: str) -> Array:
    vector: Array = _model().embed([text], norm=True)[0] * _SCALE
    return vector


@cache
def _model() -> Any:
    need_extra()
    import wordllama

    # Named as a cache, the package's own folder is looked into for the tokenizer too.
    folder = Path(wordllama.__file__).parent
    return wordllama.WordLlama.load(trunc_dim=MEANING, cache_dir=folder, disable_download=True)
