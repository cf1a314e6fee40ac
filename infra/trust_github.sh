#!/usr/bin/env bash
# Lets the workflows of one GitHub repository deploy, without any stored key:
#
#   infra/trust_github.sh [--project P] [--env E] [--dry-run] OWNER/REPOSITORY
#
# Once a project, by someone who may. Only runs in the GitHub environment named like --env are
# trusted. Prints what the workflow's variables must hold. Each environment needs a project of its
# own: who deploys may change every function of the project.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=infra/common.sh
source infra/common.sh
# shellcheck source=infra/functions.sh
source infra/functions.sh

REPOSITORY=""
# What a deployment of functions, jobs and site does; the ground is laid by a person.
ROLES=(cloudfunctions.admin run.admin cloudscheduler.admin eventarc.admin compute.viewer
  artifactregistry.reader)

read_options() {
  while [[ $# -gt 0 ]]; do
    shared_option "$@"
    if ((TAKEN == 0)); then
      case "$1" in
        --help | -h) usage ;;
        -*) fail "no such option: $1" ;;
        *) REPOSITORY="$1" TAKEN=1 ;;
      esac
    fi
    shift "$TAKEN"
  done
  settle_options
  [[ "$REPOSITORY" == */* ]] || fail "name a repository: OWNER/REPOSITORY"
}

# What may deploy staging must not reach production.
stand_alone() {
  local other="staging"
  [[ "$ENVIRONMENT" == "production" ]] || other="production"
  [[ -z "$DRY_RUN" ]] || return 0
  ! gcloud iam service-accounts describe "deployer-$other@$PROJECT.iam.gserviceaccount.com" \
    --project="$PROJECT" >/dev/null 2>&1 ||
    fail "$PROJECT is deployed to as $other; $ENVIRONMENT needs a project of its own"
}

make_pool() {
  local pool
  pool="$(named github)"
  step "Who GitHub says they are"
  ensure gcloud iam workload-identity-pools describe "$pool" --location=global \
    --project="$PROJECT" -- \
    gcloud iam workload-identity-pools create "$pool" --location=global --project="$PROJECT"
  ensure gcloud iam workload-identity-pools providers describe github --location=global \
    --workload-identity-pool="$pool" --project="$PROJECT" -- \
    gcloud iam workload-identity-pools providers create-oidc github --location=global \
    --workload-identity-pool="$pool" --project="$PROJECT" \
    --issuer-uri=https://token.actions.githubusercontent.com \
    --attribute-mapping=google.subject=assertion.sub \
    --attribute-condition="assertion.sub == 'repo:$REPOSITORY:environment:$ENVIRONMENT'"
}

make_deployer() {
  local role name
  step "What they may do"
  ensure gcloud iam service-accounts describe "$(account deployer)" --project="$PROJECT" -- \
    gcloud iam service-accounts create "$(named deployer)" --project="$PROJECT"
  for role in "${ROLES[@]}"; do
    patiently gcloud projects add-iam-policy-binding "$PROJECT" \
      --member="serviceAccount:$(account deployer)" --role="roles/$role" --condition=None \
      --format=none
  done
  for name in "${FUNCTIONS[@]}" operations scheduler events build; do
    patiently gcloud iam service-accounts add-iam-policy-binding "$(account "$name")" \
      --project="$PROJECT" --member="serviceAccount:$(account deployer)" \
      --role=roles/iam.serviceAccountUser --format=none
  done
  # Copying to a bucket asks for the bucket first.
  for role in objectAdmin legacyBucketReader; do
    patiently gcloud storage buckets add-iam-policy-binding "$(bucket site)" \
      --member="serviceAccount:$(account deployer)" --role="roles/storage.$role" --format=none
  done
}

trust() {
  local number pool
  number="$(ask NUMBER gcloud projects describe "$PROJECT" --format='value(projectNumber)')"
  pool="projects/$number/locations/global/workloadIdentityPools/$(named github)"
  patiently gcloud iam service-accounts add-iam-policy-binding "$(account deployer)" \
    --project="$PROJECT" --role=roles/iam.workloadIdentityUser --format=none \
    --member="principal://iam.googleapis.com/$pool/subject/repo:$REPOSITORY:environment:$ENVIRONMENT"
  step "Variables of the GitHub environment $ENVIRONMENT"
  printf 'GCP_PROJECT=%s\nGCP_PROVIDER=%s/providers/github\nGCP_DEPLOYER=%s\n' \
    "$PROJECT" "$pool" "$(account deployer)"
}

read_functions
read_options "$@"
stand_alone
make_pool
make_deployer
trust
