#!/bin/sh
# Builds a release without a tag, signed with a key that is thrown away, into a folder.
#
#   tools/release/snapshot.sh DIST [HOST]
#
# With HOST, a platform such as linux/amd64, the programs are built for that one alone, and without gpg they
# are not signed, except in CI.
# goreleaser and cyclonedx-gomod are in .local/bin.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
dist=$1
host=${2:-}
PATH=$root/.local/bin:$PATH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sed "s|^dist: .*|dist: $dist|" .goreleaser.yml >"$work/all.yml"
if [ -n "$host" ]; then
	sed -e "s|goos: &goos .*|goos: \&goos [${host%/*}]|" -e "s|goarch: &goarch .*|goarch: \&goarch [${host#*/}]|" \
		"$work/all.yml" >"$work/goreleaser.yml"
else
	mv "$work/all.yml" "$work/goreleaser.yml"
fi

# goreleaser asks for the remote, which a clone need not have.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=remote.origin.url \
	GIT_CONFIG_VALUE_0=https://github.com/spin-dd/terraform-provider-savings

if command -v gpg >/dev/null; then
	# gpg-agent's socket is in its home, and a socket's path may not be long.
	GNUPGHOME=$(mktemp -d /tmp/gpg.XXXXXX)
	export GNUPGHOME
	trap 'gpgconf --kill all; rm -rf "$work" "$GNUPGHOME"' EXIT
	gpg --batch --quiet --passphrase '' \
		--quick-generate-key 'snapshot (thrown away) <snapshot@example.com>' rsa3072 sign 1d
	GPG_FINGERPRINT=$(gpg --batch --with-colons --list-secret-keys | awk -F: '/^fpr/ { print $10; exit }')
	export GPG_FINGERPRINT
	goreleaser release --snapshot --clean --config "$work/goreleaser.yml"
	gpg --batch --armor --export "$GPG_FINGERPRINT" >"$dist/snapshot-key.asc"
elif [ -n "$host" ] && [ -z "${CI:-}" ]; then
	echo "make: gpg is not on the PATH: this release is not signed, and its signature is not tested." >&2
	goreleaser release --snapshot --clean --skip sign --config "$work/goreleaser.yml"
else
	echo "make: gpg is needed to sign a release; install it and try again." >&2
	exit 1
fi
cp bin/release/* "$dist"
