#!/usr/bin/env bash
# Takes a deployment down, in an order in which nothing works on what is gone:
#
#   infra/destroy.sh [--project P] [--region R] [--env E] [--dry-run] [--yes] [--data]
#
# Records and photos stay unless --data says that they go too, for good.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=infra/common.sh
source infra/common.sh
# shellcheck source=infra/project.sh
source infra/project.sh
# shellcheck source=infra/functions.sh
source infra/functions.sh

DATA=""

read_options() {
  while [[ $# -gt 0 ]]; do
    shared_option "$@"
    if ((TAKEN == 0)); then
      case "$1" in
        --data) DATA="yes" TAKEN=1 ;;
        --help | -h) usage ;;
        *) fail "no such option: $1" ;;
      esac
    fi
    shift "$TAKEN"
  done
  settle_options
}

remove_front_door() {
  local door name
  door="$(named door)"
  step "The front door"
  remove_global forwarding-rules "$door"
  remove_global target-https-proxies "$door"
  remove_global url-maps "$door"
  for name in "${FUNCTIONS[@]}"; do
    remove_global backend-services "$(named "$name")"
    remove gcloud compute network-endpoint-groups describe "$(named "$name")" \
      --region="$REGION" --project="$PROJECT" -- \
      gcloud compute network-endpoint-groups delete "$(named "$name")" \
      --region="$REGION" --project="$PROJECT" --quiet
  done
  remove gcloud compute backend-buckets describe "$(named site)" --project="$PROJECT" -- \
    gcloud compute backend-buckets delete "$(named site)" --project="$PROJECT" --quiet
  remove_global ssl-policies "$door"
  remove_global ssl-certificates "$door"
  remove_global addresses "$door"
}

remove_global() {
  remove gcloud compute "$1" describe "$2" --global --project="$PROJECT" -- \
    gcloud compute "$1" delete "$2" --global --project="$PROJECT" --quiet
}

remove_jobs() {
  local name
  step "Jobs"
  for name in retention sweep audit; do
    remove gcloud scheduler jobs describe "$(named "$name")" --location="$REGION" \
      --project="$PROJECT" -- \
      gcloud scheduler jobs delete "$(named "$name")" --location="$REGION" \
      --project="$PROJECT" --quiet
  done
  for name in retention sweep reembed audit; do
    remove gcloud run jobs describe "$(named "$name")" --region="$REGION" --project="$PROJECT" -- \
      gcloud run jobs delete "$(named "$name")" --region="$REGION" --project="$PROJECT" --quiet
  done
}

remove_functions() {
  local name
  step "Functions, with their triggers"
  for name in "${FUNCTIONS[@]}"; do
    remove gcloud functions describe "$(named "$name")" --region="$REGION" \
      --project="$PROJECT" -- \
      gcloud functions delete "$(named "$name")" --region="$REGION" \
      --project="$PROJECT" --quiet
  done
}

remove_bucket() {
  remove gcloud storage buckets describe "$(bucket "$1")" -- \
    gcloud storage rm --recursive "$(bucket "$1")"
}

remove_data() {
  step "Photos, records and embeddings"
  remove_bucket incoming
  remove_bucket photos
  remove gcloud firestore databases describe --database="$DATABASE" --project="$PROJECT" -- \
    gcloud firestore databases update --database="$DATABASE" --project="$PROJECT" \
    --no-delete-protection
  remove gcloud secrets describe "$(named audit-key)" --project="$PROJECT" -- \
    gcloud secrets delete "$(named audit-key)" --project="$PROJECT" --quiet
  remove gcloud firestore databases describe --database="$DATABASE" --project="$PROJECT" -- \
    gcloud firestore databases delete --database="$DATABASE" --project="$PROJECT" --quiet
}

remove_accounts() {
  local name
  step "Accounts"
  for name in "${FUNCTIONS[@]}" "${HELPERS[@]}"; do
    remove gcloud iam service-accounts describe "$(account "$name")" --project="$PROJECT" -- \
      gcloud iam service-accounts delete "$(account "$name")" --project="$PROJECT" --quiet
  done
}

main() {
  read_functions
  read_options "$@"
  confirm "Taking down $PROJECT, $ENVIRONMENT${DATA:+, with all cases, photos and embeddings}." \
    "$ENVIRONMENT"
  [[ -z "$DATA" ]] || confirm "What is erased cannot be brought back." "erase"
  remove_front_door
  remove_jobs
  remove_functions
  step "The site"
  remove_bucket site
  [[ -z "$DATA" ]] || remove_data
  remove_accounts
  step "Left: services, the roles objectRemover and blobSigner, and monitoring${DATA:-, photos and records}"
}

main "$@"
