#!/bin/sh
# Runs every fuzz target of the module, each for the time given: tools/fuzz.sh 20s
set -eu
time=${1:-20s}
grep -rlE --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u | while read -r dir; do
	grep -hoE "^func Fuzz[A-Za-z0-9_]*" "$dir"/*_test.go | cut -c6- | while read -r target; do
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 1x "$dir"
	done
done
