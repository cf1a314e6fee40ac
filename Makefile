# Where a plain install of torch would bring CUDA:
#   make run TORCH_INDEX=https://download.pytorch.org/whl/cpu
PYTHON ?= python3
TORCH_INDEX ?=
PORT ?= 8080
# Folder of the research data sets, each a folder or zip, and of teachers/.
DATA ?= ../shared/data
SETS ?= utkface all_age_faces faces
FGNET ?= $(DATA)/fgnet_dev.zip
TEACHERS ?= $(sort $(wildcard $(DATA)/teachers/*.pt))
CONFIG ?= training/configs/compact-joined.toml
MODEL ?= models/default
NAME := $(basename $(notdir $(CONFIG)))
BIN := .venv/bin
# By environment, so that it reaches every pip below: a test installs a staged function.
ifneq ($(TORCH_INDEX),)
export PIP_EXTRA_INDEX_URL := $(strip $(PIP_EXTRA_INDEX_URL) $(TORCH_INDEX))
endif
DETECTOR := models/default/detector.pt

.PHONY: run test lint format lock stage deploy prepare train ladder calibrate evaluate bench

run: $(DETECTOR)
	$(BIN)/python -m infra.local_server --port $(PORT)

test: .venv/.test $(DETECTOR)
	$(BIN)/python -m pytest $(TESTS)

lint: .venv/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The deployable folder of a function: make stage FUNCTION=similarity
FUNCTION ?= similarity
stage: $(DETECTOR)
	$(BIN)/python -m infra.stage $(FUNCTION)

# make deploy PROJECT=p REGION=europe-west1 ENV=staging; `infra/deploy.sh --dry-run` shows the plan.
REGION ?= europe-west1
ENV ?= staging
deploy: $(DETECTOR)
	infra/deploy.sh --project $(PROJECT) --region $(REGION) --env $(ENV)

# Every step resumes where it stopped.
prepare: .venv/.test $(DETECTOR)
	for set in $(SETS); do \
		place=$$(ls -d $(DATA)/$$set $(DATA)/$$set.zip 2>/dev/null | head -n 1); \
		$(BIN)/python -W ignore -m training.prepare $$set "$${place:-$(DATA)/$$set}" cache/$$set || exit 1; \
	done

train: prepare
	$(BIN)/python -W ignore -m training.distil $(CONFIG) runs/$(NAME) \
		--data $(SETS:%=cache/%) --teachers $(TEACHERS)
	$(BIN)/python -W ignore -m training.export runs/$(NAME)/student.pt $(MODEL) --name $(NAME)

# A row of the ladder: make ladder CONFIG=training/configs/ladder/transfer-dal.toml SETS=small
ladder: .venv/.test
	$(BIN)/python -W ignore -m training.train $(CONFIG) runs/$(NAME) --data $(SETS:%=cache/%)

calibrate: .venv/.test $(DETECTOR)
	$(BIN)/python -W ignore -m training.calibrate --model $(MODEL) --data $(FGNET)

evaluate: .venv/.test $(DETECTOR)
	$(BIN)/python -W ignore -m training.evaluate report --model $(MODEL) \
		--teachers $(TEACHERS) --data $(FGNET) \
		--labelled cache/utkface --network runs/$(NAME)/student.pt --out docs

bench: .venv/.test $(DETECTOR)
	$(BIN)/python -m infra.install locks/bench.lock
	$(BIN)/python -W ignore -m benchmarks.compare
	$(BIN)/python -W ignore -m benchmarks.embedder
	$(BIN)/python -W ignore -m benchmarks.search --sizes 10000 100000 --firestore-size 1000

# The weights of MTCNN come out of the facenet-pytorch wheel; nothing imports that package here.
$(DETECTOR): training/export_detector.py training/torchscript.py | .venv/.serve
	$(BIN)/python -W ignore -m training.export_detector $(@D)

# What is installed is what a lock names, file by file; `make lock` writes them from pyproject.toml
# and functions/*/requirements.txt.
lock: .venv/.serve
	$(BIN)/python -m infra.install locks/tools.lock
	$(BIN)/python -m infra.lock

.venv/.serve: pyproject.toml locks/serving.lock
	$(PYTHON) -m venv .venv
	$(BIN)/python -m infra.install locks/serving.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

.venv/.test: .venv/.serve locks/development.lock
	$(BIN)/python -m infra.install locks/development.lock
	touch $@
