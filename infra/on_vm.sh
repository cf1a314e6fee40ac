#!/usr/bin/env bash
# Runs on the GPU VM that train_vm.sh makes, in the folder of the code:
#
#   infra/on_vm.sh BUCKET CONFIG SET...
#
# Trains on the data sets of BUCKET/data, resuming what BUCKET/runs holds of this configuration;
# exports, calibrates, evaluates; leaves the model with its card in BUCKET/models/VERSION.
set -euo pipefail
cd "$(dirname "$0")/.."

BUCKET="$1" CONFIG="$2"
SETS=("${@:3}")
NAME="$(basename "$CONFIG" .toml)"
RUN="runs/$NAME"
MODEL="build/model"
PYTHON=(.venv/bin/python -W ignore)

fetch() {
  mkdir -p data cache "$RUN"
  gcloud storage rsync "$BUCKET/data" data --recursive
  # A first run has nothing to resume.
  gcloud storage rsync "$BUCKET/runs/$NAME" "$RUN" --recursive || true
}

save() { gcloud storage rsync "$RUN" "$BUCKET/runs/$NAME" --recursive; }

# So that a machine that vanishes takes ten minutes of work with it at most.
save_now_and_then() {
  while sleep 600; do save || true; done
}

prepare() {
  make .venv/.test models/default/detector.pt
  make prepare DATA=data SETS="${SETS[*]}"
}

# A configuration that counts samples is a distillation; one that counts epochs is of the ladder.
train() {
  local folders=("${SETS[@]/#/cache/}")
  if grep -q '^samples' "$CONFIG"; then
    "${PYTHON[@]}" -m training.distil "$CONFIG" "$RUN" --data "${folders[@]}" \
      --teachers data/teachers/*.pt
  else
    .venv/bin/torchrun --standalone --nproc-per-node="$(nvidia-smi --list-gpus | wc -l)" \
      -m training.train "$CONFIG" "$RUN" --data "${folders[@]}"
  fi
}

weights() {
  if [[ -f "$RUN/student.pt" ]]; then printf '%s' "$RUN/student.pt"; else printf '%s' "$RUN/network.pt"; fi
}

measure() {
  mkdir -p "$MODEL"
  cp models/default/detector.pt "$MODEL/detector.pt"
  "${PYTHON[@]}" -m training.export "$(weights)" "$MODEL" --name "$NAME"
  "${PYTHON[@]}" -m training.calibrate --model "$MODEL" --data data/fgnet_dev.zip
  "${PYTHON[@]}" -m training.evaluate single-mate --model "$MODEL" --data data/fgnet_dev.zip \
    --out "$MODEL"
}

publish() {
  local version
  version="$("${PYTHON[@]}" -m infra.promotion version "$MODEL")"
  gcloud storage cp "$MODEL"/* "$BUCKET/models/$version/"
  printf 'model: %s\n' "$version"
}

main() {
  fetch
  prepare
  save_now_and_then &
  trap 'kill %1; save' EXIT
  train
  measure
  publish
}

main
