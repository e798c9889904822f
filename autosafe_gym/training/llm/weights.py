"""Weights of a small Llama model between its GGUF file, torch, and a GGUF file again.

`gguf` has no converter of its own; for this architecture the way back is short: names are mapped, and
the rows of q and k are put into llama.cpp's order of rotary pairs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autosafe_gym.agents.local_model import installed_model
from autosafe_gym.errors import DataError, need_packages
from autosafe_gym.storage.writing import whole_file

EXTRA = "finetune"
_BLOCK = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
}
_TOP = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}
_SKIPPED = ("GGUF.", "general.architecture", "general.file_type", "general.quantization_version")


def need_extra() -> None:
    """Says now what would be missing later.

    Raises:
        MissingExtraError: Without the extra `finetune`.
    """
    packages = ("torch", "transformers", "trl", "peft", "datasets", "accelerate", "gguf")
    need_packages(EXTRA, *packages)


def source_file(model: str) -> Path:
    """The file or folder that a recipe's `model` means.

    Args:
        model: "embedded", a GGUF file, or a folder that transformers can load.

    Raises:
        DataError: If there is no such thing.
    """
    if model == "embedded":
        return installed_model()
    path = Path(model)
    if path.is_file() or (path / "config.json").is_file():
        return path
    raise DataError(
        f"model = {model!r}: 'embedded', a GGUF file, or a folder with a config.json is needed."
    )


def load_tokenizer(source: Path) -> Any:
    """The tokenizer of a GGUF file or a folder."""
    need_extra()
    from transformers import AutoTokenizer

    folder, more = _place(source)
    return AutoTokenizer.from_pretrained(folder, trust_remote_code=False, **more)


def load_model(source: Path, dtype: str = "float32") -> Any:
    """A model in torch, ready to be trained and saved.

    Args:
        source: A GGUF file, or a folder of transformers'.
        dtype: Of the weights, such as "float32" or "bfloat16".

    Raises:
        MissingExtraError: Without the extra `finetune`.
        DataError: If the file is none that can be read.
    """
    need_extra()
    import torch
    from transformers import AutoModelForCausalLM

    folder, more = _place(source)
    kind = getattr(torch, dtype)
    try:
        model: Any = AutoModelForCausalLM.from_pretrained(
            folder, dtype=kind, use_safetensors=True, trust_remote_code=False, **more
        )
    except (OSError, ValueError) as error:
        raise DataError(f"{source}: transformers can't load it ({error}).") from error
    if more:
        # What came out of a GGUF file is marked as quantised, and can't be saved: a fresh one can.
        config = type(model.config).from_dict(
            {k: v for k, v in model.config.to_dict().items() if k != "quantization_config"}
        )
        fresh = type(model)(config).to(kind)
        fresh.load_state_dict(model.state_dict())
        fresh.generation_config = model.generation_config
        fresh.tie_weights()
        model = fresh
    return model


def _place(source: Path) -> tuple[Path, dict[str, Any]]:
    return (source.parent, {"gguf_file": source.name}) if source.is_file() else (source, {})


def save_folder(model: Any, tokenizer: Any, folder: Path) -> Path:
    """Saves a model and its tokenizer for transformers.

    Args:
        model: The model; an adapter must be merged before.
        tokenizer: Its tokenizer.
        folder: Where to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def merged(model: Any) -> Any:
    """A model with its LoRA adapter merged into the weights; any other as it is."""
    return model.merge_and_unload() if hasattr(model, "merge_and_unload") else model


def save_gguf(model: Any, source: Path, target: Path) -> Path:
    """Writes a model as an F16 GGUF file, which `LocalServer` serves.

    Args:
        model: A Llama model in torch, such as `load_model` gives.
        source: The GGUF file that it comes from: metadata and tokenizer are copied.
        target: The file to write; it appears whole or not at all.

    Raises:
        DataError: If the model does not have the tensors of the source.
    """
    import gguf

    reader = gguf.GGUFReader(source)
    tensors = _tensors(model)
    shapes = {t.name: tuple(int(n) for n in reversed(t.shape)) for t in reader.tensors}
    found = {name: tuple(value.shape) for name, value in tensors.items()}
    if found != shapes:
        odd = sorted({n for n in {*found, *shapes} if found.get(n) != shapes.get(n)})[:4]
        said = "; ".join(f"{n}: {shapes.get(n)} there, {found.get(n)} here" for n in odd)
        raise DataError(f"{source} is the file of another model than this one ({said}).")
    return _write_gguf(reader, {key: tensors[key] for key in shapes}, target)


def to_q8(source: Path, target: Path) -> Path:
    """Writes a GGUF file's matrices at eight bits: served one and a half times as fast on a CPU.

    Args:
        source: A GGUF file.
        target: The file to write; if it is there, nothing is done.
    """
    import gguf

    if target.is_file():
        return target
    reader = gguf.GGUFReader(source)
    tensors = {t.name: gguf.dequantize(t.data, t.tensor_type) for t in reader.tensors}
    return _write_gguf(reader, tensors, target, eight_bits=True)


def _write_gguf(
    reader: Any, tensors: dict[str, Any], target: Path, *, eight_bits: bool = False
) -> Path:
    """Tensors with the metadata and the tokenizer of another file; vectors stay at 32 bits."""
    import gguf
    import numpy as np

    target.parent.mkdir(parents=True, exist_ok=True)
    types = gguf.LlamaFileType
    with whole_file(target) as temporary:
        writer = gguf.GGUFWriter(temporary, reader.fields["general.architecture"].contents())
        writer.add_file_type(types.MOSTLY_Q8_0 if eight_bits else types.MOSTLY_F16)
        if eight_bits:
            writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
        for field in reader.fields.values():
            if field.name.startswith(_SKIPPED):
                continue
            kinds: list[Any] = list(field.types)
            inner = kinds[1] if kinds[0] == gguf.GGUFValueType.ARRAY else None
            writer.add_key_value(field.name, field.contents(), kinds[0], sub_type=inner)
        q8 = gguf.GGMLQuantizationType.Q8_0
        for key, value in tensors.items():
            if value.ndim == 1:
                writer.add_tensor(key, value.astype(np.float32))
            elif eight_bits:
                coded = gguf.quants.quantize(value.astype(np.float32), q8)
                writer.add_tensor(key, coded, raw_dtype=q8)
            else:
                writer.add_tensor(key, value.astype(np.float16))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
    return target


def _tensors(model: Any) -> dict[str, Any]:
    """Weights by llama.cpp's names, as numpy arrays."""
    config = model.config
    heads = {
        "self_attn.q_proj": config.num_attention_heads,
        "self_attn.k_proj": config.num_key_value_heads,
    }
    found: dict[str, Any] = {}
    for name, value in model.state_dict().items():
        array = value.detach().float().cpu().numpy()
        module, _, kind = name.rpartition(".")
        if module in _TOP:
            if module == "lm_head" and config.tie_word_embeddings:
                continue
            found[f"{_TOP[module]}.{kind}"] = array
            continue
        _, _, number, inner = module.split(".", 3)
        if inner in heads:
            array = _rotary_order(array, heads[inner])
        found[f"blk.{number}.{_BLOCK[inner]}.{kind}"] = array
    return found


def _rotary_order(rows: Any, heads: int) -> Any:
    """Rows of q or k as llama.cpp wants them: the two halves of each head interleaved."""
    out, width = rows.shape
    return rows.reshape(heads, 2, out // heads // 2, width).swapaxes(1, 2).reshape(out, width)
