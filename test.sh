#!/usr/bin/env bash
# Builds ChatStream and runs all its tests, those in a real browser, behind a real nginx and on a real PostgreSQL included.
# What is missing it installs as root or with sudo, and otherwise says how. --help says more.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat << 'EOF'
usage: ./test.sh [--soak] [arguments of "dotnet test", such as --filter Chaos]

  --soak   also what takes many minutes: the chaos of lost connections with more seeds, twenty kills of the process on
           each database, 500 answers at once, and 10,000 conversations. Their figures are left in artifacts/.
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
hang_timeout=3min
if (( soak )); then
  export CHATSTREAM_TESTS_SOAK=1
  hang_timeout=15min
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
[[ -n "${CHROMIUM:-}" ]] || find_any chromium chromium-browser google-chrome google-chrome-stable > /dev/null || missing+=(chromium)
find_any nginx > /dev/null || missing+=(nginx-light)
# Debian keeps a server's programs off the PATH. The tests start a server of their own and leave the system's alone.
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

# Where the lock file is newer than what was installed, or nothing was.
if [[ ! ChatStream.Web.Tests/node_modules/.package-lock.json -nt ChatStream.Web.Tests/package-lock.json ]]; then
  npm ci --prefix ChatStream.Web.Tests --no-audit --no-fund --loglevel=error
fi

rm -rf artifacts/tests artifacts/browser
mkdir -p artifacts/tests
dotnet build ChatStream.sln --nologo --verbosity quiet

status=0
# The build has installed what these need.
NODE_OPTIONS="--test-reporter=tap --test-reporter-destination=../artifacts/tests/client.tap" \
  npm test --prefix ChatStream.Web --silent || { status=$?; cat artifacts/tests/client.tap; }

CHATSTREAM_TESTS_REQUIRE_ALL=1 dotnet test ChatStream.sln --no-build --nologo \
  --logger "trx;LogFilePrefix=tests" --results-directory artifacts/tests \
  --blame-hang --blame-hang-timeout "$hang_timeout" --blame-hang-dump-type none ${arguments[@]+"${arguments[@]}"} || status=$?

# What the results say, whatever was printed above.
sum() { awk '{ n += $1 } END { print n + 0 }'; }
of_dotnet() { grep -ho '<Counters [^>]*' artifacts/tests/*.trx | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9\n' | sum; }
of_client() { grep -ho "^# $1 [0-9]*" artifacts/tests/client.tap | tr -dc '0-9\n' | sum; }
compgen -G 'artifacts/tests/*.trx' > /dev/null && (( $(of_dotnet total) > 0 )) || fail "no test of the solution has left a result"
[[ -s artifacts/tests/client.tap ]] && (( $(of_client tests) > 0 )) || fail "no test of the page's script has left a result"
echo "$(( $(of_dotnet passed) + $(of_client pass) )) passed, $(( $(of_dotnet failed) + $(of_client fail) )) failed"
exit "$status"
