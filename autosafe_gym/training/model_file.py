"""Policies as files of tensors and JSON: reading one runs nothing that it holds.

`autosafe_gym.storage.tensors` has the format. Files of autosafe 0.1 were zip archives of
stable-baselines3, whose parts are Python's pickles: such a part can run anything. They are refused unless
somebody says that they trust them, and even then only their tensors and plain JSON are taken.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import autosafe_gym
from autosafe_gym.errors import DataError, MissingExtraError, UnknownNameError
from autosafe_gym.features.features import check_groups, spaces_version
from autosafe_gym.features.layout import GROUPS
from autosafe_gym.storage import tensors as files
from autosafe_gym.storage.archives import read_members
from autosafe_gym.storage.reading import parse_json
from autosafe_gym.training.recipe import ALGORITHMS, MOST_HIDDEN, Recipe

MODEL = "model.safetensors"
CHECKPOINT = "checkpoint.safetensors"
OLD_MODEL, OLD_CHECKPOINT = "model.zip", "checkpoint.zip"
"""Names in the folders of autosafe 0.1."""
FORMAT = 1
POLICY = "policy/"
"""What the names of a policy's tensors begin with; a checkpoint has others beside them."""
_OLD_WEIGHTS = "policy.pth"
_SHOWN = 200


class SavedPolicy:
    """A policy out of a file; `PolicyAgent` takes it as it takes a model of stable-baselines3.

    Args:
        policy: The network.
        groups: The groups of features that it takes.
    """

    def __init__(self, policy: Any, groups: tuple[str, ...]) -> None:
        self.policy = policy
        self.groups = groups


def policy_tensors(model: Any) -> dict[str, Any]:
    """The weights of a model of stable-baselines3, by their names in a file."""
    state = model.policy.state_dict()
    return {f"{POLICY}{name}": value.detach().cpu().numpy() for name, value in state.items()}


def about_model(model: Any, recipe: Recipe) -> dict[str, Any]:
    """What a file says about the model in it: all that loading it elsewhere needs."""
    return {
        "format": FORMAT,
        "version": autosafe_gym.__version__,
        "spaces": spaces_version(recipe.groups),
        "algorithm": recipe.algorithm.name,
        "hidden": recipe.policy.hidden,
        "env": recipe.env.id,
        "recipe": recipe.to_dict(),
        "frames": int(model.num_timesteps),
    }


def read_about(file: Path) -> dict[str, Any]:
    """What a file says about the model in it.

    Raises:
        DataError: If the file is missing, broken, of an earlier version, or not of ours.
    """
    _check_kind(file)
    about = files.read_about(file)
    _check_about(about, str(file))
    return about


def load_policy(file: Path, *, trust: bool = False) -> SavedPolicy:
    """The policy of a file.

    Args:
        file: As `autosafe train` saved it; checkpoints are taken too.
        trust: Whether to read a zip archive of autosafe 0.1 as well.

    Raises:
        DataError: If the file is missing, broken, not trusted, or of a model for other spaces.
        MissingExtraError: Without the extra `rl`.
    """
    tensors, about = read_policy(file, trust=trust)
    groups = check_spaces(about, str(file))
    try:
        from autosafe_gym.training.algorithms import fresh_policy
    except ImportError as error:
        raise MissingExtraError("stable-baselines3", "rl") from error
    policy = fresh_policy(about["algorithm"], groups, about["hidden"])
    put_tensors(policy, tensors, str(file))
    return SavedPolicy(policy, groups)


def read_policy(file: Path, *, trust: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
    """The weights of a policy by their names in the network, and what the file says about them.

    Args:
        file: See `load_policy`.
        trust: See `load_policy`.

    Raises:
        DataError: See `load_policy`.
    """
    if trust and is_old(file):
        tensors, about = _read_old(file)
    else:
        _check_kind(file)
        found, about = files.read_tensors(file)
        tensors = {n.removeprefix(POLICY): t for n, t in found.items() if n.startswith(POLICY)}
    _check_about(about, str(file))
    return tensors, about


def put_tensors(module: Any, tensors: dict[str, Any], source: str) -> None:
    """Puts tensors into a network whose names and shapes they must have.

    Raises:
        DataError: If a tensor is missing, unknown, or of another shape; the first is named.
    """
    import torch

    wanted = {name: tuple(value.shape) for name, value in module.state_dict().items()}
    for name in sorted({*wanted, *tensors}):
        here = tuple(tensors[name].shape) if name in tensors else "none"
        if wanted.get(name) != here:
            raise DataError(
                f"{source}: tensor {name[:80]!r} is {here} in the file, {wanted.get(name, 'none')} in the "
                "network. The file is damaged, or of another network: train it anew."
            )
    module.load_state_dict({n: torch.tensor(array) for n, array in tensors.items()}, strict=True)


def check_spaces(about: dict[str, Any], what: str) -> tuple[str, ...]:
    """The groups of features that a saved model takes.

    Raises:
        DataError: If it was trained on other spaces; both are named.
    """
    theirs = about["spaces"]
    groups = theirs.get("groups") if isinstance(theirs, dict) else None
    try:
        ours = spaces_version(check_groups(tuple(groups)) if isinstance(groups, list) else GROUPS)
    except UnknownNameError as error:
        raise DataError(f"{what}: the model takes features that are not here. {error}") from error
    if theirs != ours:
        raise DataError(
            f"{what}: the model was trained on {_spaces_text(theirs)} (autosafe "
            f"{str(about.get('version'))[:20]}), here there is {_spaces_text(ours)}. Train it anew."
        )
    return tuple(ours["groups"])


def is_old(file: Path) -> bool:
    """Whether a file is a zip archive, as autosafe 0.1 and stable-baselines3 save models.

    Raises:
        DataError: If it can't be read.
    """
    return first_bytes(file).startswith(b"PK")


def first_bytes(file: Path) -> bytes:
    """How a model's file begins.

    Raises:
        DataError: If there is none.
    """
    if not file.exists():
        raise DataError(f"{file}: there is no such model. 'autosafe train' makes one.")
    return files.first_bytes(file)


def _check_kind(file: Path) -> None:
    """Says what a file is that is no file of tensors, as far as its beginning tells."""
    start = first_bytes(file)
    if start.startswith(b"PK"):
        raise DataError(
            f"{file}: a zip archive, as stable-baselines3 and autosafe 0.1 save models. Its parts are Python "
            "pickles, and reading one can run any code; so it is not opened. If you made it yourself: "
            f"autosafe convert {file} --trust (in Python: load_agent(..., trust=True))."
        )
    if start[:1] == b"\x80":
        raise DataError(
            f"{file}: a Python pickle, which can run any code; it is not a saved model."
        )
    if start[8:9] != b"{":
        raise DataError(f"{file}: this is not a saved model.")


def _check_about(about: dict[str, Any], source: str) -> None:
    if "spaces" not in about or "algorithm" not in about:
        raise DataError(f"{source}: this model was not saved by autosafe.")
    if about.get("format") != FORMAT:
        raise DataError(
            f"{source}: a model's file of format {str(about.get('format'))[:20]}; {FORMAT} is needed. "
            "Another version of autosafe wrote it."
        )
    if about["algorithm"] not in ALGORITHMS:
        shown = str(about["algorithm"])[:40]
        raise DataError(f"{source}: algorithm {shown!r} is none of {list(ALGORITHMS)}.")
    hidden = about.get("hidden")
    if type(hidden) is not int or not 1 <= hidden <= MOST_HIDDEN:
        raise DataError(f"{source}: hidden = {str(hidden)[:40]}: 1 to {MOST_HIDDEN} is needed.")


def _spaces_text(spaces: Any) -> str:
    if not isinstance(spaces, dict):
        return f"feature spaces of version 1 ({str(spaces)[:_SHOWN]})"
    shapes = str(spaces.get("shapes"))
    return f"feature spaces of version {str(spaces.get('version'))[:20]} ({shapes[:_SHOWN]})"


def _read_old(file: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Weights and description in an archive of autosafe 0.1, without what it has pickled beside them."""
    try:
        import torch
    except ImportError as error:
        raise MissingExtraError("torch", "rl") from error

    members = read_members(file)
    if not {"data", _OLD_WEIGHTS} <= set(members):
        raise DataError(f"{file}: this is no saved model: 'data' or {_OLD_WEIGHTS!r} is missing.")
    data = parse_json(members["data"], f"{file}, data")
    about = data.get("autosafe") if isinstance(data, dict) else None
    if not isinstance(about, dict):
        raise DataError(f"{file}: this model was not saved by autosafe.")
    # The archive inside of the archive: torch unpacks it to the size that it tells.
    read_members(members[_OLD_WEIGHTS], f"{file}, {_OLD_WEIGHTS}")
    try:
        found = torch.load(io.BytesIO(members[_OLD_WEIGHTS]), map_location="cpu", weights_only=True)
    except Exception as error:
        raise DataError(
            f"{file}: {_OLD_WEIGHTS} holds more than tensors, or is damaged; {error}"[:500]
        ) from error
    if not isinstance(found, dict) or not all(
        isinstance(n, str) and type(t) is torch.Tensor and t.dtype == torch.float32
        for n, t in found.items()
    ):
        raise DataError(f"{file}: {_OLD_WEIGHTS} holds more than tensors of 32-bit floats.")
    for name, tensor in found.items():
        if tensor.numel() * 4 > tensor.untyped_storage().nbytes() or not tensor.isfinite().all():
            raise DataError(f"{file}: tensor {name[:80]!r} is damaged or not finite.")
    recipe = about.get("recipe")
    part = recipe.get("policy") if isinstance(recipe, dict) else None
    hidden = part.get("hidden") if isinstance(part, dict) else None
    return {n: t.numpy() for n, t in found.items()}, {**about, "format": FORMAT, "hidden": hidden}
