#!/usr/bin/env bash
# What the scripts beside it share: options, the plan or its execution, questions, names.
# Sourced, never run.
# shellcheck disable=SC2034 # what is set here is used there

# A command that fails inside $(...) ends the script too.
shopt -s inherit_errexit

PROJECT="${GOOGLE_CLOUD_PROJECT:-}"
REGION="europe-west1"
ENVIRONMENT="staging"
DRY_RUN=""
YES=""
# Seconds before a second attempt; twice as long before each further one.
PAUSE="${AIFR_PAUSE:-5}"
PYTHON="${PYTHON:-python3}"
BUILD="${AIFR_BUILD:-build}"
WIDTH=98

# Takes one of the options that all scripts share; TAKEN says how many words it was, 0 if none.
shared_option() {
  TAKEN=2
  case "$1" in
    --project) PROJECT="$(value_of "$@")" ;;
    --region) REGION="$(value_of "$@")" ;;
    --env) ENVIRONMENT="$(value_of "$@")" ;;
    --dry-run) DRY_RUN="yes" TAKEN=1 ;;
    --yes) YES="yes" TAKEN=1 ;;
    *) TAKEN=0 ;;
  esac
}

value_of() {
  [[ $# -ge 2 && "$2" != --* ]] || fail "$1 needs a value"
  printf '%s' "$2"
}

# Checks what the options said, once all are read.
settle_options() {
  [[ "$ENVIRONMENT" == "staging" || "$ENVIRONMENT" == "production" ]] ||
    fail "--env is staging or production, not $ENVIRONMENT"
  [[ -n "$PROJECT" || -z "$DRY_RUN" ]] || PROJECT="PROJECT"
  [[ -n "$PROJECT" ]] || fail "say --project, or set GOOGLE_CLOUD_PROJECT"
  DATABASE="casebook-$ENVIRONMENT"
}

fail() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit 2
}

say() { printf '%s\n' "$*" >&2; }

step() { printf '\n# %s\n' "$*"; }

# The usage is the comment at the top of the script.
usage() {
  sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
  exit
}

# Sets QUOTED to a word as one would type it: --name='value with spaces'
quote() {
  local plain='^[A-Za-z0-9_./:=@,+^%-]+$' option='^(--[a-z-]+=)(.+)$'
  if [[ "$1" =~ $plain ]]; then
    QUOTED="$1"
  elif [[ "$1" =~ $option ]]; then
    QUOTED="${BASH_REMATCH[1]}${BASH_REMATCH[2]@Q}"
  else
    QUOTED="${1@Q}"
  fi
}

# Prints a command as one would type it, wrapped.
show() {
  local line="" word
  for word in "$@"; do
    quote "$word"
    if ((${#line} > 3 && ${#line} + ${#QUOTED} > WIDTH)); then
      printf '%s \\\n' "$line"
      line="   "
    fi
    line+="${line:+ }$QUOTED"
  done
  printf '%s' "$line"
}

# Runs a command that changes something; a dry run prints it.
run() {
  show "$@"
  printf '\n'
  [[ -n "$DRY_RUN" ]] || "$@"
}

# Writes a file that a later command reads; a dry run prints it.
write() {
  printf "cat >%s <<'END'\n%s\nEND\n" "$1" "$2"
  [[ -n "$DRY_RUN" ]] || printf '%s\n' "$2" >"$1"
}

# LOOK... -- MAKE...: runs MAKE unless LOOK succeeds.
ensure() {
  local look=()
  while [[ "$1" != "--" ]]; do
    look+=("$1")
    shift
  done
  shift
  if [[ -n "$DRY_RUN" ]]; then
    printf '%s ||\n' "$(show "${look[@]}")"
    run "$@"
  elif ! "${look[@]}" >/dev/null 2>&1; then
    run "$@"
  fi
}

# LOOK... -- REMOVE...: runs REMOVE if LOOK succeeds.
remove() {
  local look=()
  while [[ "$1" != "--" ]]; do
    look+=("$1")
    shift
  done
  shift
  if [[ -n "$DRY_RUN" ]]; then
    printf '%s &&\n' "$(show "${look[@]}")"
    run "$@"
  elif "${look[@]}" >/dev/null 2>&1; then
    run "$@"
  fi
}

# What a reading command says; a dry run asks nobody and takes the first word instead.
ask() {
  local otherwise="$1"
  shift
  if [[ -n "$DRY_RUN" ]]; then
    printf '%s' "$otherwise"
  else
    "$@"
  fi
}

# Runs a command until it succeeds, seven times in five minutes at most: a new permission, account or
# metric takes that long to be known everywhere.
patiently() {
  local attempt pause="$PAUSE"
  for attempt in 1 2 3 4 5 6; do
    run "$@" && return
    say "attempt $attempt failed; again in $pause s"
    sleep "$pause"
    pause=$((pause * 2))
  done
  run "$@"
}

# Goes on only if the person types the word, or said --yes.
confirm() {
  local question="$1" word="$2" answer=""
  [[ -z "$DRY_RUN" && -z "$YES" ]] || return 0
  printf '%s Type %s to go on: ' "$question" "$word" >&2
  read -r answer || true
  [[ "$answer" == "$word" ]] || fail "nothing was done"
}

# The name of a thing in this environment: batch_similarity -> batch-similarity-staging
named() { printf '%s-%s' "${1//_/-}" "$ENVIRONMENT"; }

account() { printf '%s@%s.iam.gserviceaccount.com' "$(named "$1")" "$PROJECT"; }

# incoming, photos or site -> gs://PROJECT-staging-incoming
bucket() { printf 'gs://%s-%s-%s' "$PROJECT" "$ENVIRONMENT" "$1"; }
