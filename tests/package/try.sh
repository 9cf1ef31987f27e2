#!/usr/bin/env bash
# Installs the packages on a bare Debian 12 and uses them there without a network, as somebody would who has just bought
# the machine; then takes the Debian package away and looks for what it left.
#
#   tests/package/try.sh PACKAGE.deb TARBALL.tar.gz
#
# Takes root, debootstrap and Debian's packages, from where this system gets its own.
set -euo pipefail
deb=$(realpath "$1") tarball=$(realpath "$2")
[[ $(id -u) -eq 0 ]] || { echo 'error: this takes root' >&2; exit 2; }
command -v debootstrap >/dev/null || apt-get install -y --no-install-recommends debootstrap >/dev/null

work=$(mktemp -d)
bare=$work/bare
trap 'rm -rf "$work"' EXIT
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -1)
echo "a bare Debian ..."
debootstrap --variant=minbase --include=ca-certificates bookworm "$bare" "$mirror" >"$work/debootstrap.log" ||
  { tail -5 "$work/debootstrap.log" >&2; exit 1; }

# Apt inside as outside: the same sources and the same way to them.
cp -r /etc/apt/apt.conf.d "$bare/etc/apt/"
rm -f "$bare/etc/apt/sources.list"
cp /etc/apt/sources.list "$bare/etc/apt/" 2>/dev/null || true
cp -r /etc/apt/sources.list.d "$bare/etc/apt/" 2>/dev/null || true
cp /etc/resolv.conf "$bare/etc/resolv.conf"
cp -r /usr/local/share/ca-certificates/. "$bare/usr/local/share/ca-certificates/" 2>/dev/null || true
inside() { chroot "$bare" "$@"; }
# Without any network: in a network namespace of its own, which has none.
alone() { unshare --net chroot "$bare" "$@"; }
expect() {
  local what=$1 wanted=$2
  shift 2
  local said
  said=$("$@" 2>&1) || { printf 'not ok: %s\n%s\n' "$what" "$said" >&2; exit 1; }
  grep -q -- "$wanted" <<<"$said" || { printf 'not ok: %s: no "%s" in\n%s\n' "$what" "$wanted" "$said" >&2; exit 1; }
  echo "ok: $what"
}

inside update-ca-certificates >/dev/null 2>&1 || true
inside apt-get update -qq
cp "$deb" "$bare/tmp/rigwise.deb"

cp "$tarball" "$bare/tmp/rigwise.tar.gz"
inside sh -c 'mkdir /tmp/t && tar xzf /tmp/rigwise.tar.gz -C /tmp/t --strip-components=1'
expect 'the tarball advises without a network, with nothing installed' 'Buy' alone /tmp/t/bin/rigwise advise --budget 4000 --class coding
expect 'and keeps a store' 'sqlite' alone /tmp/t/bin/rigwise store init --store sqlite:/tmp/t/store.db
rm -rf "$bare/tmp/t"

DEBIAN_FRONTEND=noninteractive inside apt-get install -y -qq --no-install-recommends /tmp/rigwise.deb >"$work/install.log" 2>&1 ||
  { cat "$work/install.log" >&2; exit 1; }
expect 'rigwise advise answers without a network' 'Buy' alone rigwise advise --budget 4000 --class coding
expect 'its examples travel with it' 'Or buy nothing' alone rigwise advise /usr/share/doc/rigwise/examples/needs-company.toml
expect 'it says its version' '^rigwise [0-9]' alone rigwise --version
expect 'it has a manual page' 'rigwise advise' sh -c "zcat '$bare/usr/share/man/man1/rigwise.1.gz'"
expect 'and bash completes it' 'advise' bash -c "source '$bare/usr/share/bash-completion/completions/rigwise'; COMP_WORDS=(rigwise adv); COMP_CWORD=1; _rigwise; echo \${COMPREPLY[*]}"
expect 'its page is in it' '</html>' alone sh -c 'rigwise site /tmp/site --single-file >/dev/null && tail -c 200 /tmp/site/*.html'
rm -rf "$bare/tmp/site"

inside dpkg --purge rigwise >/dev/null
left=$(inside sh -c 'find / -xdev -path /proc -prune -o -name "*rigwise*" -print' | grep -v '^/tmp/\|^/var/lib/apt\|^/var/cache/apt' || true)
[[ -z $left ]] || { printf 'not ok: purging left\n%s\n' "$left" >&2; exit 1; }
echo 'ok: nothing of it is left after a purge'
