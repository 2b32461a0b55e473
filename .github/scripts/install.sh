#!/usr/bin/env bash
# Install this repository into an environment of its own, from the locked dependencies.
# PYTHON is the interpreter, HERE this repository, RUNNER_TEMP where the environment goes;
# the output `python` is the environment's interpreter.
set -euo pipefail

environment="$RUNNER_TEMP/survey-tracker"
"$PYTHON" -m venv --clear "$environment"
python="$environment/bin/python"
pip=("$python" -m pip --disable-pip-version-check --quiet install)
"${pip[@]}" --require-hashes --only-binary :all: --requirement "$HERE/requirements/runtime.txt"
"${pip[@]}" --no-deps --no-build-isolation "$HERE"
echo "python=$python" >>"$GITHUB_OUTPUT"
