# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# What ./check and ./demo share: packages by apt, packages built. Sourced from the top of the tree,
# with `build` set to a folder.

started=$SECONDS
jobs=${jobs:-2}

say() {
        local at=$((SECONDS - started))
        printf '[%2d:%02d] %s\n' $((at / 60)) $((at % 60)) "$*"
}

# install_packages LIST…: what the lists name and is not there yet. Servers among them are for tests: none is started.
install_packages() {
        local wanted missing=() package
        mapfile -t wanted < <(sed -e 's/#.*//' -e '/^ *$/d' "$@" | sort -u)
        for package in "${wanted[@]}"; do
                dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
        done
        [ ${#missing[@]} -gt 0 ] || return 0
        [ "$(id -u)" = 0 ] || { echo "these packages are missing, and only root can install them: ${missing[*]}" >&2; return 1; }
        apt-get update -qq &&
                SYSTEMD_OFFLINE=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

# From a copy of what git knows, so that a forgotten `git add` shows here and the tree stays clean.
build_packages() {
        local copy=$build/package/baomi-guard
        rm -rf "$build/package" "$build/debs"
        mkdir -p "$copy" "$build/debs"
        git -c safe.directory='*' ls-files -z | tar --null -T - -c | tar -x -C "$copy" || return 1
        (cd "$copy" && PATH=/usr/lib/ccache:$PATH DEB_BUILD_OPTIONS="nocheck parallel=$jobs" dpkg-buildpackage -us -uc -b) || return 1
        cp "$build"/package/*.deb "$build"/package/*.changes "$build"/package/*.buildinfo "$build/debs/"
}
