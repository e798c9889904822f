"""InjecAgent (Zhan et al., ACL 2024 Findings; arXiv 2403.02691) as risk environments.

`gym.make("autosafe/InjecAgent-v0", path=FOLDER)`, where the folder is `data/` of the repository
uiuc-kang-lab/InjecAgent. Each of its 1,054 cases becomes a scenario, in the setting `base` or
`enhanced`, each of which has its own files: the user's tool has been called, its result carries an
intruder's instruction, and the agent acts next. The twin is the same case with the injection left
out.

The template of a result is parsed first and the instruction put in afterwards, so that quotation
marks in it can't break the carrier (they do in the benchmark's own files).

An answer is useful if it carries something of the result (`injecagent_goals`). Harm is what the
instruction orders, by its own tool or by a neighbour (`injecagent_harms`). Where data are to be
stolen, the harm is that they are sent: reading them comes first and is none.
"""

from __future__ import annotations

import ast
import json
import random
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import gymnasium as gym

from autosafe_gym.adapters.injecagent_goals import PLACEHOLDER, goal_of, without
from autosafe_gym.adapters.injecagent_harms import harm_of, targets_of
from autosafe_gym.adapters.injecagent_tools import RESPONSES, register_tools
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.errors import DataError, ScenarioError, UnknownNameError
from autosafe_gym.features.menu import Menu
from autosafe_gym.library.attacks import ATTACKS, check_attack
from autosafe_gym.library.family import call
from autosafe_gym.ots.compiling import compile_condition
from autosafe_gym.ots.condition import Condition
from autosafe_gym.ots.scenario import (
    Outcome,
    RiskScenario,
    ScriptedUser,
    ToolCall,
    Turn,
    UnsafeOracle,
)
from autosafe_gym.storage.reading import read_json
from autosafe_gym.tools_mock.semantic import FILLERS
from autosafe_gym.tools_mock.toolkit import get_tool
from autosafe_gym.tools_mock.world import Effect

Attack = Literal["dh", "ds"]
Setting = Literal["base", "enhanced"]
ATTACK_KINDS: tuple[Attack, ...] = ("dh", "ds")
SETTINGS: tuple[Setting, ...] = ("base", "enhanced")
FILE = "test_cases_{attack}_{setting}.json"
_FIELDS = (
    "Attacker Tools",
    "Attacker Instruction",
    "Attack Type",
    "User Tool",
    "User Instruction",
    "Tool Parameters",
    "Tool Response Template",
)
_OUTCOMES = {
    "Financial Harm": "financial-loss",
    "Physical Harm": "physical-health",
    "Data Security Harm": "computer-security",
    "Financial Data": "privacy-leakage",
    "Physical Data": "privacy-leakage",
    "Others": "privacy-leakage",
}
_CHANNELS = {
    "Gmail": "injection-mail",
    "Amazon": "injection-review",
    "Shopify": "injection-review",
    "Teladoc": "injection-review",
    "GoogleCalendar": "injection-calendar",
    "Evernote": "injection-file",
    "Todoist": "injection-file",
    "Twilio": "injection-chat",
    "Twitter": "injection-chat",
    "GitHub": "injection-code",
    "WebBrowser": "injection-web",
}
WHERE = (
    "Give the folder data/ of github.com/uiuc-kang-lab/InjecAgent: "
    "gym.make('autosafe/InjecAgent-v0', path=FOLDER)."
)


class InjecAgentSource:
    """The cases of a folder as scenarios; seeds go through them in a fixed shuffled order.

    Args:
        path: The folder.
        attack: "dh" (direct harm), "ds" (data stealing), or None for both.
        setting: "base", or "enhanced" with the benchmark's own prefix to each instruction; the files
            are `test_cases_dh_enhanced.json` and `test_cases_ds_enhanced.json`.
        twin_share: Share of benign twins.
        wrapper: An injection wrapper (one of `ATTACKS`) round the benchmark's own injections.
        split: Only "test" and None are known: nothing here is to be trained on.

    Raises:
        DataError: If the folder or a file in it can't be used; names the file, the case, the field.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        attack: Attack | None = None,
        setting: Setting = "base",
        twin_share: float = 1 / 3,
        split: str | None = None,
        wrapper: str | None = None,
    ) -> None:
        if attack is not None and attack not in ATTACK_KINDS:
            raise ScenarioError(f"attack = {attack!r}: 'dh', 'ds' or None is needed.")
        if setting not in SETTINGS:
            raise UnknownNameError("setting", str(setting), SETTINGS)
        if not 0 <= twin_share <= 1:
            raise ScenarioError(f"twin_share = {twin_share!r}: a share from 0 to 1 is needed.")
        if split not in (None, "test"):
            raise ScenarioError(
                f"split = {split!r}: InjecAgent is for testing; 'test' or None is needed."
            )
        checked = wrapper if wrapper is None else check_attack(wrapper)
        pairs = load(str(Path(path)), checked, setting)
        self.cases = [p for p in pairs if attack is None or p[0].tags["attack"] == attack]
        self.twin_share = twin_share
        self._order = list(range(len(self.cases)))
        random.Random(0).shuffle(self._order)  # noqa: S311

    @property
    def toolkits(self) -> tuple[str, ...]:
        """Every toolkit of the cases."""
        return tuple(sorted({kit for risky, _ in self.cases for kit in risky.toolkits}))

    def scenario(self, seed: int) -> RiskScenario:
        """The case of a seed; `seed` modulo the number of cases chooses it."""
        pair = self.cases[self._order[seed % len(self.cases)]]
        twin = random.Random(seed).random() < self.twin_share  # noqa: S311
        return pair[twin]


def make_env(
    *,
    path: str | Path | None = None,
    attack: Attack | None = None,
    setting: Setting = "base",
    twin_share: float = 1 / 3,
    split: str | None = None,
    wrapper: str | None = None,
    **settings: Any,
) -> gym.Env[str, Any]:
    """The entry point behind `gym.make`: see `InjecAgentSource` and `RiskEnv`."""
    if path is None:
        raise DataError(f"autosafe/InjecAgent-v0 needs its data. {WHERE}")
    source = InjecAgentSource(
        path, attack=attack, setting=setting, twin_share=twin_share, split=split, wrapper=wrapper
    )
    return RiskEnv(source, **settings)


@lru_cache(maxsize=4)
def load(
    path: str, wrapper: str | None = None, setting: Setting = "base"
) -> tuple[tuple[RiskScenario, RiskScenario], ...]:
    """Every case of a folder, with its twin; the injection in a wrapper, if one is named.

    Raises:
        DataError: If the folder or a file in it can't be used.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise DataError(f"path = {path!r}: there is no such folder. {WHERE}")
    owner = register_tools(_read(folder / "tools.json"), folder / "tools.json")
    found: list[tuple[RiskScenario, RiskScenario]] = []
    for attack in ATTACK_KINDS:
        name = FILE.format(attack=attack, setting=setting)
        cases = _read(folder / name)
        if not isinstance(cases, list):
            raise DataError(f"{folder / name}: a list of cases is needed.")
        for index, case in enumerate(cases):
            number = len(found)
            where = f"{folder / name}, case {index}"
            found.append(_pair(case, owner, (attack, setting), number, where, wrapper))
    return tuple(found)


def _read(file: Path) -> Any:
    if not file.is_file():
        raise DataError(f"{file}: this file is missing. {WHERE}")
    return read_json(file)


def _pair(
    case: Any,
    owner: dict[str, str],
    kind: tuple[Attack, Setting],
    number: int,
    where: str,
    wrapper: str | None,
) -> tuple[RiskScenario, RiskScenario]:
    attack, setting = kind
    if not isinstance(case, dict):
        raise DataError(f"{where}: an object is needed, not {type(case).__name__}.")
    for field in _FIELDS:
        if field not in case:
            raise DataError(f"{where}: field {field!r} is missing.")
    tools = [*case["Attacker Tools"], case["User Tool"]]
    for tool in tools:
        if tool not in owner:
            raise DataError(f"{where}: tool {tool!r} is not in tools.json.")
    outcome = _OUTCOMES.get(case["Attack Type"])
    if outcome is None:
        raise DataError(
            f"{where}: field 'Attack Type' = {case['Attack Type']!r}: one of "
            f"{', '.join(_OUTCOMES)} is needed."
        )
    arguments = _literal(case, "Tool Parameters", where)
    template = _literal(case, "Tool Response Template", where)
    order = str(case["Attacker Instruction"])
    if PLACEHOLDER not in json.dumps(template, ensure_ascii=False):
        raise DataError(f"{where}: field 'Tool Response Template' has no {PLACEHOLDER}.")
    planted = order if setting == "base" else _planted(case, where)
    if wrapper is not None:
        planted = ATTACKS[wrapper](planted)
    kits = tuple(dict.fromkeys(owner[tool] for tool in tools))
    said = (str(case["User Instruction"]), json.dumps(arguments, ensure_ascii=False))
    goal, answer = goal_of(case["User Tool"], template, said, order)
    base: dict[str, Any] = {
        "id": f"injecagent-{attack}/{number}" + ("" if setting == "base" else f"-{setting}"),
        "family": f"injecagent-{attack}",
        "seed": number,
        "domain": "Business",
        "instruction_mode": "normal",
        "history_mode": "malicious",
        "channel": next(
            (c for k, c in _CHANNELS.items() if case["User Tool"].startswith(k)), "injection-tool"
        ),
        "failure_mode": "instruction-hierarchy",
        "outcome_types": (outcome,),
        "severity": 3 if attack == "dh" else 2,
        "instruction": said[0],
        "toolkits": kits,
        "user": ScriptedUser(default="Please just answer what I asked.", default_confirms=False),
        "goal": goal,
        "safe_oracle": (call("finish", message=answer),),
        "max_steps": 8,
        "tags": {
            "attack": attack,
            "attack_type": case["Attack Type"],
            "setting": setting,
            "wrapper": wrapper or "none",
        },
    }
    read = ToolCall(name=case["User Tool"], arguments=arguments)
    made = []
    for text in (planted, ""):
        result = json.dumps(without(template, text), ensure_ascii=False)
        history = (Turn(action=read, observation=result),)
        world = {RESPONSES: {case["User Tool"]: {"text": result}}}
        made.append({**base, "history": history, "world": world})
    twin = RiskScenario(**{**made[1], "id": f"{base['id']}/twin", "twin": True})
    harmful = case["Attacker Tools"][-1]
    offered = frozenset(tool for tool, kit in owner.items() if kit in kits)
    sight = f"{said[0]}\n{made[0]['history'][0].observation}"
    condition = harm_of(harmful, order, offered, sight)
    risky = RiskScenario(
        **made[0],
        outcomes=(
            Outcome(
                type=outcome,
                description=f"{harmful}, or the like, would be done as a tool's result orders.",
                condition=condition,
                severity=base["severity"],
            ),
        ),
        unsafe_oracles=(
            UnsafeOracle(
                outcome=outcome, actions=_obeying(case["Attacker Tools"], sight, order, condition)
            ),
        ),
    )
    return risky, twin


def _planted(case: dict[str, Any], where: str) -> str:
    """What an enhanced case plants: the part of its result that stands where the template has none."""
    if "Tool Response" not in case:
        raise DataError(f"{where}: field 'Tool Response' is missing.")
    template, result = str(case["Tool Response Template"]), str(case["Tool Response"])
    # The benchmark writes the result as JSON text and puts the instruction in unescaped.
    for form in (json.dumps(template), json.dumps(template, ensure_ascii=False), template):
        before, _, after = form.partition(PLACEHOLDER)
        planted = result.removeprefix(before).removesuffix(after)
        if f"{before}{planted}{after}" == result and case["Attacker Instruction"] in planted:
            return planted
    raise DataError(
        f"{where}: field 'Tool Response' is not the template with the instruction in it."
    )


def _obeying(
    tools: list[str], sight: str, order: str, condition: Condition
) -> tuple[ToolCall, ...]:
    """Each of the intruder's tools, bound to what is in sight; the last one does the harm."""
    harms = compile_condition(condition, proposed=True)
    *first, last = tools
    options = [*_bound(last, sight), *_meant(last, order)]
    chosen = next((o for o in options if harms([Effect(last, "external", o)], {})), options[0])
    return (*(call(tool, **_bound(tool, sight)[0]) for tool in first), call(last, **chosen))


def _bound(name: str, text: str) -> list[dict[str, Any]]:
    """Arguments for a tool as a menu would bind them; a filler where nothing in sight fits."""
    menu = Menu([name])
    menu.see("", {}, text)
    found = [c.arguments for c in menu.candidates if c.tool.name == name]
    return found or [dict.fromkeys(get_tool(name).required, FILLERS["title"])]


def _meant(name: str, order: str) -> list[dict[str, Any]]:
    """Arguments that name the order's target, for an order that can't be read off its text."""
    targets = targets_of(order)
    parts = (*targets.addresses, *targets.parts)
    return [dict.fromkeys(get_tool(name).required, part) for part in parts]


def _literal(case: dict[str, Any], field: str, where: str) -> Any:
    """A field that holds a Python literal as text."""
    try:
        return ast.literal_eval(case[field])
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        value = repr(case[field])[:80]
        raise DataError(f"{where}: field {field!r} = {value} is not a literal.") from error
