# `make demo` runs the main job, `make test` the tests. Each makes its own .venv first.
PYTHON ?= python3
BIN := .venv/bin
DEMO ?= --out runs/demo

.PHONY: demo test check lint bench fuzz clean

.venv/installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --upgrade pip
	# The pinned torch first: a range could pull gigabytes that a laptop has no use for.
	$(BIN)/python -m pip install -q -c constraints.txt "torch==2.13.0"
	$(BIN)/python -m pip install -q -c constraints.txt -e ".[dev]"
	touch $@

demo: .venv/installed
	$(BIN)/autosafe demo $(DEMO)

test: .venv/installed
	$(BIN)/python -m pytest

check: .venv/installed
	$(BIN)/autosafe check --seeds 100
	$(BIN)/autosafe check --mutations all --seeds 20
	$(BIN)/autosafe coverage > /dev/null
	$(BIN)/autosafe controls --episodes 1000

lint: .venv/installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict autosafe_gym

bench: .venv/installed
	$(BIN)/python benchmarks/step.py
	$(BIN)/python benchmarks/ppo.py
	$(BIN)/python benchmarks/runner.py

# The larger hostile tier; `pip install atheris` makes the inputs of the readers follow coverage.
FUZZ_SECONDS ?= 600
FUZZ_ACTIONS ?= 1000000
fuzz: .venv/installed
	$(BIN)/python tests/hostile/campaign.py --actions 20000 --trace
	$(BIN)/python tests/hostile/campaign.py --actions $(FUZZ_ACTIONS) --jobs 2
	$(BIN)/python tests/hostile/fuzz_parsers.py --seconds $(FUZZ_SECONDS)
	$(BIN)/python -m pytest -m slow tests/hostile

clean:
	rm -rf .venv runs .pytest_cache .mypy_cache .ruff_cache .hypothesis
