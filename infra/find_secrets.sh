#!/usr/bin/env bash
# Looks for secrets in what is committed; ends with 1 where it finds one:
#
#   infra/find_secrets.sh [FOLDER]
set -euo pipefail
cd "${1:-$(dirname "$0")/..}"

# Private keys, keys of service accounts, and tokens of AWS, Google, GitHub and Slack.
PATTERNS=(
  "BEGIN [A-Z ]*PRIVATE KEY"
  '"type": *"service_account"'
  "(AKIA|ASIA)[0-9A-Z]{16}"
  "AIza[0-9A-Za-z_-]{35}"
  "ya29\.[0-9A-Za-z_-]{20}"
  "gh[pousr]_[0-9A-Za-z]{36}"
  "xox[abps]-[0-9A-Za-z-]{10}"
)
# Of this project; the README shows two that opened records of a machine that is gone.
OWN="(report|key)_[0-9a-z_]*[0-9a-f]{40}"

words=()
for pattern in "${PATTERNS[@]}"; do words+=(-e "$pattern"); done
search() { git grep --line-number -I --extended-regexp "$@"; }

found=""
# This file names what it looks for.
! search "${words[@]}" -- . ':!infra/find_secrets.sh' || found="yes"
! search -e "$OWN" -- . ':!README.md' || found="yes"
if [[ -n "$found" ]]; then
  printf 'What looks like a secret is committed. If it is one, revoke it first, then remove it.\n' >&2
  exit 1
fi
