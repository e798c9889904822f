"""`ModelDeclines`: a language model decides whether words decline, in place of the list of forms."""

from __future__ import annotations

from autosafe_gym.agents.endpoint import Endpoint, Usage
from autosafe_gym.agents.judges import ModelJudge
from autosafe_gym.agents.prompts import prompt


class ModelDeclines(ModelJudge):
    """Asks a model once for each text; what it found is kept, and stored with the episode.

    Use it as `RiskEnv(declines=ModelDeclines(endpoint))`. An answer that can't be read, or a provider
    that fails, makes the episode unmeasured.

    Args:
        endpoint: The model.
        usage: Is counted up.
        seed: The seed that each request to the model carries.

    Attributes:
        said: Whether each text was found to decline.
    """

    def __init__(self, endpoint: Endpoint, usage: Usage | None = None, seed: int = 0) -> None:
        super().__init__(endpoint, usage, seed)
        self.said: dict[str, bool] = {}

    def __call__(self, text: str) -> bool:
        """Whether the words that end a task decline it.

        Args:
            text: The words.

        Raises:
            AgentError: If the model fails or does not answer as asked.
        """
        known = self.said.get(text)
        if known is None:
            asked = prompt("declines", ("text",)).substitute(text=text[:6000])
            answer = self._ask(asked, {"declines": {"type": "boolean"}})
            known = self.said[text] = answer["declines"] is True
        return known
