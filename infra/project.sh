#!/usr/bin/env bash
# The ground that functions stand on: services, buckets, accounts and what each may do.
# Sourced by deploy.sh.

SERVICES=(
  artifactregistry cloudbuild cloudscheduler compute eventarc firebaserules firestore iam
  iamcredentials logging monitoring pubsub run cloudfunctions secretmanager storage
)
# Accounts besides one a function: jobs, what starts them, what carries events, what builds.
HELPERS=(operations scheduler events build)

enable_services() {
  step "Services"
  run gcloud services enable "${SERVICES[@]/%/.googleapis.com}" --project="$PROJECT"
}

# Eventarc's own account comes with the first trigger otherwise, and that trigger fails.
make_agents() {
  local number
  step "The account that Eventarc works under"
  number="$(ask PROJECTNUMBER gcloud projects describe "$PROJECT" --format='value(projectNumber)')"
  patiently gcloud beta services identity create --service=eventarc.googleapis.com \
    --project="$PROJECT"
  grant_project "serviceAccount:service-$number@gcp-sa-eventarc.iam.gserviceaccount.com" \
    roles/eventarc.serviceAgent
}

make_buckets() {
  step "Buckets: incoming and photos are closed to the public for good; the site is public"
  make_bucket incoming --public-access-prevention
  make_bucket photos --public-access-prevention
  make_bucket site --no-public-access-prevention
  run gcloud storage buckets update "$(bucket incoming)" --lifecycle-file=infra/incoming_lifecycle.json
  # An erased photo must be gone, not softly deleted.
  run gcloud storage buckets update "$(bucket incoming)" --clear-soft-delete
  run gcloud storage buckets update "$(bucket photos)" --clear-soft-delete
  run gcloud storage buckets update "$(bucket site)" --web-main-page-suffix=index.html
  allow_uploads
}

# Browsers of the site may post signed uploads.
allow_uploads() {
  write "$BUILD/cors.json" \
    "[{\"origin\": [\"$ORIGINS\"], \"method\": [\"POST\"], \"responseHeader\": [\"Content-Type\"]}]"
  run gcloud storage buckets update "$(bucket incoming)" --cors-file="$BUILD/cors.json"
}

make_bucket() {
  ensure gcloud storage buckets describe "$(bucket "$1")" -- \
    gcloud storage buckets create "$(bucket "$1")" --project="$PROJECT" --location="$REGION" \
    --uniform-bucket-level-access "$2"
}

make_accounts() {
  local name
  step "One account a function, and four for what runs around them"
  for name in "${FUNCTIONS[@]}" "${HELPERS[@]}"; do
    ensure gcloud iam service-accounts describe "$(account "$name")" --project="$PROJECT" -- \
      gcloud iam service-accounts create "$(named "$name")" --project="$PROJECT" \
      --display-name="$name ($ENVIRONMENT)"
  done
}

# similarity and batch_similarity keep nothing and so may do nothing.
grant_permissions() {
  local name
  step "What each account may do, and no more"
  make_role objectRemover "Reads and removes objects, and creates none" \
    storage.objects.get,storage.objects.list,storage.objects.delete
  make_role blobSigner "Signs, and makes no token" iam.serviceAccounts.signBlob
  for name in cases search ingest operations; do
    grant_database "$name"
  done
  # What is uploaded goes to incoming; only ingestion puts photos where they are shown from, and it
  # cannot write to the bucket whose events start it.
  grant_bucket incoming cases roles/storage.objectUser
  grant_bucket incoming search roles/storage.objectUser
  grant_bucket incoming ingest "$(role objectRemover)"
  grant_bucket incoming operations roles/storage.objectUser
  grant_bucket photos cases "$(role objectRemover)"
  grant_bucket photos search "$(role objectRemover)"
  grant_bucket photos ingest roles/storage.objectUser
  grant_bucket photos operations roles/storage.objectUser
  # Signed uploads are signed by the function's own account.
  grant_account cases cases "$(role blobSigner)"
  grant_project "serviceAccount:$(account events)" roles/eventarc.eventReceiver
  grant_project "serviceAccount:$(account build)" roles/cloudbuild.builds.builder
  # Cloud Storage tells of new objects through Pub/Sub.
  grant_project "serviceAccount:$(storage_agent)" roles/pubsub.publisher
  grant_bucket site "" roles/storage.objectViewer allUsers
}

# NAME TITLE PERMISSIONS
make_role() {
  ensure gcloud iam roles describe "$1" --project="$PROJECT" -- \
    gcloud iam roles create "$1" --project="$PROJECT" --title="$2" --permissions="$3"
}

role() { printf 'projects/%s/roles/%s' "$PROJECT" "$1"; }

storage_agent() {
  ask "service-NUMBER@gs-project-accounts.iam.gserviceaccount.com" \
    gcloud storage service-agent --project="$PROJECT"
}

grant_project() {
  patiently gcloud projects add-iam-policy-binding "$PROJECT" --member="$1" --role="$2" \
    --condition=None --format=none
}

# Records and embeddings of this environment's database only.
grant_database() {
  local resource="projects/$PROJECT/databases/$DATABASE"
  patiently gcloud projects add-iam-policy-binding "$PROJECT" \
    --member="serviceAccount:$(account "$1")" --role=roles/datastore.user \
    --condition="title=$DATABASE,expression=resource.name == \"$resource\"" --format=none
}

grant_bucket() {
  patiently gcloud storage buckets add-iam-policy-binding "$(bucket "$1")" \
    --member="${4:-serviceAccount:$(account "$2")}" --role="$3" --format=none
}

# What seals the audit's trails. It is made once, and never shown; who holds it can forge them.
make_audit_key() {
  local name who versions
  name="$(named audit-key)"
  step "The key of the audit, in Secret Manager"
  ensure gcloud secrets describe "$name" --project="$PROJECT" -- \
    gcloud secrets create "$name" --project="$PROJECT" --replication-policy=automatic
  versions="$(ask "" gcloud secrets versions list "$name" --project="$PROJECT" \
    --filter=state=enabled --format='value(name)')"
  [[ -n "$versions" ]] || run_with_new_key gcloud secrets versions add "$name" \
    --project="$PROJECT" --data-file=-
  for who in cases search ingest operations; do
    patiently gcloud secrets add-iam-policy-binding "$name" --project="$PROJECT" \
      --member="serviceAccount:$(account "$who")" --role=roles/secretmanager.secretAccessor \
      --format=none
  done
}

# Runs a command that reads ID:SECRET; the secret stands in no command line and in no log.
run_with_new_key() {
  # shellcheck disable=SC2016 # printed as it is typed
  printf '%s %s\n' "$(show "$@")" '<<<"DATE:$(openssl rand -hex 32)"'
  [[ -n "$DRY_RUN" ]] || "$@" <<<"$(date -u +%Y%m%d):$(openssl rand -hex 32)"
}

# OBJECT SUBJECT ROLE: one account may act on another.
grant_account() {
  patiently gcloud iam service-accounts add-iam-policy-binding "$(account "$1")" \
    --project="$PROJECT" --member="serviceAccount:$(account "$2")" --role="$3" --format=none
}
