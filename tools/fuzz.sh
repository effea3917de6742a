#!/bin/sh
# Runs every fuzz target of the module, each for the time given: tools/fuzz.sh 20s
#
# Only the module's own packages are instrumented. go test -fuzz instruments what they import too,
# and AWS's clients take minutes and 3 GB to build that way.
set -eu
time=${1:-20s}
own="$(go list -m)/..."
cache="$(go env GOCACHE)/fuzz"
programs=$(mktemp -d)
trap 'rm -rf "$programs"' EXIT
grep -rlE --include='*_test.go' '^func Fuzz' cmd internal lambda provider | xargs -n1 dirname | sort -u |
	while read -r dir; do
		program="$programs/$(basename "$dir").test"
		go test -c -gcflags "$own=-d=libfuzzer" -o "$program" "./$dir"
		grep -hoE "^func Fuzz[A-Za-z0-9_]*" "$dir"/*_test.go | cut -c6- | while read -r target; do
			echo "$dir $target"
			(cd "$dir" && "$program" -test.run '^$' -test.fuzz "^$target\$" -test.fuzztime "$time" \
				-test.fuzzminimizetime 1x -test.fuzzcachedir "$cache/$(go list .)")
		done
	done
