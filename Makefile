# Where a plain install of torch would bring CUDA:
#   make run TORCH_INDEX=https://download.pytorch.org/whl/cpu
PYTHON ?= python3
TORCH_INDEX ?=
PORT ?= 8080
MODEL ?= models/default
DATA ?= ../shared/data
CONFIG ?= training/configs/compact.toml
RUN ?= runs/$(basename $(notdir $(CONFIG)))
BIN := .venv/bin
INSTALL := $(BIN)/pip install --quiet $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))
DETECTOR := models/default/detector.pt

.PHONY: run test lint format train evaluate calibrate bench

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

# The weights of MTCNN come out of the facenet-pytorch wheel; nothing imports that package here.
$(DETECTOR): training/export_detector.py training/torchscript.py | .venv/.serve
	$(BIN)/python -W ignore -m training.export_detector $(@D)

.venv/.serve: pyproject.toml
	$(PYTHON) -m venv .venv
	$(INSTALL) -e ".[local]"
	$(INSTALL) --no-deps facenet-pytorch==2.5.3
	touch $@

.venv/.test: .venv/.serve
	$(INSTALL) -e ".[local,train,test]"
	touch $@
