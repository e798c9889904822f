"""`Job`: everything on which a run's episodes depend, and how to make its environment and agent."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import autosafe_gym
from autosafe_gym.errors import UnknownNameError
from autosafe_gym.storage.reading import no_link

if TYPE_CHECKING:
    from autosafe_gym.agents.base import Agent
    from autosafe_gym.agents.endpoint import Endpoint
    from autosafe_gym.agents.judges import Judge
    from autosafe_gym.envs.env import RiskEnv
    from autosafe_gym.runs.runner import Player


@dataclass
class Job:
    """A run, as data. `prepare` comes before `make_agent`.

    Args:
        agent: As `autosafe_gym.agents.make` takes it.
        env: An environment's id.
        filters: Further arguments of `gym.make`.
        seed: The first seed.
        base_url: The endpoint of the agent's model.
        settings: Of `autosafe_gym.agents.endpoint.Settings`.
        limits: Limits of each episode; see `autosafe_gym.episodes.limits.Limits`.
        defence: The defence around the agent: one of `autosafe_gym.defences.defences.DEFENCES`, or "none".
        judge: Of the defence: "rules", or a model (`openai:MODEL`, `local`).
        people: Who plays the user and the colleagues: "scripts", or a model likewise.
        declines: What decides whether words decline the task: "list", or a model likewise.
    """

    agent: str
    env: str = "autosafe/All-v0"
    filters: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    base_url: str | None = field(default=None, repr=False)
    settings: dict[str, Any] = field(default_factory=dict, repr=False)
    limits: dict[str, Any] = field(default_factory=dict)
    defence: str = "none"
    judge: str = "rules"
    people: str = "scripts"
    declines: str = "list"

    def __post_init__(self) -> None:
        self._people: Endpoint | None = None
        self._model: tuple[str, Endpoint] | None = None
        self._judge: Endpoint | None = None
        self._declines: Endpoint | None = None

    def config(self) -> dict[str, Any]:
        """What a run must have in common with the one that it resumes."""
        made: dict[str, Any] = {
            "version": autosafe_gym.__version__,
            "agent": self.agent,
            "env": self.env,
            **self.filters,
            "seed": self.seed,
            "limits": self.limits,
        }
        if self._endpoints():
            asked = {
                k: v for k, v in self.settings.items() if k not in ("timeout", "extra", "drop")
            }
            made |= {"base_url": self.base_url, **asked}
            if self.settings.get("extra"):
                made["request"] = self.settings["extra"]
            if self.settings.get("drop"):
                made["drop"] = sorted(self.settings["drop"])
        if self.defence != "none":
            made |= {"defence": self.defence, "judge": self.judge}
        if self.people != "scripts":
            made |= {"people": self.people}
        if self.declines != "list":
            made |= {"declines": self.declines}
        return made

    def prepare(self) -> None:
        """Finds what is wrong before any episode is run.

        Raises:
            AutosafeError: If the environment, the agent, the endpoint or the defence can't be used.
        """
        from autosafe_gym import agents
        from autosafe_gym.defences.defences import check_defence

        self.make_env()
        check_defence(self.defence)
        named = agents.llm_named(self.agent)
        if named is not None:
            self._model = named[0], self._endpoint(named[1])
        else:
            agents.make(self.agent)
        self._judge = self._role("judge", self.judge, "rules")
        self._people = self._role("people", self.people, "scripts")
        self._declines = self._role("declines", self.declines, "list")

    def _role(self, role: str, name: str, embedded: str) -> Endpoint | None:
        """The model of a role; None where the embedded implementation has it."""
        from autosafe_gym import agents

        if name == embedded:
            return None
        asked = agents.llm_named(name)
        if asked is None:
            known = [embedded, "local", *(f"{form}:MODEL" for form in agents.LLM_FORMS)]
            raise UnknownNameError(role, name, known)
        return self._endpoint(asked[1])

    def _endpoints(self) -> list[Endpoint]:
        models = (self._model and self._model[1], self._judge, self._people, self._declines)
        return [endpoint for endpoint in models if endpoint is not None]

    def _endpoint(self, model: str) -> Endpoint:
        from autosafe_gym.agents.endpoint import Settings, open_endpoint

        made = open_endpoint(model, base_url=self.base_url, settings=Settings(**self.settings))
        made.check()
        return made

    def keep_replies(self, file: Path) -> None:
        """Keeps the models' replies in a file, and takes them from it."""
        from autosafe_gym.agents.reply_cache import ReplyCache

        endpoints = self._endpoints()
        if endpoints:
            no_link(file)
            cache = ReplyCache(file)
            for endpoint in endpoints:
                endpoint.cache = cache

    def notes(self) -> list[str]:
        """What the providers refused, and what was sent instead; a sentence each."""
        return list(dict.fromkeys(note for e in self._endpoints() for note in e.notes))

    def make_env(self) -> RiskEnv:
        """A new environment."""
        from autosafe_gym.library.registration import risk_env

        env = risk_env(self.env, **self.filters)
        if self._people is not None:
            from autosafe_gym.pipeline.model_user import ModelPeople

            env.people = ModelPeople(self._people)
        if self._declines is not None:
            from autosafe_gym.agents.declining import ModelDeclines

            env.declines = ModelDeclines(self._declines, seed=self.seed)
        return env

    def make_agent(self) -> Agent:
        """A new agent; all of them share one endpoint."""
        from autosafe_gym import agents
        from autosafe_gym.defences.defences import defend

        agent = agents.make(self.agent) if self._model is None else agents.llm_agent(*self._model)
        return defend(agent, self.defence, self._make_judge)

    def _make_judge(self) -> Judge:
        from autosafe_gym.agents.judges import ModelJudge, RuleJudge

        return RuleJudge() if self._judge is None else ModelJudge(self._judge)

    def make_player(self) -> Player:
        """Plays episodes of this run, with an environment and an agent of its own."""
        from autosafe_gym.episodes.limits import Limits
        from autosafe_gym.runs.runner import player

        return player(self.make_env(), self.make_agent(), Limits(**self.limits))

    def variant(self, defence: str, filters: dict[str, Any]) -> Job:
        """The same run with another defence or other scenarios; a prepared one stays prepared."""
        made = replace(self, defence=defence, filters=filters)
        made._model, made._judge, made._people = self._model, self._judge, self._people
        made._declines = self._declines
        return made
