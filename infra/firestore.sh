#!/usr/bin/env bash
# The database of records and embeddings: itself, its indexes, its rules. Sourced by deploy.sh.

RULES="infra/firestore.rules"

make_database() {
  local protection="--no-delete-protection"
  [[ "$ENVIRONMENT" == "staging" ]] || protection="--delete-protection"
  step "Firestore: the database"
  ensure gcloud firestore databases describe --database="$DATABASE" --project="$PROJECT" -- \
    gcloud firestore databases create --database="$DATABASE" --project="$PROJECT" \
    --location="$REGION" --type=firestore-native "$protection"
}

make_indexes() {
  local options words
  step "Firestore: indexes, from infra/firestore.indexes.json"
  while read -r options; do
    read -ra words <<<"$options"
    make_index "${words[@]}"
  done < <("$PYTHON" -m infra.firestore composite)
  while read -r options; do
    read -ra words <<<"$options"
    run gcloud firestore indexes fields update "${words[@]}" \
      --database="$DATABASE" --project="$PROJECT" --async
  done < <("$PYTHON" -m infra.firestore fields)
  [[ -n "$DRY_RUN" ]] || wait_for_indexes
}

# There is no asking for one index by its fields, but making it twice says that it exists.
make_index() {
  local said command=(gcloud firestore indexes composite create "$@"
    --database="$DATABASE" --project="$PROJECT" --async)
  if [[ -n "$DRY_RUN" ]]; then
    run "${command[@]}"
  elif said="$("${command[@]}" 2>&1)"; then
    show "${command[@]}"
    printf '\n'
  elif ! grep -qi "already exists" <<<"$said"; then
    say "$said"
    return 1
  fi
}

# A query whose index is still being built fails.
wait_for_indexes() {
  local attempt
  for attempt in {1..120}; do
    if ! gcloud firestore indexes composite list --database="$DATABASE" --project="$PROJECT" \
      --format='value(state)' | grep -qv READY; then
      return
    fi
    say "indexes are being built ($attempt); again in $PAUSE s"
    sleep "$PAUSE"
  done
  say "the indexes are not ready after 120 looks"
  return 1
}

# gcloud has no command for rules; this is the API that the Firebase CLI uses.
RULES_API="https://firebaserules.googleapis.com/v1"

deploy_rules() {
  local release="projects/$PROJECT/releases/cloud.firestore/$DATABASE" known="" ruleset
  step "Firestore: rules, from infra/firestore.rules, that deny every direct access"
  mkdir -p "$BUILD"
  [[ -n "$DRY_RUN" ]] || known="$(rules_ask "$release" | firestore_text value rulesetName)"
  if [[ -n "$known" && "$(rules_ask "$known" | firestore_text content)" == "$(<"$RULES")" ]]; then
    return
  fi
  run "$PYTHON" -m infra.firestore ruleset --out="$BUILD/ruleset.json"
  rules_change POST "projects/$PROJECT/rulesets" "$BUILD/ruleset.json" "$BUILD/made.json"
  ruleset="$(ask "projects/$PROJECT/rulesets/NEW" made_ruleset)"
  release_rules "$release" "$ruleset" "$known"
}

# A release names the ruleset that applies; there is one a database.
release_rules() {
  local body="{\"name\": \"$1\", \"rulesetName\": \"$2\"}"
  if [[ -n "$3" ]]; then
    write "$BUILD/release.json" "{\"release\": $body}"
    rules_change PATCH "$1" "$BUILD/release.json" "$BUILD/released.json"
  else
    write "$BUILD/release.json" "$body"
    rules_change POST "projects/$PROJECT/releases" "$BUILD/release.json" "$BUILD/released.json"
  fi
}

made_ruleset() { firestore_text value name <"$BUILD/made.json"; }

firestore_text() { "$PYTHON" -m infra.firestore "$@"; }

# The answer to a question, empty where there is none. The token never stands in a command line.
rules_ask() {
  curl --fail --silent --show-error --header @- "$RULES_API/$1" 2>/dev/null <<<"$(bearer)" || true
}

# METHOD PATH BODY_FILE ANSWER_FILE
rules_change() {
  local command=(curl --fail-with-body --silent --show-error --header @- --request "$1"
    --json "@$3" --output "$4" "$RULES_API/$2")
  # shellcheck disable=SC2016 # printed as it is typed
  printf '%s %s\n' "$(show "${command[@]}")" \
    '<<<"Authorization: Bearer $(gcloud auth print-access-token)"'
  [[ -n "$DRY_RUN" ]] || "${command[@]}" <<<"$(bearer)"
}

# A person's token counts for no project by itself, and the API refuses one that counts for none.
bearer() {
  printf 'Authorization: Bearer %s\nX-Goog-User-Project: %s' "$(gcloud auth print-access-token)" \
    "$PROJECT"
}
