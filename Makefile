# Every target sets up what it needs in .venv by itself, once. Set up again only when a file named in SETUP changes.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup run test lint types arch docs-fresh docs pages generate test-peers setup-peers setup-core-peers setup-linux-peer bench fuzz cortex-m clean

VENV := .venv
BIN := $(VENV)/bin
SETUP := pyproject.toml constraints.txt CMakeLists.txt $(wildcard c/core/*.[ch] c/python/*.[ch])
PYTEST ?= -n auto
CAPTURE ?= tests/vectors/captures/riot-rpl.pcap
MEDIUM ?= build/levels.pcap
FUZZ_SECONDS ?= 60
PYTHON ?= $(shell for name in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)

# pip reads the constraints for the build's own requirements too.
INSTALL := PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install -qq
# The network is waited for so long. What is here by then is installed whole, or nothing is.
APT_SECONDS ?= 240
AS_ROOT_WITH_APT := [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null
APT_INSTALL := DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends
apt_install = { timeout $(APT_SECONDS) sh -c 'apt-get update -qq && $(APT_INSTALL) --download-only $(1)' && \
	$(APT_INSTALL) --no-download $(1); } >/dev/null
# $(call peer,PROGRAMS,PACKAGES): a peer that is missing is never an error.
peer = @( for one in $(1); do command -v $$one || exit 1; done ) >/dev/null || \
	{ $(AS_ROOT_WITH_APT) && $(call apt_install,$(2)); } || \
	echo "missing, and only root can install them, with apt and a network: $(2). Their tests skip by name"

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|' 2>/dev/null || \
		sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1: \2/p' Makefile

setup: $(VENV)/.has-dev ## everything that a developer needs, in .venv
	@:

run: $(VENV)/.has-run ## a network of every level in this process, its capture explained, and what to try next
	@mkdir -p $(dir $(MEDIUM))
	@$(BIN)/p6lowpan run levels --pcap $(MEDIUM) --compare level-0
	@echo
	@echo "Its capture, $(MEDIUM), in figures:"
	@echo
	@$(BIN)/p6lowpan explain --quiet $(MEDIUM)
	@echo
	@echo "Try next:"
	@echo "  .venv/bin/p6lowpan run --list"
	@echo "      other networks; docs/simulating.md tells how to write your own"
	@echo "  .venv/bin/p6lowpan run levels --speed 10"
	@echo "      the same, ten times as fast as the clock, to look on"
	@echo "  .venv/bin/p6lowpan explain $(MEDIUM)"
	@echo "      its frames, a line each; with --frame 41 every octet of one"
	@echo "  .venv/bin/p6lowpan explain $(CAPTURE)"
	@echo "      a capture of three RIOT routers that meet"
	@echo "  .venv/bin/p6lowpan --help"
	@echo "      everything else"

test: setup lint types arch docs-fresh pages ## all checks and all tests
	@$(BIN)/python -m pytest $(PYTEST)

lint: $(VENV)/.has-dev ## ruff: format and rules
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .

types: $(VENV)/.has-dev ## mypy --strict
	@$(BIN)/mypy --no-error-summary

arch: $(VENV)/.has-dev ## the dependency rule of ARCHITECTURE.md
	@$(BIN)/lint-imports >.import-linter.log || { cat .import-linter.log; exit 1; }

docs-fresh: $(VENV)/.has-dev ## are the generated files what the code says?
	@$(BIN)/python docs/generate.py --check
	@$(BIN)/python c/write_tables.py --check

generate: $(VENV)/.has-dev ## write the generated pages of docs/ and tables of c/ anew
	@$(BIN)/python docs/generate.py
	@$(BIN)/python c/write_tables.py

docs: generate pages ## the documentation in docs/_build/html; a warning is an error
	@echo "docs/_build/html/index.html"

pages: $(VENV)/.has-dev
	@$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html

setup-peers: $(VENV)/.has-dev $(VENV)/.has-peers ## tshark (as root, with apt) and scapy
	$(call peer,tshark,tshark)

setup-core-peers: ## what the C core is compiled for and fuzzed with beside gcc (as root, with apt)
	$(call peer,arm-none-eabi-gcc qemu-system-arm,gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm)
	$(call peer,clang,clang libclang-rt-14-dev)

setup-linux-peer: $(VENV)/.made ## QEMU, and a Linux kernel to run in it (as root, with apt)
	$(call peer,qemu-system-x86_64 busybox socat iwpan make gcc,qemu-system-x86 busybox-static socat wpan-tools make gcc libelf1)
	@PYTHONPATH=tests $(BIN)/python -m peers.linux.kernel build/linux-peer || echo "Its tests skip by name"

test-peers: setup-peers setup-linux-peer ## tshark and scapy; the Linux kernel in QEMU as a neighbour; a gateway that is killed 50 times
	@$(BIN)/python -m pytest tests/peers $(PYTEST)
	@P6LOWPAN_LINUX_PEER=1 $(BIN)/python -m pytest tests/peers/linux -n 2 --dist loadfile
	@P6LOWPAN_KILLS=50 $(BIN)/python -m pytest tests/gateway/test_killed.py -n0

bench: $(VENV)/.has-bench ## packets a second, beside scapy's
	@$(BIN)/python -m benchmarks.run

fuzz: $(VENV)/.has-fuzz ## every fuzz target, 60 s in all, and the C core as long (FUZZ_SECONDS)
	@$(BIN)/python -m fuzz.run --seconds $(FUZZ_SECONDS)
	@$(BIN)/python c/fuzz/run.py --seconds $(FUZZ_SECONDS)

cortex-m: $(VENV)/.has-run ## the C core on a Cortex-M3: code, RAM, stack; vectors and instructions on QEMU
	@$(BIN)/python c/cortex_m/measure.py

clean: ## remove what was built and cached; .venv stays
	@rm -rf build dist docs/_build fuzz/corpus .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache \
		.import-linter.log .benchmarks
	@find src tests docs fuzz benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.made:
	@[ -n "$(PYTHON)" ] || { echo "p6lowpan needs Python 3.11 or later: none is on the path"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { $(AS_ROOT_WITH_APT) && $(call apt_install,python3-venv); } || \
		{ echo "Python has no venv module here: apt-get install python3-venv"; exit 1; }
	@[ -x $(BIN)/python ] || { echo "Setting up .venv (once)"; $(PYTHON) -m venv $(VENV); }
	@touch $@

$(VENV)/.has-run: $(VENV)/.made $(SETUP)
	@$(INSTALL) -e .
	@touch $@

$(VENV)/.has-%: $(VENV)/.made $(SETUP)
	@$(INSTALL) -e '.[$*]'
	@touch $@ $(VENV)/.has-run
