# Two commands are all a newcomer needs: `make demo` and `make test`. Each makes .venv by itself.
# Arguments for the benchmarks, such as BENCH="--python tensorflow=/path/to/python --rounds 3".
BENCH ?=
PYTHON ?=
export PYTHON

BIN := .venv/bin
READY := .venv/.ready

.PHONY: help venv demo test test-all lint bench bench-gpu docs clean

help:
	@echo "make demo      small programs on real data; pictures in out/"
	@echo "make test      the tests (test-all: the slow ones too)"
	@echo "make lint      ruff, mypy, import-linter"
	@echo "make bench     speed and size of start-up, eager ops and gradients"
	@echo "make bench-gpu tests and benchmark on a GPU (BENCH=--small: a rehearsal without one)"
	@echo "make docs      checks the links and examples of the documentation"
	@echo "make venv      .venv only; PYTHON=... chooses the Python"

$(READY): pyproject.toml tools/make_venv.sh
	@tools/make_venv.sh

venv: $(READY)

demo: $(READY)
	@$(BIN)/tapeflow demo

test: $(READY)
	$(BIN)/pytest -q -n auto --dist loadfile -m "not slow"

test-all: $(READY)
	$(BIN)/pytest -q -n auto --dist loadfile

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)
	$(BIN)/python benchmarks/bench.py --only start/,eager/ $(BENCH)

bench-gpu: $(READY)
	@test ! -e /dev/nvidiactl || $(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,cuda13]'
	$(BIN)/python benchmarks/gpu/bench_gpu.py $(BENCH)

docs: $(READY)
	$(BIN)/python tools/check_docs.py

clean:
	rm -rf .venv out build dist .*_cache
