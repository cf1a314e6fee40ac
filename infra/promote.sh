#!/usr/bin/env bash
# Makes a trained model the deployed one, if it is not worse than what serves:
#
#   infra/promote.sh [--project P] [--region R] [--env E] [--dry-run] [--yes] VERSION
#
# Takes gs://PROJECT-models/models/VERSION into models/default, deploys the functions that use it,
# and starts re-embedding. If the functions go back, so does models/default. Commit it afterwards.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=infra/common.sh
source infra/common.sh

VERSION=""
DEPLOYED=(similarity batch_similarity search ingest)
SERVED="${AIFR_SERVED:-models/default}"

read_options() {
  while [[ $# -gt 0 ]]; do
    shared_option "$@"
    if ((TAKEN == 0)); then
      case "$1" in
        --help | -h) usage ;;
        -*) fail "no such option: $1" ;;
        *) VERSION="$1" TAKEN=1 ;;
      esac
    fi
    shift "$TAKEN"
  done
  settle_options
  [[ -n "$VERSION" ]] || fail "name a version"
  SHARED=(--project "$PROJECT" --region "$REGION" --env "$ENVIRONMENT")
  [[ -z "$DRY_RUN" ]] || SHARED+=(--dry-run)
}

fetch() {
  step "The candidate"
  run rm -rf "$BUILD/candidate"
  run mkdir -p "$BUILD/candidate"
  run gcloud storage cp "gs://$PROJECT-models/models/$VERSION/*" "$BUILD/candidate/"
}

judge() {
  step "Not worse than what serves, beyond its interval"
  run "$PYTHON" -m infra.promotion judge "$BUILD/candidate" "$SERVED" \
    --results=docs/results/default.json
}

install_model() {
  step "Into $SERVED, what was there kept aside"
  run rm -rf "$BUILD/previous"
  run cp -R "$SERVED" "$BUILD/previous"
  run cp "$BUILD/candidate/embedder.pt" "$BUILD/candidate/card.json" "$BUILD/candidate/single-mate.json" \
    "$SERVED/"
}

put_back() {
  local status=$?
  if ((status != 0)); then
    say "the functions serve what they did; so does $SERVED"
    run cp "$BUILD/previous/embedder.pt" "$BUILD/previous/card.json" "$SERVED/"
  fi
  exit "$status"
}

main() {
  read_options "$@"
  fetch
  judge
  confirm "$VERSION becomes the model of $PROJECT, $ENVIRONMENT." "$VERSION"
  install_model
  trap put_back EXIT
  step "Deployment"
  run infra/deploy.sh "${SHARED[@]}" "${DEPLOYED[@]}"
  trap - EXIT
  step "Re-embedding; until it ends, searches find what it has reached"
  run gcloud run jobs execute "$(named reembed)" --region="$REGION" --project="$PROJECT" --async
  say "commit models/default, then measure it: make calibrate evaluate"
}

main "$@"
