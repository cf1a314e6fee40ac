#!/usr/bin/env bash
# What runs on a schedule or on demand: Cloud Run jobs in the image of ingest, so that code and model
# are those of the functions. Sourced by deploy.sh and its kin.

deploy_jobs() {
  local image variables
  step "Jobs: retention and a check of the audit every night, a sweep every hour, re-embedding on demand"
  read_row ingest
  image="$(ask IMAGE image_of_ingest)"
  variables="$(environment_of ingest)"
  deploy_job retention aifr.casebook.retention
  deploy_job sweep aifr.casebook.ingest
  deploy_job reembed aifr.casebook.reembed
  deploy_job audit aifr.casebook.audit_check
  schedule retention "17 3 * * *"
  # An event that was lost, or given up on, leaves its object waiting.
  schedule sweep "41 * * * *"
  schedule audit "47 4 * * *"
}

image_of_ingest() {
  gcloud run services describe "$(named ingest)" --region="$REGION" --project="$PROJECT" \
    --format='value(spec.template.spec.containers[0].image)'
}

# NAME MODULE: the launcher of the image sets up its Python.
deploy_job() {
  run gcloud run jobs deploy "$(named "$1")" --project="$PROJECT" --region="$REGION" \
    --image="$image" --command=/cnb/lifecycle/launcher --args="--,python,-m,$2" \
    --service-account="$(account operations)" --memory="$MEMORY" --cpu="$CPU" \
    --task-timeout=6h --max-retries=2 --set-env-vars="$variables" \
    "$(secrets_of ingest)"
}

schedule() {
  local job
  job="$(named "$1")"
  patiently gcloud run jobs add-iam-policy-binding "$job" --region="$REGION" \
    --project="$PROJECT" --member="serviceAccount:$(account scheduler)" \
    --role=roles/run.invoker --format=none
  ensure gcloud scheduler jobs describe "$job" --location="$REGION" --project="$PROJECT" -- \
    gcloud scheduler jobs create http "$job" --location="$REGION" --project="$PROJECT" \
    --schedule="$2" --time-zone=Etc/UTC --http-method=POST \
    --uri="https://run.googleapis.com/v2/projects/$PROJECT/locations/$REGION/jobs/$job:run" \
    --oauth-service-account-email="$(account scheduler)"
}
