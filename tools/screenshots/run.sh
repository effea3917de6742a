#!/bin/sh
# Makes reviews of the plans in testdata, looks at them in headless Chromium, and keeps the pictures
# that the guide shows.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$root/.local/screenshots
plans=$root/internal/review/testdata/plans
rm -rf "$work"
mkdir -p "$work/pages" "$root/templates/guides/images"

for plan in migration warnings steps unknown; do
	for lang in en ja; do
		"$root/bin/savings" review "$plans/$plan.tofu.json" --lang "$lang" --format html \
			--prices "$root/internal/review/testdata/prices.json" --output "$work/pages/$plan-$lang.html"
	done
done
for lang in en ja; do
	"$root/bin/savings" review "$plans/cron.tofu.json" --lang "$lang" --format svg \
		--output "$work/pages/week-$lang.svg"
done

node "$root/tools/screenshots/screenshots.mjs" "$work/pages" "$work/pictures"

for picture in migration-en-html-desktop-light migration-en-html-desktop-dark migration-en-html-phone-light \
	migration-ja-html-phone-dark week-en-svg-phone-light week-en-svg-phone-dark \
	week-ja-svg-phone-light week-ja-svg-phone-dark; do
	cp "$work/pictures/$picture.png" "$root/templates/guides/images/review-$picture.png"
done
