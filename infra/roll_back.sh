#!/usr/bin/env bash
# Sends all requests of functions to their previous revisions, or to the ones named:
#
#   infra/roll_back.sh [--project P] [--region R] [--env E] [--dry-run] [--yes] NAME[=REVISION]...
#
# Functions that share a model go back together. The next deploy.sh serves its new revision again.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=infra/common.sh
source infra/common.sh
# shellcheck source=infra/functions.sh
source infra/functions.sh

CHOSEN=()

read_options() {
  while [[ $# -gt 0 ]]; do
    shared_option "$@"
    if ((TAKEN == 0)); then
      case "$1" in
        --help | -h) usage ;;
        -*) fail "no such option: $1" ;;
        *)
          read_row "${1%%=*}"
          CHOSEN+=("$1") TAKEN=1
          ;;
      esac
    fi
    shift "$TAKEN"
  done
  settle_options
  [[ ${#CHOSEN[@]} -gt 0 ]] || fail "name a function"
}

# The one made before the one that serves.
previous_revision() {
  local serving revisions
  serving="$(serving_revision "$1")"
  revisions="$(gcloud run revisions list --service="$(named "$1")" --region="$REGION" \
    --project="$PROJECT" --sort-by=~metadata.creationTimestamp --format='value(metadata.name)')"
  sed -n "/^$serving\$/{n;p;q}" <<<"$revisions"
}

go_back() {
  local name="${1%%=*}" revision=""
  [[ "$1" != *=* ]] || revision="${1#*=}"
  [[ -n "$revision" ]] || revision="$(ask PREVIOUS previous_revision "$name")"
  [[ -n "$revision" ]] || fail "$name has no revision to go back to"
  serve_revision "$name" "$revision"
}

read_options "$@"
confirm "Rolling back ${CHOSEN[*]} in $PROJECT, $ENVIRONMENT." "$ENVIRONMENT"
for name in "${CHOSEN[@]}"; do go_back "$name"; done
