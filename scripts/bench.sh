#!/usr/bin/env bash
# make bench: the benchmarks, by their own entry point.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ensure_dev_venv
cd "$REPO"
[[ -x benchmarks/run ]] || die "there is no benchmarks/run" "The benchmarks are not in this checkout."
PATH=$DEV_VENV/bin:$PATH exec benchmarks/run "$@"
