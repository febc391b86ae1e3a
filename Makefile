# Entry points of the project. `make compare` and `make test` work on a fresh Debian machine: what
# is missing gets installed first, Debian packages with apt-get, Python packages into .venv.

SHIPPED = models/fashion_mobilenet_v1_025_96.tflite
MODEL  ?= $(SHIPPED)
INPUT  ?= $(if $(filter $(SHIPPED),$(MODEL)),models/inputs/03_dress_0013.png)
MODELS ?= $(sort $(wildcard models/*.tflite))
PAPER  ?= --measure stream --target stream-32
JOBS   ?= $(shell nproc)
PYTEST ?=
LAYERS ?= 100000
SEED   ?= 0
export PYTHON
# Or each of the many processes would compile all of the code again.
unexport PYTHONDONTWRITEBYTECODE

BIN      := .venv/bin
RUNTIME  := .venv/installed
DEV      := .venv/installed-dev
C_FILES   = $(shell find firmware soc tests -name '*.[ch]' -o -name '*.cpp' -o -name '*.hpp')
INSTALLED_BY := pyproject.toml constraints.txt scripts/setup_venv.sh

.DEFAULT_GOAL := help
.PHONY: help compare pictures test test-full exactness bench lint lint-python lint-c lint-verilog format setup system system-tests clean distclean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

compare: $(RUNTIME) ## every layer of the shipped model, plain RISC-V against custom instructions
	@$(BIN)/dwpw compare $(MODEL) $(if $(INPUT),--input $(INPUT))

pictures: $(RUNTIME) ## docs/pictures again, from a run of the shipped model (some minutes)
	@mkdir -p build
	@$(BIN)/dwpw report $(SHIPPED) --input models/inputs/03_dress_0013.png -o build/report.html --pictures docs/pictures

bench: $(RUNTIME) ## totals of models in models/ (MODELS="..."), then for an hour or two of the paper's (PAPER="..."); see build/bench
	@mkdir -p build/bench
	@set -e; for model in $(MODELS); do \
	    $(BIN)/dwpw compare $$model --no-layers --json build/bench/$$(basename $$model .tflite).json; \
	done
	@$(BIN)/dwpw paper table $(PAPER) --json build/bench/paper.json

test: $(DEV) ## the tests, without the long simulations (more options: PYTEST="-k cache -x")
	@$(BIN)/pytest -q -n $(JOBS) --dist worksteal $(PYTEST)

test-full: $(DEV) ## all tests
	@scripts/install_second_opinion.sh
	@$(BIN)/pytest -q -n $(JOBS) --dist worksteal -m "" $(PYTEST)

exactness: $(DEV) ## LAYERS random layers, from SEED on, by every kernel and by both TFLite interpreters
	@scripts/install_second_opinion.sh
	@$(BIN)/python -m tests.exactness_search --layers $(LAYERS) --seed $(SEED) --jobs $(JOBS)

lint: lint-python lint-c lint-verilog ## ruff, clang-format and Verilator's view of extension and L2

lint-python: $(DEV)
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet

lint-c: $(DEV)
	@$(BIN)/clang-format --dry-run -Werror $(C_FILES)

lint-verilog: $(DEV)
	@scripts/lint_verilog.sh

format: $(DEV) ## rewrite the layout of all Python and C files
	@$(BIN)/ruff check --quiet --fix
	@$(BIN)/ruff format --quiet
	@$(BIN)/clang-format -i $(C_FILES)

setup: $(DEV) ## install everything that running and testing needs, and nothing else

clean: ## remove what was built
	@rm -rf build .pytest_cache .ruff_cache .hypothesis *.egg-info
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

distclean: clean ## remove .venv as well
	@rm -rf .venv

system:
	@scripts/system_packages.sh

system-tests:
	@scripts/system_packages.sh tests

$(RUNTIME): $(INSTALLED_BY) | system
	@scripts/setup_venv.sh

$(DEV): $(INSTALLED_BY) | system-tests
	@scripts/setup_venv.sh dev

# A checkout that was moved needs a new environment.
ifneq ($(file < .venv/location),$(CURDIR))
.PHONY: $(RUNTIME) $(DEV)
endif
