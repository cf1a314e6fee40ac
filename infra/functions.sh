#!/usr/bin/env bash
# Functions, the test of what is deployed and the way back. Sourced by deploy.sh and its kin.

FUNCTIONS=()
# The Python that the tests ran on.
RUNTIME="python311"
TORCH_INDEX="https://download.pytorch.org/whl/cpu"
ORIGINS=""
STAFF_AUDIENCE=""
# One address for all, "" for none.
DOMAIN=""
MIN_INSTANCES=0
PARTNER_BUCKETS="" PARTNER_ROLE="" PARTNER_REGION="eu-central-1"
# Functions given a new revision by this run, and what served before: "name revision".
REPLACED=()
# Functions whose side door this run opened.
OPENED=()

# Reads infra/functions.txt into FUNCTIONS.
read_functions() {
  local name rest
  while read -r name rest; do
    [[ -z "$name" || "$name" == \#* ]] || FUNCTIONS+=("$name")
  done <infra/functions.txt
}

# Sets TARGET, TRIGGER and so on to the row of a function.
read_row() {
  local row
  row="$(grep -E "^$1 " infra/functions.txt)" || fail "there is no function $1"
  read -r _ TARGET TRIGGER MEMORY CPU CONCURRENCY TIMEOUT MOST SMOKE <<<"$row"
}

stage_function() {
  run "$PYTHON" -m infra.stage "$1" --out="$BUILD/$1"
}

# What a function is told, one NAME=VALUE each.
environment_of() {
  local variables=("GOOGLE_CLOUD_PROJECT=$PROJECT" "OMP_NUM_THREADS=1" "THREADS=$CONCURRENCY"
    "AIFR_ALLOWED_ORIGINS=$ORIGINS" "AIFR_TRUSTED_PROXIES=$(trusted_proxies)")
  case "$1" in
    similarity | batch_similarity) ;;
    *) variables+=("AIFR_RECORDS=firestore://$PROJECT/$DATABASE"
      "AIFR_PHOTOS=$(bucket photos)" "AIFR_INCOMING=$(bucket incoming)"
      "AIFR_STAFF_AUDIENCE=$STAFF_AUDIENCE") ;;
  esac
  [[ "$1" != "ingest" || -z "$PARTNER_BUCKETS" ]] ||
    variables+=("AIFR_PARTNER_BUCKETS=$PARTNER_BUCKETS" "AIFR_AWS_ROLE=$PARTNER_ROLE"
      "AWS_REGION=$PARTNER_REGION" "AWS_CONFIG_FILE=/workspace/aws/config")
  local IFS=";"
  # Values may hold commas; ^;^ says that semicolons part them.
  printf '^;^%s' "${variables[*]}"
}

# The option that hands a function the key of the audit; nothing for those that keep no records.
secrets_of() {
  case "$1" in
    similarity | batch_similarity) ;;
    *) printf -- '--set-secrets=AIFR_AUDIT_KEY=%s:latest' "$(named audit-key)" ;;
  esac
}

# Who adds to X-Forwarded-For: the platform, and the load balancer if there is one.
trusted_proxies() { if [[ -n "$DOMAIN" ]]; then printf '2'; else printf '1'; fi; }

# Stages a function and deploys it, unless what serves was deployed from the same bytes and settings.
deploy_function() {
  local name="$1" command=() source before
  read_row "$name"
  step "Function $name"
  stage_function "$name"
  deploy_command "$name"
  source="$(ask DIGEST source_digest "$name")"
  before="$(ask BEFORE serving_revision "$name")"
  if [[ -z "$DRY_RUN" ]] && unchanged "$name" "$source" "$before"; then
    say "$name is as it was"
    # A run that died between opening and shutting left it open.
    [[ "$TRIGGER" != "http" || -z "$DOMAIN" ]] || OPENED+=("$name")
    return
  fi
  REPLACED+=("$name $before")
  run "${command[@]}" --update-labels="source=$source"
  [[ "$TRIGGER" == "http" ]] || allow_events "$name"
}

# Sets `command`, without the label that names the source.
deploy_command() {
  local updates=() secrets
  secrets="$(secrets_of "$1")"
  # Jobs run in the image of ingest, which holds no operating system where that is kept up to date
  # from outside.
  [[ "$TRIGGER" == "http" ]] || updates=(--runtime-update-policy=on-deploy)
  command=(gcloud functions deploy "$(named "$1")" --gen2 --project="$PROJECT" --region="$REGION"
  --runtime="$RUNTIME" --source="$BUILD/$1" --entry-point="$TARGET"
  --service-account="$(account "$1")" --memory="$MEMORY" --cpu="$CPU"
  --concurrency="$CONCURRENCY" --timeout="$TIMEOUT" --max-instances="$MOST"
  --min-instances="$(min_instances)" --set-env-vars="$(environment_of "$1")"
  --set-build-env-vars="PIP_EXTRA_INDEX_URL=$TORCH_INDEX"
  --build-service-account="projects/$PROJECT/serviceAccounts/$(account build)"
  --serve-all-traffic-latest-revision "${updates[@]}" ${secrets:+"$secrets"})
  if [[ "$TRIGGER" == "http" ]]; then
    command+=(--trigger-http --allow-unauthenticated --ingress-settings="$(ingress)")
  else
    command+=(--no-allow-unauthenticated --retry --trigger-location="$REGION"
      --trigger-event-filters=type=google.cloud.storage.object.v1.finalized
      --trigger-event-filters="bucket=$PROJECT-$ENVIRONMENT-$TRIGGER"
      --trigger-service-account="$(account events)")
  fi
}

# Behind the load balancer, functions answer to it alone: who goes around it could choose the address
# that requests are counted by.
ingress() { if [[ -n "$DOMAIN" ]]; then printf 'internal-and-gclb'; else printf 'all'; fi; }

# Only what people wait for is kept warm.
min_instances() {
  if [[ "$TRIGGER" == "http" ]]; then printf '%s' "$MIN_INSTANCES"; else printf '0'; fi
}

allow_events() {
  patiently gcloud run services add-iam-policy-binding "$(named "$1")" --region="$REGION" \
    --project="$PROJECT" --member="serviceAccount:$(account events)" --role=roles/run.invoker \
    --format=none
}

# One word for the staged bytes and the settings they are deployed with.
source_digest() {
  {
    "$PYTHON" -m infra.stage "$1" --digest --out="$BUILD/$1"
    printf '%s\n' "${command[@]/#--source=*/}"
  } | sha256sum | cut -c1-40
}

unchanged() {
  local label latest
  label="$(gcloud functions describe "$(named "$1")" --region="$REGION" \
    --project="$PROJECT" --format='value(labels.source)' 2>/dev/null)" || return 1
  latest="$(revision "$1" status.latestReadyRevisionName)"
  [[ "$label" == "$2" && "$latest" == "$3" ]]
}

# The revision that requests go to, empty where there is none.
serving_revision() { revision "$1" "status.traffic[0].revisionName"; }

revision() {
  gcloud run services describe "$(named "$1")" --region="$REGION" --project="$PROJECT" \
    --format="value($2)" 2>/dev/null || true
}

# Sends all requests of a function to a revision.
serve_revision() {
  run gcloud run services update-traffic "$(named "$1")" --to-revisions="$2=100" \
    --region="$REGION" --project="$PROJECT"
}

# Every function that this run replaced goes back: old and new versions of a model do not mix.
roll_back() {
  local entry name before
  for entry in "${REPLACED[@]}"; do
    read -r name before <<<"$entry"
    if [[ -n "$before" ]]; then
      say "rolling back: $name to $before"
      serve_revision "$name" "$before" || say "$name could not be rolled back"
    else
      say "$name has no revision to go back to"
    fi
  done
}

# Asks each function that this run replaced for what only a working one can answer.
smoke_test() {
  local entry name
  step "Smoke test"
  for entry in "${REPLACED[@]}"; do
    name="${entry%% *}"
    read_row "$name"
    if [[ "$TRIGGER" == "http" ]]; then
      smoke "$name"
    else
      ensure_active "$name"
    fi
  done
}

# Through the front door where it is open: then the test takes the way that everybody takes.
smoke() {
  local place="https://$DOMAIN"
  if [[ -z "$DOMAIN" ]]; then
    place="$(ask "https://$(named "$1")-URL" url_of "$1")"
  elif ! front_door_is_open; then
    open_side_door "$1"
    place="$(ask "https://$(named "$1")-URL" url_of "$1")"
  fi
  run curl --fail --silent --show-error --max-time 120 --retry 5 --retry-all-errors \
    --retry-delay "$PAUSE" --output /dev/null "$place$SMOKE"
  close_side_doors
}

# Its certificate comes an hour after the first deployment.
front_door_is_open() {
  [[ "$(ask PROVISIONING gcloud compute ssl-certificates describe "$(named door)" --global \
    --project="$PROJECT" --format='value(managed.status)' 2>/dev/null)" == "ACTIVE" ]]
}

open_side_door() {
  OPENED+=("$1")
  run gcloud run services update "$(named "$1")" --ingress=all --region="$REGION" \
    --project="$PROJECT"
}

# Tried for each, whatever becomes of the one before.
close_side_doors() {
  local name failed=0
  for name in "${OPENED[@]}"; do
    run gcloud run services update "$(named "$name")" \
      --ingress=internal-and-cloud-load-balancing --region="$REGION" --project="$PROJECT" ||
      failed=1
  done
  ((failed == 1)) || OPENED=()
  return "$failed"
}

url_of() {
  gcloud run services describe "$(named "$1")" --region="$REGION" --project="$PROJECT" \
    --format='value(status.url)'
}

ensure_active() {
  local state
  state="$(ask ACTIVE gcloud functions describe "$(named "$1")" --region="$REGION" \
    --project="$PROJECT" --format='value(state)')"
  [[ "$state" == "ACTIVE" ]] || {
    say "$1 is $state"
    return 1
  }
}
