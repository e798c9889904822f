"""One training stage on tokens: LoRA, a budget in minutes or steps, checkpoints, resume, a log.

It is transformers' Trainer with a loss of our own: the language head is applied at learned tokens only,
and both answers of a preference pair share one pass over their prompt. That is meant for a CPU; on a
GPU it is the same code.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from torch.nn import functional
from transformers import PrinterCallback, Trainer, TrainingArguments

from autosafe_gym.storage.reading import json_lines
from autosafe_gym.training.llm.clock import Clock, Keeper, Report, last_checkpoint
from autosafe_gym.training.llm.recipe import LoraPart, ModelPart, RunPart, StagePart

_IGNORED = -100


def with_lora(model: Any, part: LoraPart) -> Any:
    """The model with fresh adapters, which alone are trained."""
    blocks = model.config.num_hidden_layers
    chosen = list(range(blocks - part.top, blocks)) if part.top else None
    head = model.get_output_embeddings()
    linear = {
        name.rsplit(".", 1)[-1]
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and module is not head
    }
    config = LoraConfig(
        r=part.rank,
        lora_alpha=part.alpha,
        lora_dropout=part.dropout,
        target_modules=sorted(linear),
        layers_to_transform=chosen,
        task_type="CAUSAL_LM",
    )
    return get_peft_model(model, config)


def use_bf16(part: ModelPart) -> bool:
    """Whether to compute in bf16: where the hardware has it (elsewhere it is many times slower)."""
    if part.precision != "auto":
        return part.precision == "bfloat16"
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    known = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return bool(known and known())


def run_stage(
    name: str,
    model: Any,
    rows: Sequence[dict[str, list[int]]],
    folder: Path,
    *,
    stage: StagePart,
    setting: ModelPart,
    run: RunPart,
    seed: int,
    pad: int,
    report: Report | None = None,
) -> dict[str, Any]:
    """Trains the adapters of a model.

    Args:
        name: "sft" or "dpo": what the rows are.
        model: With adapters.
        rows: As `samples.encode` or `samples.encode_pair` gives them.
        folder: Of checkpoints and of `metrics.jsonl`; a run that was interrupted goes on from there.
        stage: How long and how fast.
        setting: Precision and threads.
        run: How often to keep a checkpoint.
        seed: Of the order of the rows.
        pad: The padding token.
        report: Called with (phase, done in thousandths, 1000).

    Returns:
        Steps, rows seen, tokens learned from, seconds, the last loss.
    """
    torch.set_num_threads(setting.threads)
    each = stage.batch * stage.accumulate
    per_epoch = max(1, len(rows) // each)
    wanted = [stage.steps] if stage.steps else []
    wanted += [round(stage.epochs * per_epoch)] if stage.epochs else []
    # With minutes alone the number of steps is open: a bound that is never met.
    steps = max(1, min(wanted)) if wanted else 1_000_000
    bf16 = use_bf16(setting)
    arguments = TrainingArguments(
        output_dir=str(folder),
        max_steps=steps,
        per_device_train_batch_size=stage.batch,
        gradient_accumulation_steps=stage.accumulate,
        learning_rate=stage.learning_rate,
        max_grad_norm=1.0,
        logging_steps=1,
        save_steps=run.checkpoint_every,
        save_total_limit=2,
        seed=seed,
        data_seed=seed,
        bf16=bf16,
        use_cpu=not torch.cuda.is_available(),
        report_to=[],
        disable_tqdm=True,
        remove_unused_columns=False,
        dataloader_pin_memory=False,
        logging_nan_inf_filter=False,
    )
    clock = Clock(stage, steps)
    kind = _Preference if name == "dpo" else _Imitation
    trainer = kind(
        model=model,
        args=arguments,
        train_dataset=list(rows),
        data_collator=lambda batch: kind.collate(batch, pad),
        callbacks=[Keeper(name, clock, folder, report)],
    )
    # `metrics.jsonl` has what it would print through the progress bar.
    trainer.remove_callback(PrinterCallback)
    trainer.clock, trainer.stage = clock, stage
    last = last_checkpoint(folder)
    clock.start(last)
    trainer.train(resume_from_checkpoint=str(last) if last else None)
    log = [row for _, row in json_lines(folder / "metrics.jsonl")]
    losses = [row["loss"] for row in log[-10:]]
    return {
        "steps": trainer.state.global_step,
        "rows": len(rows),
        "rows_seen": trainer.state.global_step * each,
        "tokens_seen": clock.tokens,
        "seconds": round(clock.seconds(), 1),
        "loss": round(sum(losses) / len(losses), 4) if losses else None,
        "bf16": bf16,
    }


class _Tuner(Trainer):  # type: ignore[misc]
    """The Trainer with the clock's schedule; a row counts the same whatever its length."""

    clock: Clock
    stage: StagePart
    lr_scheduler: Any

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.model_accepts_loss_kwargs = False

    def _get_train_sampler(self, *_: Any) -> Any:
        """In order: the rows come balanced, and so is what a short stage gets to see of them."""
        return torch.utils.data.SequentialSampler(self.train_dataset)

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:
        """By the clock."""
        if self.lr_scheduler is None:
            self.lr_scheduler = torch.optim.lr_scheduler.LambdaLR(
                optimizer or self.optimizer, lambda step: self.clock.factor(step)
            )
        return self.lr_scheduler

    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """The loss of a batch."""
        self.clock.tokens += int(inputs["input_ids"].numel())
        loss = self.loss(model, inputs)
        return (loss, {}) if return_outputs else loss

    def loss(self, model: Any, inputs: dict[str, Any]) -> Any:
        """What subclasses compute."""
        raise NotImplementedError


class _Imitation(_Tuner):
    @staticmethod
    def collate(batch: list[dict[str, list[int]]], pad: int) -> dict[str, Any]:
        """Pads on the right."""
        width = max(len(row["input_ids"]) for row in batch)
        return {
            "input_ids": _padded([row["input_ids"] for row in batch], width, pad),
            "labels": _padded([row["labels"] for row in batch], width, _IGNORED),
            "attention_mask": _padded([[1] * len(row["input_ids"]) for row in batch], width, 0),
        }

    def loss(self, model: Any, inputs: dict[str, Any]) -> Any:
        """Mean over the learned tokens of each row, then over the rows."""
        scores, mask = _scores(
            model,
            {k: inputs[k] for k in ("input_ids", "attention_mask")},
            inputs["labels"],
        )
        return -((scores * mask).sum(1) / mask.sum(1).clamp(min=1)).mean()


class _Preference(_Tuner):
    """DPO: the rejected answer stands behind the chosen one and does not see it."""

    @staticmethod
    def collate(batch: list[dict[str, list[int]]], pad: int) -> dict[str, Any]:
        """One row for each pair: prompt, chosen, rejected; a mask that keeps the answers apart."""
        rows = [row["prompt"] + row["chosen"] + row["rejected"] for row in batch]
        width = max(map(len, rows))
        see = torch.zeros(len(batch), 1, width, width, dtype=torch.bool)
        labels = torch.full((2, len(batch), width), _IGNORED)
        places = torch.zeros(len(batch), width, dtype=torch.long)
        for at, row in enumerate(batch):
            start, middle, end = (
                len(row["prompt"]),
                len(row["prompt"] + row["chosen"]),
                len(rows[at]),
            )
            see[at, 0] = torch.ones(width, width, dtype=torch.bool).tril()
            see[at, 0, middle:end, start:middle] = False
            labels[0, at, start:middle] = torch.tensor(row["chosen"])
            labels[1, at, middle:end] = torch.tensor(row["rejected"])
            places[at, :middle] = torch.arange(middle)
            places[at, middle:end] = torch.arange(start, start + end - middle)
        return {
            "input_ids": _padded(rows, width, pad),
            "position_ids": places,
            "see": see,
            "labels": labels,
            "starts": torch.tensor([len(row["prompt"]) for row in batch]),
        }

    def loss(self, model: Any, inputs: dict[str, Any]) -> Any:
        """DPO (Rafailov et al., 2023) and a little of the chosen answer's own loss."""
        bare = self.accelerator.unwrap_model(model)
        with torch.no_grad(), bare.disable_adapter():
            known, _ = answers(model, inputs)
        scores, lengths = answers(model, inputs)
        gain = (scores[0] - scores[1]) - (known[0] - known[1])
        preferred = -functional.logsigmoid(self.stage.beta * gain).mean()
        return preferred - self.stage.keep * (scores[0] / lengths[0]).mean()


def answers(model: Any, inputs: dict[str, Any]) -> tuple[Any, Any]:
    """Log-probabilities and lengths of the chosen and the rejected answers, both (2, n)."""
    labels = inputs["labels"]
    see = torch.zeros(inputs["see"].shape, device=labels.device)
    see = see.masked_fill(~inputs["see"], torch.finfo(see.dtype).min)
    given = {
        "input_ids": inputs["input_ids"],
        "position_ids": inputs["position_ids"],
        "attention_mask": see,
    }
    both = torch.where(labels[0] != _IGNORED, labels[0], labels[1])
    # The rejected answer's first token comes from the prompt's last one, as the chosen one's does.
    scores, mask = _scores(model, given, both, inputs["starts"], labels[1] != _IGNORED)
    second = (labels[1] != _IGNORED)[:, 1:] & mask.bool()
    first = (labels[0] != _IGNORED)[:, 1:] & mask.bool()
    totals = torch.stack([(scores * first).sum(1), (scores * second).sum(1)])
    return totals, torch.stack([first.sum(1), second.sum(1)]).clamp(min=1)


def _scores(
    model: Any,
    given: dict[str, Any],
    labels: Any,
    starts: Any = None,
    second: Any = None,
) -> tuple[Any, Any]:
    """Log-probabilities of the labels (0 where there is none) and their mask, both (n, length - 1).

    The head is applied only where some row of the batch has a label.
    """
    n, width = labels.shape
    places = torch.arange(width - 1, device=labels.device).expand(n, -1).clone()
    if second is not None:
        for row in range(n):
            begins = int(second[row].int().argmax())
            places[row, begins - 1] = starts[row] - 1
    mask = labels[:, 1:] != _IGNORED
    keep = torch.unique(places[mask])
    logits = model(**given, logits_to_keep=keep, use_cache=False).logits.float()
    rows, columns = mask.nonzero(as_tuple=True)
    at = torch.searchsorted(keep, places[rows, columns])
    found = -functional.cross_entropy(logits[rows, at], labels[rows, columns + 1], reduction="none")
    scores = torch.zeros(n, width - 1, device=labels.device, dtype=found.dtype)
    return scores.index_put((rows, columns), found), mask


def _padded(rows: list[list[int]], width: int, value: int) -> Any:
    return torch.tensor([row + [value] * (width - len(row)) for row in rows])
