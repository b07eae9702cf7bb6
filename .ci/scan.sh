#!/usr/bin/env bash
# Runs wapiti and slowhttptest against the app with an emulated model, and fails on each finding that docs/security.md does not
# explain. Both come from the distribution: apt-get install wapiti slowhttptest jq.
#
#   .ci/scan.sh [MODULE…]   the modules of wapiti to run; by default all that fit
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

app=http://127.0.0.1:5190
model=http://127.0.0.1:5191
out=artifacts/scan
modules="${*:-backup blindsql cookieflags crlf csp csrf exec file htaccess http_headers methods permanentxss redirect shellshock
  sql ssrf wapp xss xxe}"
# What docs/security.md explains, in wapiti's words.
explained="X-Frame-Options is not set
X-XSS-Protection is not set
Strict-Transport-Security is not set
HttpOnly flag is not set in the cookie
Secure flag is not set in the cookie
Lack of anti CSRF token"

rm -rf "$out"
mkdir -p "$out"
[[ -f artifacts/app/ChatStream.Web.dll ]] ||
  dotnet publish ChatStream.Web -c Release -o artifacts/app -p:RunAnalyzers=false --nologo --verbosity quiet
dotnet build ChatStream.Emulator -c Release -p:RunAnalyzers=false --nologo --verbosity quiet

dotnet ChatStream.Emulator/bin/Release/net10.0/ChatStream.Emulator.dll --urls "$model" --at-once true > "$out/model.log" 2>&1 &
processes=($!)
AzureOpenAI__Endpoint="$model/" AzureOpenAI__Deployment=gpt-4o AzureOpenAI__ApiKey=emulator Data__Folder="$PWD/$out/data" \
  Limits__StartsPerMinute=100000 Limits__StartsPerMinutePerAddress=100000 Limits__StartsPerMinuteInAll=100000 \
  Limits__IdentitiesPerMinutePerAddress=100000 Limits__RunningPerUser=100 Limits__RunningPerAddress=200 \
  ASPNETCORE_URLS="$app" dotnet artifacts/app/ChatStream.Web.dll > "$out/app.log" 2>&1 &
processes+=($!)
trap 'kill "${processes[@]}"' EXIT
curl --silent --fail --retry 30 --retry-connrefused --retry-delay 1 --output /dev/null "$app/health/ready"

status=0
for module in $modules; do
  echo "wapiti: $module"
  timeout 900 wapiti -u "$app/" -m "$module" --flush-session -d 3 --max-links-per-page 40 -t 10 --no-bugreport \
    --store-session "$out/session" -f json -o "$out/$module.json" > "$out/$module.log" 2>&1 ||
    { echo "wapiti: $module did not end" >&2; status=1; }
done
for kind in H B X; do
  echo "slowhttptest: -$kind"
  slowhttptest "-$kind" -c 1000 -i 10 -r 200 -l 35 -x 24 -p 3 -u "$app/chat/stream" -t POST > "$out/slow-$kind.log" 2>&1
  sed 's/\x1b\[[0-9;]*m//g' "$out/slow-$kind.log" | tail -n 6 | grep -q 'service available: *YES' ||
    { echo "slowhttptest: -$kind took the service away" >&2; status=1; }
done

findings="$(jq --raw-output '(.vulnerabilities, .anomalies)[][] | .info' "$out"/*.json | sort | uniq -c)"
echo "${findings:-no finding}"
if grep --invert-match --fixed-strings "$explained" <<< "$findings" | grep .; then
  echo "not explained in docs/security.md" >&2
  status=1
fi
exit "$status"
