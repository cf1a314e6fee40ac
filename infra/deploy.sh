#!/usr/bin/env bash
# From a checkout to a running deployment:
#
#   infra/deploy.sh [--project P] [--region R] [--env staging|production] [OPTION...] [NAME...]
#
# Without names: the project's services, buckets, accounts, database, all functions, jobs, the site
# and monitoring. With names (functions, or "site"): these only, for a project that is set up.
# The site is deployed to a --domain only: a page at an address that it shares with others' pages can
# be read by them, and so can drafts, photos and tokens in the browser.
# Every step may be repeated. The new revisions are tested, and go back together if one fails.
#
#   --dry-run              print every command, run none
#   --domain NAME          one address, with a load balancer, for the site and all functions;
#                          without it, functions alone, which no browser may call
#   --staff-audience ID    the OpenID audience of reviewers' tokens; without it none can log in
#   --min-instances N      instances kept warm of each function that people wait for (default 0)
#   --alert-email ADDRESS  who hears of alerts
#   --partner-buckets S3, --partner-role ARN, --partner-region R
#                          buckets on AWS whose photos ingest takes, as s3://BUCKET/PREFIX=PARTNER;
#                          see infra/aws/README.md
#
# Needs gcloud, curl, make, openssl and Python 3.11.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=infra/common.sh
source infra/common.sh
# shellcheck source=infra/project.sh
source infra/project.sh
# shellcheck source=infra/firestore.sh
source infra/firestore.sh
# shellcheck source=infra/functions.sh
source infra/functions.sh
# shellcheck source=infra/jobs.sh
source infra/jobs.sh
# shellcheck source=infra/front.sh
source infra/front.sh
# shellcheck source=infra/monitoring.sh
source infra/monitoring.sh

CHOSEN=()
SITE=""

read_options() {
  while [[ $# -gt 0 ]]; do
    shared_option "$@"
    if ((TAKEN == 0)); then
      TAKEN=2
      case "$1" in
        --domain) DOMAIN="$(value_of "$@")" ;;
        --staff-audience) STAFF_AUDIENCE="$(value_of "$@")" ;;
        --min-instances) MIN_INSTANCES="$(value_of "$@")" ;;
        --alert-email) ALERT_EMAIL="$(value_of "$@")" ;;
        --partner-buckets) PARTNER_BUCKETS="$(value_of "$@")" ;;
        --partner-role) PARTNER_ROLE="$(value_of "$@")" ;;
        --partner-region) PARTNER_REGION="$(value_of "$@")" ;;
        --help | -h) usage ;;
        -*) fail "no such option: $1" ;;
        site) SITE="yes" TAKEN=1 ;;
        *)
          read_row "$1"
          CHOSEN+=("$1") TAKEN=1
          ;;
      esac
    fi
    shift "$TAKEN"
  done
  settle_options
  settle_domain
  ORIGINS="${DOMAIN:+https://$DOMAIN}"
}

# The site needs an origin that no other site has. The plan of a whole may leave its name open.
settle_domain() {
  local whole=""
  [[ ${#CHOSEN[@]} -gt 0 || -n "$SITE" ]] || whole="yes"
  [[ -z "$DOMAIN" && -n "$whole$SITE" ]] || return 0
  [[ -n "$whole" && -n "$DRY_RUN" ]] || fail "the site needs an origin of its own: say --domain"
  DOMAIN="DOMAIN"
}

lay_ground() {
  enable_services
  make_agents
  make_accounts
  make_buckets
  grant_permissions
  make_audit_key
  make_database
  make_indexes
  deploy_rules
}

deploy_functions() {
  local name
  step "The model's detector, which is made at installation"
  run make models/default/detector.pt
  for name in "$@"; do deploy_function "$name"; done
  smoke_test
  close_side_doors
  REPLACED=()
}

has_ingest() { [[ " $* " == *" ingest "* ]]; }

# Whatever ends the script early takes back what it replaced, and shuts what it opened.
at_exit() {
  local status=$?
  close_side_doors || status=1
  ((status == 0)) || roll_back
  exit "$status"
}

main() {
  local whole=""
  read_functions
  read_options "$@"
  mkdir -p "$BUILD"
  trap at_exit EXIT
  [[ ${#CHOSEN[@]} -gt 0 || -n "$SITE" ]] || whole="yes"
  if [[ -n "$whole" ]]; then
    lay_ground
    CHOSEN=("${FUNCTIONS[@]}")
    SITE="yes"
  fi
  [[ ${#CHOSEN[@]} -eq 0 ]] || deploy_functions "${CHOSEN[@]}"
  ! has_ingest "${CHOSEN[@]}" || deploy_jobs
  [[ -z "$SITE" ]] || deploy_site
  [[ -z "$whole" ]] || make_front_door
  [[ -z "$whole" ]] || make_monitoring
  step "Done: $PROJECT, $ENVIRONMENT"
}

main "$@"
