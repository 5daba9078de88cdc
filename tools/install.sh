#!/usr/bin/env bash
# Installs what `make run` (run) or `make test` (dev) needs, in .venv, from the lock files.
# As root on Debian, system packages that are missing are installed too; otherwise it says which ones are.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:-run}
python=${PYTHON:-python3}

say() { printf '%s\n' "$*" >&2; }

apt_install() {
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "Installing system packages: $*"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >/dev/null
  else
    say "Missing system packages: $* (install them with: sudo apt-get install $*)"
    return 1
  fi
}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  say "Python 3.11 or later is needed (found: $("$python" --version 2>&1 || echo none)). Give another with PYTHON=…"
  exit 2
fi
if [ ! -x .venv/bin/python ]; then
  "$python" -c 'import ensurepip' 2>/dev/null || apt_install python3-venv
  "$python" -m venv .venv
fi

lock=requirements.lock
[ "$kind" = dev ] && lock=requirements-dev.lock
say "Installing Python packages from $lock…"
.venv/bin/python -m pip install --quiet --require-hashes -r "$lock" 2> >(grep -v '^WARNING: Location' >&2)
.venv/bin/python -m pip install --quiet --require-hashes --no-deps -r requirements-rights.lock 2> >(grep -v '^WARNING: Location' >&2)
.venv/bin/python -m pip install --quiet --no-deps --no-build-isolation -e . 2> >(grep -v '^WARNING: Location' >&2)

# WeasyPrint draws text with Pango, the one part of the house that is not a Python package.
if ! .venv/bin/python -c 'import weasyprint' 2>/dev/null; then
  apt_install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 || say "Without them the site works; PDF files are replaced by a page to print."
fi

if [ "$kind" = dev ]; then
  have_browser() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || ls "$HOME"/.cache/ms-playwright/chromium-* >/dev/null 2>&1; }
  have_browser || apt_install chromium || .venv/bin/playwright install chromium
  command -v pdftoppm >/dev/null || apt_install poppler-utils || true
  touch .venv/.dev
fi
touch .venv/.run
