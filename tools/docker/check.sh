#!/bin/sh
# Builds the image of examples/docker without Docker, from base images made here, and lets OpenTofu
# apply in it. Needs root, buildah and debootstrap, and Debian's packages as this machine reaches them:
#   tools/docker/check.sh
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
version=0.1.0
arch=$(go env GOARCH)
work=$(mktemp -d)
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
buildah() { command buildah --root "$work/storage" --runroot "$work/run" "$@"; }
servers=
finish() {
	for pid in $servers; do kill "$pid"; done
	buildah rm --all >/dev/null
	rm -rf "$work"
}
trap finish EXIT

# image NAME FOLDER makes a base image of a folder.
image() {
	base=$(buildah from scratch)
	buildah copy -q "$base" "$2" / >/dev/null
	buildah commit -q --rm "$base" "$1" >/dev/null
}

echo "Making the base images"
debootstrap --variant=minbase stable "$work/debian" >"$work/debootstrap.log"
cp -a /etc/apt/. "$work/debian/etc/apt/"
image docker.io/library/debian:stable-slim "$work/debian"
mkdir -p "$work/tofu/usr/local/bin"
cp "$(command -v tofu || echo "$root/.local/bin/tofu")" "$work/tofu/usr/local/bin/tofu"
image ghcr.io/opentofu/opentofu:1.12-minimal "$work/tofu"

echo "Laying out a release"
mkdir -p "$work/releases/v$version"
python3 - "$root/bin" "$work/releases/v$version" "$version" "$arch" <<'PYTHON'
import sys, tarfile, zipfile
source, target, version, arch = sys.argv[1:]
with zipfile.ZipFile(f"{target}/terraform-provider-savings_{version}_linux_{arch}.zip", "w") as z:
    info = zipfile.ZipInfo(f"terraform-provider-savings_v{version}")
    info.external_attr = 0o755 << 16
    z.writestr(info, open(f"{source}/terraform-provider-savings", "rb").read())
with tarfile.open(f"{target}/savings_{version}_linux_{arch}.tar.gz", "w:gz") as t:
    t.add(f"{source}/savings", "savings")
PYTHON
python3 -m http.server --bind 127.0.0.1 --directory "$work/releases" 8765 >"$work/server.log" 2>&1 &
servers=$!
go build -o "$work/fakeaws" "$root/internal/fakeaws/cmd"
"$work/fakeaws" -port 8766 -region ap-northeast-1 -state "$work/aws.jsonl" >"$work/aws.log" &
servers="$servers $!"

echo "Building examples/docker"
buildah build -q --pull-never --network host --build-arg "TARGETARCH=$arch" \
	--build-arg RELEASES=http://127.0.0.1:8765 --tag tool "$root/examples/docker"

echo "Planning and applying in it"
mkdir "$work/stack"
cat >"$work/stack/main.tf" <<'TOFU'
terraform {
  required_providers {
    savings = { source = "spin-dd/savings" }
  }
}
provider "savings" {
  region = "ap-northeast-1"
}
resource "savings_runner" "tools" {
  name = "tools"
}
TOFU
tool=$(buildah from --pull-never tool)
in_tool() {
	buildah run --network host --volume "$work/stack:/stack" --env AWS_ACCESS_KEY_ID=testing --env AWS_SECRET_ACCESS_KEY=testing \
		--env AWS_ENDPOINT_URL=http://127.0.0.1:8766 --env AWS_EC2_METADATA_DISABLED=true "$tool" -- "$@"
}
in_tool tofu init -no-color
in_tool tofu plan -no-color
in_tool tofu apply -no-color -auto-approve
in_tool tofu plan -no-color -detailed-exitcode
in_tool savings describe 'cron(0 21 ? * MON-FRI *)'
