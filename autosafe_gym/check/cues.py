"""How well words alone tell a risky scenario from its twin: a baseline that understands nothing.

A bag of words and logistic regression look at what an agent has in front of it when the safe way has
read all that it reads before it first acts or speaks. Where they do well, an agent can be safe by the
sound of a text, without grasping it; a good pair of twins keeps them at chance (50%).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from autosafe_gym.episodes.session import Session
from autosafe_gym.errors import MissingExtraError, ScenarioError
from autosafe_gym.intervals import Rate, pooled, rate
from autosafe_gym.library.family import ScenarioFamily, all_families, get_family
from autosafe_gym.ots.scenario import RiskScenario
from autosafe_gym.ots.taxonomy import MODES
from autosafe_gym.tools_mock.dialogue import DIALOGUE_ACTS
from autosafe_gym.tools_mock.toolkit import get_tool

_WORD = r"[A-Za-z]{2,}|\d+"
_TELLING = 6
_FOLDS = 5
_GROUPED = 40
"""Seeds of each family for the models that see many families: more cost minutes, and teach little."""
Progress = Callable[[str, int, int], None]


@dataclass
class FamilyCues:
    """What words give away of one family.

    Attributes:
        id: Of the family.
        mode: Of the family.
        accuracy: On seeds that were not trained on; half of the scenarios are twins.
        risky: The words that speak most for the risky scenario.
        twin: The words that speak most for the twin.
    """

    id: str
    mode: str
    accuracy: Rate
    risky: list[str]
    twin: list[str]


@dataclass
class Cues:
    """The figures of all families.

    Attributes:
        families: One by one, those first that words give away most.
        held_out: By mode: accuracy on families that were not trained on, a model for each fold.
        seeds: How many seeds of each family were trained on, and as many tested on.
        pairs: Whether pairs of neighbouring words were counted too.
    """

    families: list[FamilyCues]
    held_out: dict[str, Rate] = field(default_factory=dict)
    seeds: int = 0
    pairs: bool = False

    @property
    def known(self) -> dict[str, Rate]:
        """By mode: accuracy on unseen seeds of known families, a model for each family."""
        return {
            mode: pooled(f.accuracy for f in self.families if f.mode == mode)
            for mode in MODES
            if any(f.mode == mode for f in self.families)
        }

    def to_dict(self) -> dict[str, Any]:
        """Everything as JSON."""
        return {
            "seeds": self.seeds,
            "pairs": self.pairs,
            "modes": {
                mode: {"known": known.to_dict(), "held_out": self.held_out[mode].to_dict()}
                for mode, known in self.known.items()
            },
            "families": {
                f.id: {
                    "mode": f.mode,
                    "accuracy": f.accuracy.to_dict(),
                    "risky": f.risky,
                    "twin": f.twin,
                }
                for f in self.families
            },
        }


def text_before_acting(scenario: RiskScenario) -> str:
    """The reset observation and the newest event when the safe way has read all that it reads first.

    Args:
        scenario: The scenario.
    """
    session = Session.of(scenario)
    first, newest = session.observation, ""
    for action in scenario.safe_oracle:
        if action.name in DIALOGUE_ACTS or get_tool(action.name).kind != "read":
            break
        newest = session.step(action)
    return f"{first}\n{newest}"


def cues(
    families: Iterable[str] = (),
    seeds: int = 100,
    *,
    pairs: bool = False,
    progress: Progress | None = None,
) -> Cues:
    """Trains the baseline and tests it, in two ways.

    Unseen seeds: a model for each family, trained on the seeds 0 to `seeds` - 1 and tested on the next
    `seeds`. Unseen families: for each mode, families are held out in turn (five folds), and one model
    is trained on all the others of that mode.

    Args:
        families: Ids; empty for all.
        seeds: Of each family to train on; as many to test on.
        pairs: Count pairs of neighbouring words too, which is stricter.
        progress: Called with (phase, done, in all).

    Raises:
        UnknownNameError: If a family isn't known.
        ScenarioError: If `seeds` is less than 2.
        MissingExtraError: Without the extra `analysis`.
    """
    if seeds < 2:
        raise ScenarioError(f"seeds = {seeds}: at least 2 are needed.")
    chosen = [get_family(name) for name in dict.fromkeys(families)] or [*all_families().values()]
    model = _Model(pairs)
    found: list[FamilyCues] = []
    texts: dict[str, list[tuple[str, bool]]] = {}
    for done, family in enumerate(chosen, 1):
        train, test = _texts(family, range(seeds)), _texts(family, range(seeds, 2 * seeds))
        model.fit(train)
        risky, twin = model.telling_words()
        found.append(FamilyCues(family.id, family.mode, model.accuracy(test), risky, twin))
        texts[family.id] = train[: 2 * _GROUPED]
        if progress is not None:
            progress("families", done, len(chosen))
    found.sort(key=lambda f: (-(f.accuracy.value or 0.0), f.id))
    result = Cues(found, seeds=seeds, pairs=pairs)
    modes = list(result.known)
    for done, mode in enumerate(modes, 1):
        ids = sorted(f.id for f in chosen if f.mode == mode)
        result.held_out[mode] = _held_out(model, [texts[name] for name in ids])
        if progress is not None:
            progress("families held out", done, len(modes))
    return result


def _texts(family: ScenarioFamily, seeds: Iterable[int]) -> list[tuple[str, bool]]:
    """Each seed's risky scenario and twin as (text, whether it is the twin)."""
    pairs = [(family.sample(seed, twin=twin), twin) for seed in seeds for twin in (False, True)]
    return [(text_before_acting(scenario), twin) for scenario, twin in pairs]


def _held_out(model: _Model, families: Sequence[list[tuple[str, bool]]]) -> Rate:
    folds = min(_FOLDS, len(families))
    if folds < 2:
        return Rate(0, 0)
    rates = []
    for fold in range(folds):
        model.fit([row for i, rows in enumerate(families) if i % folds != fold for row in rows])
        rates += [model.accuracy(rows) for rows in families[fold::folds]]
    return pooled(rates)


class _Model:
    """A bag of words and logistic regression.

    Args:
        pairs: Whether pairs of neighbouring words are counted too.

    Raises:
        MissingExtraError: Without the extra `analysis`.
    """

    def __init__(self, pairs: bool) -> None:
        try:
            from sklearn.feature_extraction.text import CountVectorizer
            from sklearn.linear_model import LogisticRegression
        except ImportError as error:
            raise MissingExtraError("scikit-learn", "analysis") from error
        self._counter = CountVectorizer(token_pattern=_WORD, ngram_range=(1, 2 if pairs else 1))
        # liblinear: its Newton steps converge on many families at once, where lbfgs crawls.
        self._regression = LogisticRegression(solver="liblinear")

    def fit(self, rows: Sequence[tuple[str, bool]]) -> None:
        """Learns which words stand in twins."""
        counts = self._counter.fit_transform([text for text, _ in rows])
        self._regression.fit(counts, [twin for _, twin in rows])

    def accuracy(self, rows: Sequence[tuple[str, bool]]) -> Rate:
        """The share of rows that it tells rightly."""
        told = self._regression.predict(self._counter.transform([text for text, _ in rows]))
        return rate(bool(a == b) for a, (_, b) in zip(told, rows, strict=True))

    def telling_words(self) -> tuple[list[str], list[str]]:
        """The words with the greatest weight, for the risky scenario and for the twin."""
        words = self._counter.get_feature_names_out()
        weights = self._regression.coef_[0]
        ranked = sorted(range(len(words)), key=lambda i: (weights[i], words[i]))
        return (
            [str(words[i]) for i in ranked[:_TELLING]],
            [str(words[i]) for i in ranked[::-1][:_TELLING]],
        )
