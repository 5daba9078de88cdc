#!/usr/bin/env bash
# Makes both lock files: hashes, no index address. Development versions follow the run-time ones.
set -euo pipefail
cd "$(dirname "$0")/.."
common=(--quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header)
.venv/bin/pip-compile "${common[@]}" "$@" -o requirements.lock pyproject.toml
.venv/bin/pip-compile "${common[@]}" "$@" --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml
