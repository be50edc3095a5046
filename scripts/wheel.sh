#!/usr/bin/env bash
# make wheel: a wheel for each add-on, in dist/.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ensure_dev_venv
cd "$REPO"
mkdir -p dist
for module in $(our_modules | tr , ' '); do
    [[ -e $module/pyproject.toml ]] || die "$module has no pyproject.toml" \
        "Three lines that name whool as its build backend make it a wheel."
    say "Building the wheel of $module"
    logged "wheel-$module" "$DEV_VENV/bin/python" -m build --wheel --outdir dist "$module" ||
        die "the wheel of $module could not be built"
done
ls -1 dist/*.whl
