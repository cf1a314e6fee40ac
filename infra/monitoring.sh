#!/usr/bin/env bash
# Dashboard, counters made of log lines, and alerts, from infra/monitoring/. Sourced by deploy.sh.

ALERT_EMAIL=""

make_monitoring() {
  local file
  step "Monitoring: counters of log lines, the dashboard, alerts"
  mkdir -p "$BUILD/monitoring"
  for file in infra/monitoring/metrics/*.json; do make_counter "$file"; done
  make_dashboard
  make_alert_channel
  for file in infra/monitoring/alerts/*.json; do make_alert "$file"; done
}

# The file with this project's and environment's names; prints where it lies.
filled() {
  local out="$BUILD/monitoring/${1##*/}"
  sed -e "s/ENVIRONMENT/$ENVIRONMENT/g" -e "s/PROJECT/$PROJECT/g" "$1" >"$out"
  printf '%s' "$out"
}

make_counter() {
  local name
  name="$(basename "$1" .json)-$ENVIRONMENT"
  ensure gcloud logging metrics describe "$name" --project="$PROJECT" -- \
    gcloud logging metrics create "$name" --project="$PROJECT" \
    --config-from-file="$(filled "$1")"
}

make_dashboard() {
  ensure gcloud monitoring dashboards describe "$(named aifr)" --project="$PROJECT" -- \
    gcloud monitoring dashboards create --project="$PROJECT" \
    --config-from-file="$(filled infra/monitoring/dashboard.json)"
}

# Alerts are found by the name that people read, since they choose their own ids.
make_alert() {
  local title known file command
  file="$(filled "$1")"
  title="$(sed -n 's/^  "displayName": "\(.*\)",$/\1/p' "$file")"
  known="$(ask "" gcloud alpha monitoring policies list --project="$PROJECT" \
    --filter="displayName=\"$title\"" --format='value(name)')"
  [[ -z "$known" ]] || return 0
  command=(gcloud alpha monitoring policies create --project="$PROJECT"
    --policy-from-file="$file")
  [[ -z "$ALERT_EMAIL" ]] || command+=(--notification-channels="$(alert_channel)")
  # A counter that was just made is not known to alerts for some minutes.
  patiently "${command[@]}"
}

make_alert_channel() {
  [[ -n "$ALERT_EMAIL" ]] || return 0
  [[ -z "$(alert_channel)" || -n "$DRY_RUN" ]] || return 0
  run gcloud beta monitoring channels create --project="$PROJECT" --type=email \
    --display-name="$(named aifr)" --channel-labels="email_address=$ALERT_EMAIL"
}

alert_channel() {
  ask CHANNEL gcloud beta monitoring channels list --project="$PROJECT" \
    --filter="displayName=\"$(named aifr)\"" --format='value(name)'
}
