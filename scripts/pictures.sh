#!/usr/bin/env bash
# make pictures: those of the README and of the apps list, anew from the demo company.
# ONLY="load today" makes these alone.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$REPO/scripts/lib/demo.sh"

# What the apps list shows is a part of those of the README.
APPS_LIST="board quotation timeline load today"

take_pictures() { look make_pictures.js "$1" "$REPO/docs/images"; }

ensure_setup
ensure_browser_tools
ensure_demo_db
say "Taking pictures"
while_served "$DATABASE" take_pictures
for name in $APPS_LIST; do
    cp "$REPO/docs/images/$name.png" "$REPO/mto_planning/static/description/$name.png"
done
