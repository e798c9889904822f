"""GRPO in the environment, with TRL: groups of rollouts from one seed, rewarded by what they did.

The chat template below is the form `brief` told as a template with tools, so that what is trained here
is what `BriefAgent` sends; the response template reads a call the way the agent does.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from autosafe_gym.agents.text_agents import BriefAgent
from autosafe_gym.errors import DataError
from autosafe_gym.library.registration import risk_env
from autosafe_gym.storage.reading import json_lines
from autosafe_gym.training.llm.environments import factories, rows, safe_and_useful
from autosafe_gym.training.llm.recipe import Recipe, StagePart
from autosafe_gym.training.llm.weights import load_model, merged

CHAT_TEMPLATE = """\
{%- for message in messages -%}
{%- if message['role'] == 'tool' -%}
{{ '<|im_start|>user\\nObservation: ' + message['content'] + '<|im_end|>\\n' }}
{%- elif message['role'] == 'assistant' and message.get('tool_calls') -%}
{%- set call = message['tool_calls'][0]['function'] -%}
{%- set given = call['arguments'] -%}
{%- if given is not string -%}{%- set given = given | tojson(separators=(',', ':')) -%}{%- endif -%}
{{ '<|im_start|>assistant\\n{"name": ' + (call['name'] | tojson) + ', "arguments": ' + given
+ '}<|im_end|>\\n' }}
{%- else -%}
{{ '<|im_start|>' + message['role'] + '\\n' + (message['content'] or '') }}
{%- if loop.first and tools -%}
{{ '\\n\\nTools:' }}
{%- for tool in tools -%}
{{ '\\n' + tool['function']['name'] + '('
+ (tool['function']['parameters'].get('required', []) | join(', ')) + ')' }}
{%- endfor -%}
{%- endif -%}
{{ '<|im_end|>\\n' }}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}
"""

RESPONSE_TEMPLATE: dict[str, Any] = {
    "defaults": {"role": "assistant"},
    "start_anchor": "<|im_start|>assistant\n",
    "fields": {
        "tool_calls": {
            "open_pattern": r'(?=\{"name")',
            "close_pattern": r"<\|im_end\|>\s*",
            "content": "json",
            "transform": {"type": "function", "function": "{content}"},
            "repeats": True,
        },
        "content": {"close_pattern": r"<\|im_end\|>\s*", "content": "text"},
    },
}


def prompt(info: dict[str, Any]) -> list[dict[str, Any]]:
    """The chat so far; the template adds the tools to its first message, as `BriefAgent` does.

    Args:
        info: Of `reset`.
    """
    chat = list(info["messages"])
    if chat[0]["role"] != "system":
        chat.insert(0, {"role": "system", "content": BriefAgent.rules})
    return chat


def run_grpo(
    recipe: Recipe, before: Path, tokenizer: Any, folder: Path, seed: int, report: Any = None
) -> tuple[Any, dict[str, Any]]:
    """Trains the adapters of a model by GRPO.

    Args:
        recipe: The recipe.
        before: The model to begin with; it should know the form.
        tokenizer: Its tokenizer; it gets the templates of this module.
        folder: Of checkpoints and `metrics.jsonl`.
        seed: Of the scenarios and of sampling.
        report: Called with (phase, done in thousandths, 1000).

    Returns:
        The model with adapters merged, and what was done.

    Raises:
        DataError: If the recipe's form is another than brief.
    """
    os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
    import torch
    from datasets import Dataset
    from transformers import PrinterCallback, set_seed
    from trl import GRPOConfig, GRPOTrainer

    from autosafe_gym.training.llm.clock import Clock, Keeper, last_checkpoint
    from autosafe_gym.training.llm.tuner import use_bf16, with_lora

    if recipe.data.form != "brief":
        raise DataError(f"data.form = {recipe.data.form!r}: GRPO is in the form brief.")
    part = recipe.grpo
    set_seed(seed)
    torch.set_num_threads(recipe.model.threads)
    tokenizer.chat_template = CHAT_TEMPLATE
    tokenizer.response_template = RESPONSE_TEMPLATE
    kwargs = {"split": recipe.data.split, "max_steps": part.max_calls}
    env = risk_env(recipe.data.env, **kwargs)
    first = 500_000_000 + seed * 1_000_000  # Far from the scenarios of imitation.
    data = rows(env, range(first, first + part.scenarios), prompt)
    steps = part.steps or 1_000_000
    arguments = GRPOConfig(
        output_dir=str(folder),
        max_steps=steps,
        per_device_train_batch_size=part.generations * part.prompts,
        num_generations=part.generations,
        max_completion_length=part.max_tokens,
        max_tool_calling_iterations=part.max_calls,
        temperature=part.temperature,
        learning_rate=part.learning_rate,
        beta=0.0,
        logging_steps=1,
        save_steps=recipe.run.checkpoint_every,
        save_total_limit=2,
        seed=seed,
        bf16=use_bf16(recipe.model),
        use_cpu=not torch.cuda.is_available(),
        report_to=[],
        disable_tqdm=True,
        dataloader_pin_memory=False,
        gradient_checkpointing=False,
    )
    stage = StagePart(minutes=part.minutes, steps=part.steps, learning_rate=part.learning_rate)
    clock = Clock(stage, steps)
    model = with_lora(load_model(before), recipe.lora)
    trainer = GRPOTrainer(
        model=model,
        args=arguments,
        processing_class=tokenizer,
        train_dataset=Dataset.from_list(data),
        reward_funcs=[safe_and_useful],
        environment_factory=factories(data, recipe.data.env, kwargs),
        callbacks=[Keeper("grpo", clock, folder, report)],
    )
    trainer.remove_callback(PrinterCallback)
    last = last_checkpoint(folder)
    clock.start(last)
    trainer.train(resume_from_checkpoint=str(last) if last else None)
    log = [row for _, row in json_lines(folder / "metrics.jsonl")]
    rewards = [row["reward"] for row in log if row.get("reward") is not None]
    return merged(trainer.model), {
        "steps": trainer.state.global_step,
        "rows": len(data),
        "rows_seen": trainer.state.global_step * part.prompts * part.generations,
        "tokens_seen": int(trainer.state.num_input_tokens_seen or 0),
        "seconds": round(clock.seconds(), 1),
        "loss": log[-1]["loss"] if log else None,
        "reward": {"first": rewards[:10], "last": rewards[-10:]},
    }
