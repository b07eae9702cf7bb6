#!/usr/bin/env bash
# Builds ChatStream, checks its style and runs all its tests, including those in a real browser, behind real proxies and on a real
# PostgreSQL. Installs missing programs as root or with sudo, and otherwise prints the command. See --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat << 'EOF'
usage: ./test.sh [--soak] [arguments of "dotnet test", such as --filter Chaos]

  It needs the .NET SDK and Node.js. On Debian and Ubuntu it installs what else is missing: Chromium, Firefox, Java, nginx,
  HAProxy, Apache, Caddy, PostgreSQL, PgBouncer, sqlite3, systemd, a Chinese font; with --soak AFL++.

  --soak   also the tests that take many minutes or assert real time: lost connections with more seeds, kills of the process
           on each database, 500 answers at once, 10,000 conversations, users who disturb others, 100,000 damaged streams,
           10,000 damaged requests, 5,000 slow clients, AFL++ on the readers for 10 minutes (CHATSTREAM_TESTS_FUZZ_MINUTES),
           half an hour of load (CHATSTREAM_TESTS_LOAD_MINUTES), and a bad day of 20 minutes on each database
           (CHATSTREAM_TESTS_BAD_DAY_MINUTES). Their figures are left in artifacts/. Then the integration tests once more, each
           JSON request and response through Prism, which compares them with openapi.json (CHATSTREAM_TESTS_PRISM=1).
EOF
}

soak=0
arguments=()
for argument in "$@"; do
  case "$argument" in
    --soak) soak=1 ;;
    -h | --help) usage; exit ;;
    *) arguments+=("$argument") ;;
  esac
done
# The load run reports no progress for minutes when it shares the processors with other tests.
hang_timeout=6min
if (( soak )); then
  export CHATSTREAM_TESTS_SOAK=1
  hang_timeout=60min
fi

find_any() {
  local name
  for name in "$@"; do
    PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v "$name" && return
  done
  return 1
}

fail() {
  echo "test.sh: $1" >&2
  exit 1
}

command -v dotnet > /dev/null ||
  fail "the .NET SDK of global.json is needed: https://dotnet.microsoft.com/download"
node_version="$(node --version 2> /dev/null || true)"
node_major="${node_version#v}"
node_major="${node_major%%.*}"
[[ "$node_major" =~ ^[0-9]+$ ]] && (( node_major >= 20 )) && command -v npm > /dev/null ||
  fail "Node.js 20 or newer is needed, with npm (found: ${node_version:-none}): https://nodejs.org"

missing=()
# With Debian's build of Chromium without windows the tests of the page take half as long.
chromium=chromium
! grep -qs '^ID=debian$' /etc/os-release || chromium=chromium-headless-shell
[[ -n "${CHROMIUM:-}" ]] || find_any chromium-headless-shell > /dev/null ||
  { (( EUID != 0 )) && find_any chromium chromium-browser google-chrome google-chrome-stable > /dev/null; } ||
  missing+=("$chromium")
[[ -n "${FIREFOX:-}" ]] || find_any firefox-esr firefox > /dev/null || missing+=(firefox-esr)
find_any java > /dev/null || missing+=(default-jre-headless) # runs the checker of HTML
find_any nginx > /dev/null || missing+=(nginx-light)
find_any haproxy > /dev/null || missing+=(haproxy)
find_any apache2 > /dev/null || missing+=(apache2)
find_any caddy > /dev/null || missing+=(caddy)
find_any pgbouncer > /dev/null || missing+=(pgbouncer)
find_any sqlite3 > /dev/null || missing+=(sqlite3) # makes a backup, as the documentation says
find_any systemd-analyze > /dev/null || missing+=(systemd) # checks the unit
[[ -n "$(fc-list :lang=zh 2> /dev/null)" ]] || missing+=(fontconfig fonts-wqy-microhei) # Chinese in the pictures; 1.6 MB
(( ! soak )) || find_any afl-fuzz > /dev/null || missing+=(afl++)
# Debian keeps the programs of a PostgreSQL server off the PATH. The tests start their own server and leave the system's alone.
compgen -G '/usr/lib/postgresql/*/bin/initdb' > /dev/null || find_any initdb > /dev/null || missing+=(postgresql)
if (( ${#missing[@]} > 0 )); then
  install="apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
  if (( EUID == 0 )); then
    as_root=()
  elif sudo -n true 2> /dev/null; then
    as_root=(sudo)
  else
    fail "${missing[*]} missing. Run:  sudo sh -c '$install'"
  fi
  echo "Installing ${missing[*]}"
  # Debian starts a service when it installs one; the tests start their own.
  ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 sh -c "$install"
fi

# Installs the packages of the tests if there are none or if the lock file is newer.
install_test_packages() {
  [[ ChatStream.Web.Tests/node_modules/.package-lock.json -nt ChatStream.Web.Tests/package-lock.json ]] ||
    # Scripts of packages would download a Java of their own.
    npm ci --prefix ChatStream.Web.Tests --ignore-scripts --no-audit --no-fund --loglevel=error
}
install_test_packages &
installing=$!

rm -rf artifacts/app artifacts/tests artifacts/browser
mkdir -p artifacts/tests

# The app as a container has it. Tests judge it, and run it where they need a process. It comes before the build, so that a clean
# clone is what is published. The build looks for faults in the sources.
if [[ "$(uname -s)" == Linux ]]; then
  runtime=linux-x64
  [[ "$(uname -m)" != aarch64 ]] || runtime=linux-arm64
  dotnet publish ChatStream.Web -c Release -r "$runtime" -o artifacts/app -p:RunAnalyzers=false --nologo --verbosity quiet
  export CHATSTREAM_TESTS_APP="$PWD/artifacts/app"
fi
wait "$installing" || fail "the npm packages of the tests could not be installed"

# The tests of the page's script run beside the build, which seldom uses two processors. They run here and not from NUnit, so that
# each of them is counted.
dotnet msbuild ChatStream.Web -t:InstallClientPackages -verbosity:quiet -nologo
NODE_OPTIONS="--test-reporter=tap --test-reporter-destination=../artifacts/tests/client.tap" \
  npm test --prefix ChatStream.Web --silent &
testing_client=$!
built=0
dotnet build ChatStream.sln --nologo --verbosity quiet || built=$?
status=0
wait "$testing_client" || { status=$?; cat artifacts/tests/client.tap; }
(( built == 0 )) || exit "$built"

# A failed check does not keep the tests from running, but fails the run. The checks run beside the tests, which wait a lot.
check() {
  local name="$1"
  shift
  "$@" && return
  echo "test.sh: $name failed (${*})"
  checks_failed=$(( checks_failed + 1 ))
}
check_all() {
  local checks_failed=0
  check "the style of the page's script and styles" npm run lint --prefix ChatStream.Web --silent
  check "the white space of the C# sources" dotnet format whitespace ChatStream.sln --verify-no-changes --no-restore
  check "the audit of the npm packages" npm run audit --prefix ChatStream.Web --silent
  return "$checks_failed"
}
check_all > artifacts/tests/checks.log 2>&1 &
checking=$!

run_tests() {
  local results="$1"
  shift
  CHATSTREAM_TESTS_REQUIRE_ALL=1 dotnet test ChatStream.sln --no-build --nologo \
    --logger "trx;LogFilePrefix=$results" --results-directory artifacts/tests \
    --blame-hang --blame-hang-timeout "$hang_timeout" --blame-hang-dump-type none "$@" || status=$?
}
run_tests tests ${arguments[@]+"${arguments[@]}"}
if (( soak && ${#arguments[@]} == 0 )); then
  # Not in the first run, whose figures the proxy would change.
  CHATSTREAM_TESTS_SOAK=0 CHATSTREAM_TESTS_PRISM=1 run_tests prism --filter FullyQualifiedName~Integration
fi

checks_failed=0
wait "$checking" || { checks_failed=$?; status=1; cat artifacts/tests/checks.log; }

# The totals are read from the result files.
sum() { awk '{ n += $1 } END { print n + 0 }'; }
of_dotnet() { grep -ho '<Counters [^>]*' artifacts/tests/*.trx | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9\n' | sum; }
of_client() { grep -ho "^# $1 [0-9]*" artifacts/tests/client.tap | tr -dc '0-9\n' | sum; }
compgen -G 'artifacts/tests/*.trx' > /dev/null && (( $(of_dotnet total) > 0 )) || fail "the tests of the solution left no result"
[[ -s artifacts/tests/client.tap ]] && (( $(of_client tests) > 0 )) || fail "the tests of the page's script left no result"
failed=$(( $(of_dotnet failed) + $(of_client fail) ))
(( checks_failed == 0 )) || echo "$checks_failed of 3 style and package checks failed"
echo "$(( $(of_dotnet passed) + $(of_client pass) )) passed, $failed failed"
exit "$status"
