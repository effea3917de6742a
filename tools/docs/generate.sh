#!/bin/sh
# Writes the provider's documentation into the folder given, from the schema of the built provider,
# templates/ and examples/. The schema is read with OpenTofu, so no Terraform is needed.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
out=$1
tofu=${TOFU:-tofu}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The generator looks for the schema under this address.
address=registry.terraform.io/hashicorp/savings
platform=$(go env GOOS)_$(go env GOARCH)
mkdir -p "$work/mirror/$address/0.0.1/$platform"
cp "$root/bin/terraform-provider-savings" \
	"$work/mirror/$address/0.0.1/$platform/terraform-provider-savings_v0.0.1"
cat >"$work/tofurc" <<EOF
provider_installation {
  filesystem_mirror { path = "$work/mirror" }
}
EOF
cat >"$work/main.tf" <<EOF
terraform {
  required_providers {
    savings = { source = "$address" }
  }
}
EOF
export TF_CLI_CONFIG_FILE="$work/tofurc" CHECKPOINT_DISABLE=1
"$tofu" -chdir="$work" init -input=false -no-color >"$work/init.log" || {
	cat "$work/init.log" >&2
	exit 1
}
"$tofu" -chdir="$work" providers schema -json >"$work/schema.json"

cd "$root"
rm -rf "$out"
mkdir -p "$out"
go tool -modfile=tools/docs/go.mod tfplugindocs generate --provider-name savings \
	--rendered-provider-name Savings --providers-schema "$work/schema.json" \
	--rendered-website-dir "$out" >"$work/docs.log" || {
	cat "$work/docs.log" >&2
	exit 1
}
cp -R templates/schemas "$out/"
