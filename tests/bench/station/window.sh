#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A register of DRIVES, and the window over it on a display of its own: window.sh BENCH-STATION BENCH-WINDOW DRIVES
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM
"$1" "$3" --keep "$folder/register" > /dev/null
xvfb-run -a -s '-screen 0 1280x800x24 -noreset' env GSK_RENDERER=cairo GDK_BACKEND=x11 HOME="$folder" "$2" "$folder/register"
