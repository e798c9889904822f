"""Training of a tiny model in torch, and the weights' way to GGUF and back."""

import json

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
for name in ("trl", "peft", "datasets", "accelerate", "gguf"):
    pytest.importorskip(name)

from autosafe_gym import agents  # noqa: E402
from autosafe_gym.agents.local_model import FILE, cache_dir  # noqa: E402
from autosafe_gym.evaluation.evaluate import risk_env  # noqa: E402
from autosafe_gym.training.llm import grpo, samples, tuner  # noqa: E402
from autosafe_gym.training.llm.recipe import LoraPart, ModelPart, RunPart, StagePart  # noqa: E402

needs_weights = pytest.mark.skipif(
    not (cache_dir() / FILE).is_file(), reason="autosafe model install"
)
CHATML = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"


def tiny(seed=0):
    torch.manual_seed(seed)
    config = transformers.LlamaConfig(
        vocab_size=64,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        tie_word_embeddings=True,
    )
    return transformers.LlamaForCausalLM(config)


def word_tokenizer(template):
    from tokenizers import Tokenizer, models

    inner = Tokenizer(models.WordLevel({"<unk>": 0}, unk_token="<unk>"))
    made = transformers.PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="<|im_end|>")
    made.chat_template = template
    return made


def rows(count=12):
    draw = torch.Generator().manual_seed(1)
    found = []
    for _ in range(count):
        ids = torch.randint(3, 60, (12,), generator=draw).tolist()
        found.append({"input_ids": ids, "labels": [-100] * 8 + ids[8:]})
    return found


def pairs(count=8):
    draw = torch.Generator().manual_seed(2)
    make = lambda n: torch.randint(3, 60, (n,), generator=draw).tolist()  # noqa: E731
    return [{"prompt": make(7), "chosen": make(4), "rejected": make(5)} for _ in range(count)]


def run(folder, steps, data=None, name="sft", model=None, **more):
    stage = StagePart(steps=steps, accumulate=2, learning_rate=1e-2, **more)
    return tuner.run_stage(
        name,
        model or tuner.with_lora(tiny(), LoraPart(rank=4)),
        data or rows(),
        folder,
        stage=stage,
        setting=ModelPart(),
        run=RunPart(checkpoint_every=4),
        seed=0,
        pad=0,
    )


def log(folder):
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def test_imitation_learns_and_a_resumed_run_ends_where_a_whole_one_does(tmp_path):
    whole = run(tmp_path / "whole", 12)
    lines = log(tmp_path / "whole")
    assert whole["steps"] == 12 and whole["rows_seen"] == 24
    assert lines[-1]["loss"] < lines[0]["loss"]
    run(tmp_path / "part", 12)
    for number in (8, 12):
        assert (tmp_path / "part" / f"checkpoint-{number}" / "clock.json").is_file()
    import shutil

    shutil.rmtree(tmp_path / "part" / "checkpoint-12")
    run(tmp_path / "part", 12, model=tuner.with_lora(tiny(), LoraPart(rank=4)))
    again = log(tmp_path / "part")
    assert [r["step"] for r in again] == list(range(1, 13))
    assert [r["loss"] for r in again] == pytest.approx([r["loss"] for r in lines], abs=1e-4)


def test_only_the_top_blocks_are_trained_where_the_recipe_says_so():
    model = tuner.with_lora(tiny(), LoraPart(rank=2, top=1))
    names = [n for n, p in model.named_parameters() if p.requires_grad]
    assert len(names) == 14 and all(".layers.1." in n for n in names)
    assert (
        len([p for p in tuner.with_lora(tiny(), LoraPart()).parameters() if p.requires_grad]) == 28
    )


def test_a_budget_of_time_ends_the_stage(tmp_path):
    stage = {"minutes": 0.02}
    found = run(tmp_path, 0, **stage)
    assert 1 <= found["steps"] < 10_000 and found["seconds"] >= 1.2


def test_both_answers_of_a_pair_are_scored_as_if_alone():
    model = tuner.with_lora(tiny(), LoraPart(rank=4)).eval()
    data = pairs(3)
    data[1]["prompt"] = data[1]["prompt"][:4]
    inputs = tuner._Preference.collate(data, 0)
    scores, lengths = tuner.answers(model, inputs)
    for at, row in enumerate(data):
        for side, key in enumerate(("chosen", "rejected")):
            ids = torch.tensor([row["prompt"] + row[key]])
            logits = model(input_ids=ids).logits[0, :-1].log_softmax(-1)
            told = logits.gather(1, ids[0, 1:, None])[len(row["prompt"]) - 1 :].sum()
            assert float(scores[side, at]) == pytest.approx(float(told), abs=1e-4)
            assert int(lengths[side, at]) == len(row[key])


def test_preferences_are_learned(tmp_path):
    model = tuner.with_lora(tiny(), LoraPart(rank=4))
    inputs = tuner._Preference.collate(pairs(), 0)

    def margin():
        with torch.no_grad():
            scores, _ = tuner.answers(model.eval(), inputs)
        return float((scores[0] - scores[1]).mean())

    before = margin()
    run(tmp_path, 12, pairs(), "dpo", model)
    assert margin() > before + 1


def test_the_template_of_grpo_says_what_the_agent_says():
    class Endpoint:
        model = "m"

    env = risk_env("autosafe/All-v0", split="train")
    tokenizer = word_tokenizer(grpo.CHAT_TEMPLATE)
    plain = word_tokenizer(CHATML)
    for seed in range(40):
        _, info = env.reset(seed=seed)
        agent = agents.llm_agent("brief", Endpoint())
        agent.reset(info)
        ours = tokenizer.apply_chat_template(grpo.prompt(info), tools=info["tools"], tokenize=False)
        assert ours == plain.apply_chat_template(agent._chat, tokenize=False)


def test_a_call_in_the_brief_form_is_read_and_written_as_a_tool_call():
    from trl.chat_template_utils import supports_tool_calling

    tokenizer = word_tokenizer(grpo.CHAT_TEMPLATE)
    assert supports_tool_calling(tokenizer)
    said = '{"name": "read_mail", "arguments": {"mail_id":"mail-3"}}'
    call = {"name": "read_mail", "arguments": {"mail_id": "mail-3"}}
    message = {"role": "assistant", "tool_calls": [{"type": "function", "function": call}]}
    chat = [{"role": "user", "content": "Read it."}, message]
    text = tokenizer.apply_chat_template(chat, tokenize=False)
    assert text.endswith(f"<|im_start|>assistant\n{said}<|im_end|>\n")
    tokenizer.response_template = grpo.RESPONSE_TEMPLATE
    found = tokenizer.parse_response(f"{said}<|im_end|>", prefix="<|im_start|>assistant\n")
    assert found["tool_calls"] == message["tool_calls"]
    words = tokenizer.parse_response("No call.<|im_end|>", prefix="<|im_start|>assistant\n")
    assert words["content"] == "No call." and not words.get("tool_calls")


@needs_weights
@pytest.mark.slow
def test_weights_go_to_gguf_and_are_served_as_they_are_in_torch(tmp_path):
    import numpy as np
    from gguf import GGUFReader

    from autosafe_gym.agents.endpoint import LOCAL, Endpoint, Settings, Usage
    from autosafe_gym.agents.local_model import installed_model
    from autosafe_gym.agents.local_server import LocalServer
    from autosafe_gym.errors import DataError
    from autosafe_gym.training.llm import weights

    source = installed_model()
    model, tokenizer = weights.load_model(source), weights.load_tokenizer(source)
    same = weights.save_gguf(model, source, tmp_path / "same.gguf")
    known = {t.name: t.data for t in GGUFReader(source).tensors}
    found = {t.name: t.data for t in GGUFReader(same).tensors}
    assert known.keys() == found.keys()
    assert all(np.array_equal(known[k], found[k]) for k in known)
    # A changed model: every block differs from the source, q and k included.
    adapted = tuner.with_lora(model, LoraPart(rank=2))
    torch.manual_seed(0)
    for key, value in adapted.named_parameters():
        if "lora_B" in key:
            value.data.normal_(0, 0.02)
    model = weights.merged(adapted).eval()
    file = weights.save_gguf(model, source, tmp_path / "changed.gguf")
    folder = weights.save_folder(model, tokenizer, tmp_path / "folder")
    chat = [{"role": "user", "content": "Please read mail-37 and say what it is about."}]
    text = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
    ids = tokenizer(text, return_tensors="pt", add_special_tokens=False)["input_ids"]
    with torch.no_grad():
        told = model(input_ids=ids).logits[0, -1].log_softmax(-1)
        again = weights.load_model(folder).eval()(input_ids=ids).logits[0, -1].log_softmax(-1)
        back = weights.load_model(file).eval()(input_ids=ids).logits[0, -1].log_softmax(-1)
    assert torch.allclose(told, again, atol=1e-4)
    assert float((told - back).abs().max()) < 0.05
    server = LocalServer(file, context=512)
    endpoint = Endpoint(LOCAL, base_url=server.base_url, api_key="none", settings=Settings(0.0, 1))
    reply = endpoint.ask(chat, Usage(), seed=0, logprobs=True, top_logprobs=10)
    ids_of = {tokenizer.decode([n]): n for n in told.topk(40).indices.tolist()}
    close = [abs(p - float(told[ids_of[t]])) for t, p in reply.logprobs if t in ids_of]
    assert len(close) >= 8 and max(close) < 0.05
    with pytest.raises(DataError, match="another model"):
        weights.save_gguf(tiny(), source, tmp_path / "none.gguf")


def test_tokens_are_learned_only_where_the_assistant_speaks():
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    chars = {chr(n): n for n in range(32, 127)} | {"\n": 1, "<|im_end|>": 2, "<unk>": 0}
    inner = Tokenizer(models.WordLevel(chars, unk_token="<unk>"))
    inner.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    inner.decoder = decoders.Fuse()
    made = transformers.PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="<|im_end|>")
    made.chat_template = CHATML + (
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )
    chat = [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": "old"},
        {"role": "user", "content": "b"},
        {"role": "assistant", "content": "xy"},
        {"role": "user", "content": "c"},
        {"role": "assistant", "content": "z"},
    ]
    row = samples.encode(samples.Sample(chat, 3, ("", "", "", "")), made)
    learned = made.decode([n for n in row["labels"] if n >= 0])
    assert learned.replace(" ", "") == "xy<|im_end|>z<|im_end|>".replace(" ", "")
    assert len(row["labels"]) == len(row["input_ids"])
