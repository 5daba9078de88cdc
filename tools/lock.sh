#!/usr/bin/env bash
# Makes the lock files: hashes, no index address. Development versions follow the run-time ones.
# The rights check is installed with the site; the reading of scanned ballots is not.
set -euo pipefail
cd "$(dirname "$0")/.."
common=(--quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header)
.venv/bin/pip-compile "${common[@]}" "$@" --extra rights -o requirements.lock pyproject.toml
.venv/bin/pip-compile "${common[@]}" "$@" --extra rights --extra scan --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml
# Openfisca declares an old web server that is not started here: its two packages are locked alone and installed without dependencies.
.venv/bin/pip-compile "${common[@]}" "$@" --no-annotate -o requirements-rights.lock requirements-rights.in
.venv/bin/python - <<'END'
import re
from pathlib import Path

lock = Path("requirements-rights.lock")
blocks = re.split(r"(?m)^(?=\S)", lock.read_text(encoding="utf-8"))
lock.write_text("".join(block for block in blocks if block.startswith("openfisca-")), encoding="utf-8")
END
