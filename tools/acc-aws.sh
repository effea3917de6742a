#!/bin/sh
# Runs the acceptance tests and the open questions against the AWS account of the environment's
# credentials, then removes what is left there. Answers go to the file given, or .local/aws-facts.md.
set -u
if [ "${TF_ACC_AWS:-}" != 1 ]; then
	cat >&2 <<'SENTENCE'
This makes schedules, roles, functions and log groups in the AWS account of your credentials, in
ap-northeast-1, all named savings-acc-…, and removes them again. They cost less than a cent. If that is
what you want: TF_ACC_AWS=1 make acc-aws
SENTENCE
	exit 2
fi
mkdir -p .local
answers=${1:-$PWD/.local/aws-facts.md}
status=0
go test -count 1 -v -timeout 60m -run '^TestAcc(Schedule_(oneChangedEventOfTwenty|unknownValues|nullAndDefaults)|Runner_life)$' \
	./provider || status=1
go test -count 1 -v -timeout 20m -run '^TestFacts_account$' ./internal/facts -args -write "$answers" || status=1
go test -count 1 -v -timeout 20m -run '^TestSweep_account$' ./internal/acctest || status=1
exit $status
