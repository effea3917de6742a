#!/usr/bin/env bash
# Downloads the savings command line, checks its checksum, reviews a plan, and creates or updates one
# comment of the pull request. action.yml says what the INPUT_ variables are; the others are GitHub's.
# It needs curl, jq and tar, which GitHub's runners have.
#
# Exit status: that of savings review (0, 2 for a plan that cannot be read, 3 for a rule that is
# broken), or 1 where the command line could not be had. A comment that cannot be written is a warning.
set -euo pipefail

work=$(mktemp -d "${RUNNER_TEMP:-/tmp}/savings-review.XXXXXX")
trap 'rm -f "$work/token"' EXIT

fail() {
	echo "::error::$1" >&2
	exit 1
}

# get URL FILE
get() {
	curl --fail --silent --show-error --location --retry 3 --max-time 120 --max-filesize 200M --output "$2" "$1" ||
		fail "downloading $1 failed"
}

# api METHOD PATH [FILE] prints GitHub's answer, then its status on a line of its own, 000 for none.
api() {
	local data=()
	if [ $# -gt 2 ]; then
		data=(--header 'Content-Type: application/json' --data-binary "@$3")
	fi
	# The token stands in a file that only this user reads: a command line is seen by all.
	curl --silent --show-error --max-time 60 --max-filesize 20M --request "$1" --config "$work/token" \
		--header 'Accept: application/vnd.github+json' \
		--header 'X-GitHub-Api-Version: 2022-11-28' \
		--write-out '\n%{http_code}' ${data[@]+"${data[@]}"} "$GITHUB_API_URL$2" || true
}

platform() {
	case "$(uname -s)" in
	Linux) os=linux ;;
	Darwin) os=darwin ;;
	MINGW* | MSYS* | CYGWIN*) os=windows ;;
	*) fail "no release of savings for $(uname -s)" ;;
	esac
	case "$(uname -m)" in
	x86_64 | amd64) arch=amd64 ;;
	aarch64 | arm64) arch=arm64 ;;
	*) fail "no release of savings for $(uname -m)" ;;
	esac
}

checksum() {
	if command -v sha256sum >/dev/null; then
		sha256sum "$1" | cut -d ' ' -f 1
	else
		shasum -a 256 "$1" | cut -d ' ' -f 1
	fi
}

install() {
	local version=${INPUT_VERSION#v} archive sums want got
	if ! [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]]; then
		fail "version \"$INPUT_VERSION\" is no release: write one such as 0.1.0"
	fi
	platform
	archive="savings_${version}_${os}_${arch}.tar.gz"
	sums="terraform-provider-savings_${version}_SHA256SUMS"
	get "$INPUT_DOWNLOAD_URL/v$version/$archive" "$work/$archive"
	get "$INPUT_DOWNLOAD_URL/v$version/$sums" "$work/$sums"
	want=$(awk -v name="$archive" '$2 == name { print $1 }' "$work/$sums")
	got=$(checksum "$work/$archive")
	if [ -z "$want" ] || [ "$got" != "$want" ]; then
		fail "$archive has the checksum $got, and $sums says ${want:-nothing of it}"
	fi
	mkdir "$work/bin"
	tar -xz -C "$work/bin" <"$work/$archive" # tar would take a drive's C: for a host
}

review() {
	local plan=$INPUT_PLAN args line
	if [[ $plan == -* ]]; then
		plan=./$plan # a file, whatever its name
	fi
	args=(review "$plan" --format markdown --lang "$INPUT_LANG")
	if [ -n "$INPUT_FAIL_ON" ]; then
		args+=(--fail-on "$INPUT_FAIL_ON")
	fi
	if [ -n "$INPUT_PRICES" ]; then
		args+=(--prices "$INPUT_PRICES")
	fi
	while IFS= read -r line; do
		if [ -n "$line" ]; then
			args+=(--min-off-hours "$line")
		fi
	done <<<"$INPUT_MIN_OFF_HOURS"
	status=0
	"$work/bin/savings" "${args[@]}" >"$work/review.md" || status=$?
	if [ ! -s "$work/review.md" ]; then
		exit "$status"
	fi
	cat "$work/review.md" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
	echo "review=$work/review.md" >>"${GITHUB_OUTPUT:-/dev/null}"
}

# pull_request prints the number of the pull request, or nothing.
pull_request() {
	jq --raw-output '.pull_request.number // (.issue | select(.pull_request) | .number) // empty' \
		"$GITHUB_EVENT_PATH"
}

# find_comment MARKER prints the id of our comment, or nothing. It begins with the marker and is by the
# author that we write as: whoever else writes such a comment could change it after us.
find_comment() {
	local page=1 answer code id
	while :; do
		answer=$(api GET "/repos/$GITHUB_REPOSITORY/issues/$number/comments?per_page=100&page=$page")
		code=${answer##*$'\n'}
		answer=${answer%$'\n'*}
		if [ "$code" != 200 ]; then
			refused "$code"
			return 1
		fi
		id=$(jq --raw-output --arg marker "$1" --arg author "$INPUT_AUTHOR" \
			'[.[] | select(.user.login == $author and (.body // "" | startswith($marker)))][0].id // empty' \
			<<<"$answer")
		if [ -n "$id" ] || [ "$(jq length <<<"$answer")" -lt 100 ]; then
			echo "$id"
			return
		fi
		page=$((page + 1))
	done
}

# refused STATUS says why there is no comment. The token of a pull request from a fork may only read.
refused() {
	case "$1" in
	401 | 403 | 404)
		echo "::warning::no comment, since the token may not write one (HTTP $1): give the job" \
			"\"permissions: pull-requests: write\"; a pull request from a fork has a token that only" \
			"reads. The review is in the job's summary." >&2
		;;
	000) echo "::warning::no comment, since $GITHUB_API_URL gave no answer" >&2 ;;
	*) echo "::warning::no comment, since GitHub answered HTTP $1. The review is in the job's summary." >&2 ;;
	esac
}

comment() {
	local marker number id answer code
	number=$(pull_request)
	if [ -z "$number" ]; then
		echo "no pull request, so no comment: the review is in the job's summary"
		return
	fi
	marker="<!-- savings-review: ${INPUT_COMMENT//[^A-Za-z0-9._-]/-} -->"
	id=$(find_comment "$marker") || return 0
	jq --raw-input --slurp --arg marker "$marker" '{body: ($marker + "\n" + .)}' \
		"$work/review.md" >"$work/body.json"
	if [ -n "$id" ]; then
		answer=$(api PATCH "/repos/$GITHUB_REPOSITORY/issues/comments/$id" "$work/body.json")
	else
		answer=$(api POST "/repos/$GITHUB_REPOSITORY/issues/$number/comments" "$work/body.json")
	fi
	code=${answer##*$'\n'}
	case "$code" in
	200 | 201) ;;
	*) refused "$code" ;;
	esac
}

for program in curl jq tar; do
	command -v "$program" >/dev/null || fail "$program is needed on the runner"
done
umask 077
token=$INPUT_TOKEN
unset INPUT_TOKEN # what was downloaded is not given it
install
review
if [ -n "$INPUT_COMMENT" ]; then
	printf 'header = "Authorization: Bearer %s"\n' "$token" >"$work/token"
	comment
fi
exit "$status"
