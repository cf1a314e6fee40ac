#!/usr/bin/env bash
# Trains on a GPU VM, which is deleted whatever happens:
#
#   infra/train_vm.sh [--project P] [--dry-run] [OPTION...] CONFIG SET...
#
# CONFIG is a file of training/configs; each SET a data set in gs://PROJECT-models/data, where also
# fgnet_dev.zip and, for a distillation, teachers/ lie. What HEAD holds is what runs. The model ends
# in gs://PROJECT-models/models/VERSION, from where promote.sh takes it.
#
#   --zone ZONE       default europe-west4-a
#   --machine TYPE    default g2-standard-8, one L4; a2-highgpu-4g has four A100
#   --image FAMILY    default common-cu129-ubuntu-2404-nvidia-580, of deeplearning-platform-release
#   --on-demand       a VM that is not preempted, at about three times the price
#   --hours N         the longest that the VM lives, whatever becomes of this script (default 24)
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=infra/common.sh
source infra/common.sh

ZONE="europe-west4-a"
MACHINE="g2-standard-8"
IMAGE="common-cu129-ubuntu-2404-nvidia-580"
SPOT="yes"
HOURS=24
ATTEMPTS=20
WORDS=()

read_options() {
  while [[ $# -gt 0 ]]; do
    shared_option "$@"
    if ((TAKEN == 0)); then
      TAKEN=2
      case "$1" in
        --zone) ZONE="$(value_of "$@")" ;;
        --machine) MACHINE="$(value_of "$@")" ;;
        --image) IMAGE="$(value_of "$@")" ;;
        --hours) HOURS="$(value_of "$@")" ;;
        --on-demand) SPOT="" TAKEN=1 ;;
        --help | -h) usage ;;
        -*) fail "no such option: $1" ;;
        *) WORDS+=("$1") TAKEN=1 ;;
      esac
    fi
    shift "$TAKEN"
  done
  settle_options
  [[ ${#WORDS[@]} -ge 2 ]] || fail "name a configuration and data sets"
  [[ -f "${WORDS[0]}" ]] || fail "there is no ${WORDS[0]}"
  MODELS="gs://$PROJECT-models"
  VM="train-$(basename "${WORDS[0]}" .toml)"
  TRAINER="training@$PROJECT.iam.gserviceaccount.com"
}

prepare_project() {
  step "Where data, runs and models are kept, and who may"
  ensure gcloud storage buckets describe "$MODELS" -- \
    gcloud storage buckets create "$MODELS" --project="$PROJECT" --location="$REGION" \
    --uniform-bucket-level-access --public-access-prevention
  ensure gcloud iam service-accounts describe "$TRAINER" --project="$PROJECT" -- \
    gcloud iam service-accounts create training --project="$PROJECT" --display-name=training
  patiently gcloud storage buckets add-iam-policy-binding "$MODELS" \
    --member="serviceAccount:$TRAINER" --role=roles/storage.objectUser --format=none
}

make_vm() {
  local kind=(--provisioning-model=STANDARD)
  [[ -z "$SPOT" ]] || kind=(--provisioning-model=SPOT)
  step "The VM"
  trap delete_vm EXIT
  ensure gcloud compute instances describe "$VM" "${WHERE[@]}" -- \
    gcloud compute instances create "$VM" "${WHERE[@]}" --machine-type="$MACHINE" \
    "${kind[@]}" --instance-termination-action=STOP --maintenance-policy=TERMINATE \
    --max-run-duration="${HOURS}h" --image-family="$IMAGE" \
    --image-project=deeplearning-platform-release --boot-disk-size=200GB \
    --metadata=install-nvidia-driver=True --service-account="$TRAINER" --scopes=cloud-platform
}

delete_vm() {
  local status=$?
  step "The VM goes"
  run gcloud compute instances delete "$VM" "${WHERE[@]}" --quiet ||
    say "$VM COULD NOT BE DELETED and costs money; delete it by hand"
  exit "$status"
}

on_vm() { gcloud compute ssh "$VM" "${WHERE[@]}" --command="$1"; }

shown_on_vm() { run gcloud compute ssh "$VM" "${WHERE[@]}" --command="$1"; }

# A VM takes a minute until it answers.
wait_for_vm() {
  local attempt
  [[ -z "$DRY_RUN" ]] || return 0
  for attempt in {1..30}; do
    on_vm true 2>/dev/null && return
    sleep "$PAUSE"
  done
  say "$VM does not answer"
  return 1
}

send_code() {
  step "Code and configuration"
  mkdir -p "$BUILD"
  run git archive --format=tar.gz --output="$BUILD/code.tar.gz" HEAD
  run gcloud compute scp "$BUILD/code.tar.gz" "$VM:code.tar.gz" "${WHERE[@]}"
  shown_on_vm "mkdir -p aifr && tar -xzf code.tar.gz -C aifr"
}

vm_status() {
  gcloud compute instances describe "$VM" "${WHERE[@]}" --format='value(status)'
}

# Streams the log. A VM that was preempted is started again; training resumes from its checkpoint.
train() {
  local attempt code words
  step "Training, export, calibration, evaluation"
  words="$(printf ' %q' "${WORDS[@]}")"
  for ((attempt = 1; attempt <= ATTEMPTS; attempt++)); do
    code=0
    shown_on_vm "cd aifr && infra/on_vm.sh $MODELS$words" || code=$?
    ((code != 0)) || return 0
    # ssh ends with 255 when the connection does; any other code is the training's own.
    [[ "$(vm_status)" != "RUNNING" || "$code" == 255 ]] || return "$code"
    say "the VM was preempted or the connection lost; resuming ($attempt of $ATTEMPTS)"
    sleep "$PAUSE"
    [[ "$(vm_status)" == "RUNNING" ]] || patiently gcloud compute instances start "$VM" "${WHERE[@]}"
    wait_for_vm
  done
  return 1
}

main() {
  read_options "$@"
  WHERE=(--zone="$ZONE" --project="$PROJECT")
  git diff --quiet HEAD || say "uncommitted changes stay here: HEAD is what runs"
  prepare_project
  make_vm
  wait_for_vm
  send_code
  train
}

main "$@"
