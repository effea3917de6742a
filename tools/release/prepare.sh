#!/bin/sh
# Makes bin/release: the files of a release that are not built once a platform, under their names. These are
# the provider's manifest, the runner as zip package and as image, and what the runner is made of.
#
#   tools/release/prepare.sh VERSION
#
# cyclonedx-gomod is on the PATH.
set -eu
cd "$(dirname "$0")/../.."
version=$1
out=bin/release

rm -rf "$out"
mkdir -p "$out"
cp terraform-registry-manifest.json "$out/terraform-provider-savings_${version}_manifest.json"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go run ./internal/bundle/pack -programs "$work"
CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w' -o "$work/savings" ./cmd/savings
for architecture in arm64 x86_64; do
	name="$out/savings-runner_${version}_$architecture"
	"$work/savings" runner zip --arch "$architecture" --output "$name.zip"
	"$work/savings" runner image --arch "$architecture" --output "$name.oci.tar"
	cyclonedx-gomod bin -json -std -noserial -notimestamp -version "v$version" \
		-output "$name.cdx.json" "$work/runner-$architecture"
done
