#!/usr/bin/env bash
# Known vulnerabilities in all that each function and the tests install, what is named and what that
# brings. Needs pip-audit and the network; without either it says so, and fails only where
# AIFR_DEMAND_AUDIT is set:
#
#   infra/audit.sh
set -euo pipefail
cd "$(dirname "$0")/.."

unless_demanded() {
  printf 'not audited: %s\n' "$1" >&2
  [[ -n "${AIFR_DEMAND_AUDIT:-}" ]] && exit 1
  exit 0
}

command -v pip-audit >/dev/null || unless_demanded "pip-audit is not installed"
curl --fail --silent --max-time 20 --output /dev/null https://pypi.org/pypi/pip/json ||
  unless_demanded "the advisories of pypi.org cannot be reached"
for lock in functions/*/requirements.lock locks/*.lock; do
  printf '%s\n' "$lock"
  # A torch from the CPU index is the torch that the advisories know.
  pip-audit --requirement "$lock" --require-hashes --disable-pip --strict --progress-spinner=off
done
