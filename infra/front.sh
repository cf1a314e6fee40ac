#!/usr/bin/env bash
# The static site in its bucket, and one address in front of it and all functions. Sourced by
# deploy.sh.

deploy_site() {
  step "The site"
  # It brings Swagger UI out of its package, which lies in the environment that make has made.
  run "${PYTHON/#python3/.venv/bin/python}" -m infra.site "$BUILD/site"
  run gcloud storage rsync "$BUILD/site" "$(bucket site)" --recursive \
    --delete-unmatched-destination-objects --cache-control="public, max-age=300"
}

# A load balancer: the site at /, each function below the name of its target.
make_front_door() {
  local door name
  door="$(named door)"
  step "The front door: https://$DOMAIN, whose DNS must point at the address made here"
  ensure gcloud compute addresses describe "$door" --global --project="$PROJECT" -- \
    gcloud compute addresses create "$door" --global --project="$PROJECT"
  ensure gcloud compute ssl-certificates describe "$door" --global --project="$PROJECT" -- \
    gcloud compute ssl-certificates create "$door" --global --project="$PROJECT" \
    --domains="$DOMAIN"
  make_site_backend
  for name in "${FUNCTIONS[@]}"; do
    read_row "$name"
    [[ "$TRIGGER" != "http" ]] || make_function_backend "$(named "$name")"
  done
  write "$BUILD/routes.yaml" "$(routes)"
  run gcloud compute url-maps import "$door" --global --project="$PROJECT" --quiet \
    --source="$BUILD/routes.yaml"
  ensure gcloud compute ssl-policies describe "$door" --global --project="$PROJECT" -- \
    gcloud compute ssl-policies create "$door" --global --project="$PROJECT" \
    --profile=RESTRICTED --min-tls-version=1.2
  ensure gcloud compute target-https-proxies describe "$door" --global --project="$PROJECT" -- \
    gcloud compute target-https-proxies create "$door" --global --project="$PROJECT" \
    --url-map="$door" --ssl-certificates="$door"
  run gcloud compute target-https-proxies update "$door" --global --project="$PROJECT" \
    --ssl-policy="$door"
  ensure gcloud compute forwarding-rules describe "$door" --global --project="$PROJECT" -- \
    gcloud compute forwarding-rules create "$door" --global --project="$PROJECT" \
    --load-balancing-scheme=EXTERNAL_MANAGED --address="$door" --ports=443 \
    --target-https-proxy="$door"
}

# Browsers come by TLS alone, for two years after each answer.
HSTS="Strict-Transport-Security: max-age=63072000; includeSubDomains"

make_site_backend() {
  local site header options=()
  site="$(named site)"
  while read -r header; do options+=("--custom-response-header=$header"); done \
    < <(printf '%s\n' "$HSTS" "Content-Security-Policy: $(<infra/content_policy.txt)" &&
      cat infra/site_headers.txt)
  ensure gcloud compute backend-buckets describe "$site" --project="$PROJECT" -- \
    gcloud compute backend-buckets create "$site" --project="$PROJECT" \
    --gcs-bucket-name="$PROJECT-$ENVIRONMENT-site"
  # Also where the backend is there already: headers are what changes.
  run gcloud compute backend-buckets update "$site" --project="$PROJECT" "${options[@]}"
}

make_function_backend() {
  ensure gcloud compute network-endpoint-groups describe "$1" --region="$REGION" \
    --project="$PROJECT" -- \
    gcloud compute network-endpoint-groups create "$1" --region="$REGION" --project="$PROJECT" \
    --network-endpoint-type=serverless --cloud-run-service="$1"
  ensure gcloud compute backend-services describe "$1" --global --project="$PROJECT" -- \
    gcloud compute backend-services create "$1" --global --project="$PROJECT" \
    --load-balancing-scheme=EXTERNAL_MANAGED
  # Answers are data and photos, never pages.
  run gcloud compute backend-services update "$1" --global --project="$PROJECT" \
    --custom-response-header="$HSTS" \
    --custom-response-header="Content-Security-Policy: default-src 'none'; frame-ancestors 'none'" \
    --custom-response-header="X-Content-Type-Options: nosniff" \
    --custom-response-header="Referrer-Policy: no-referrer"
  add_endpoints "$1"
}

add_endpoints() {
  local groups
  groups="$(ask "" gcloud compute backend-services describe "$1" --global --project="$PROJECT" \
    --format='value(backends[].group)')"
  [[ -z "$groups" ]] || return 0
  run gcloud compute backend-services add-backend "$1" --global --project="$PROJECT" \
    --network-endpoint-group="$1" --network-endpoint-group-region="$REGION"
}

# The whole URL map, which `import` replaces.
routes() {
  local name place="https://www.googleapis.com/compute/v1/projects/$PROJECT/global"
  cat <<END
name: $(named door)
defaultService: $place/backendBuckets/$(named site)
hostRules:
- hosts: ["$DOMAIN"]
  pathMatcher: functions
pathMatchers:
- name: functions
  defaultService: $place/backendBuckets/$(named site)
  pathRules:
END
  for name in "${FUNCTIONS[@]}"; do
    read_row "$name"
    [[ "$TRIGGER" == "http" ]] || continue
    cat <<END
  - paths: ["/$TARGET", "/$TARGET/*"]
    service: $place/backendServices/$(named "$name")
END
  done
}
