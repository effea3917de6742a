package simulate_test

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
	"github.com/spin-dd/terraform-provider-savings/internal/simulate"
	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

// update is set by UPDATE=1: golden files are written anew.
var update = os.Getenv("UPDATE") != ""

func load(tb testing.TB, zone string) *time.Location {
	tb.Helper()
	loc, err := awscron.LoadLocation(zone)
	if err != nil {
		tb.Fatal(err)
	}
	return loc
}

func read(t *testing.T, plan string) simulate.Input {
	t.Helper()
	p, err := planjson.Read(strings.NewReader(plan))
	if err != nil {
		t.Fatal(err)
	}
	in, err := simulate.Read(p)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// run walks some days from midnight on.
func run(t *testing.T, in simulate.Input, zone, from string, days int, seed timeline.Seed) *simulate.Simulation {
	t.Helper()
	first, err := time.Parse(time.DateOnly, from)
	if err != nil {
		t.Fatal(err)
	}
	loc := load(t, zone)
	y, m, d := first.Date()
	s, err := simulate.Run(in, timeline.Walk{
		From: simulate.Midnight(y, m, d, loc), To: simulate.Midnight(y, m, d+days, loc), Seed: seed,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

const newYear = `{"name": "sample-ai-saving", "timezone": "Asia/Tokyo", "events": {
  "rds_stop":  {"args": ["rds", "stop-cluster", "my-aurora"], "cron_expr": "cron(0 21 ? * Mon-Sun *)"},
  "rds_start": {"args": ["rds", "start-cluster", "my-aurora"], "cron_expr": "cron(30 8 ? * MON-FRI *)",
    "except_dates": ["2026-12-29", "2026-12-30", "2026-12-31", "2027-01-01"]},
  "ec2_off":   {"args": ["ec2", "stop-instances", "deploy=devel"], "cron_expr": "cron(0 20-23 * * ? *)"},
  "ec2_on":    {"args": ["ec2", "start-instances", "deploy=devel"], "cron_expr": "cron(0 8 * * ? *)"},
  "monthly":   {"args": ["rds", "stop-instance", "batch"], "cron_expr": "cron(0 3 21 * ? *)"},
  "off":       {"args": ["rds", "stop-instance", "batch"], "cron_expr": "cron(0 3 21 * ? *)", "enabled": false},
  "look":      {"args": ["rds", "stop-instance", "batch", "--dry-run"], "cron_expr": "cron(0 3 21 * ? *)"}}}`

func TestText_newYear(t *testing.T) {
	t.Parallel()
	s := run(t, read(t, newYear), "Asia/Tokyo", "2026-12-26", 10, timeline.SeedEvents)
	golden(t, "new_year.txt", s.Text())
}

func TestText_japanese(t *testing.T) {
	t.Parallel()
	s := run(t, read(t, newYear), "Asia/Tokyo", "2026-12-26", 4, timeline.SeedEvents)
	s.Language = language.Japanese
	golden(t, "new_year.ja.txt", s.Text())
}

// Days on which clocks change have an hour that is missing or longer, on the calendar's own clocks.
func TestText_clockChanges(t *testing.T) {
	t.Parallel()
	in := read(t, `{"name": "n", "timezone": "Europe/Berlin", "events": {
	  "stop": {"args": ["ecs", "stop-services", "web/api"], "cron_expr": "cron(30 2 * * ? *)"},
	  "start": {"args": ["ecs", "start-services", "web/api"], "cron_expr": "cron(0 7 * * ? *)"}}}`)
	golden(t, "spring.txt", run(t, in, "Europe/Berlin", "2027-03-27", 3, timeline.SeedOn).Text())
	golden(t, "autumn.txt", run(t, in, "Europe/Berlin", "2027-10-30", 3, timeline.SeedOn).Text())
	golden(t, "elsewhere.txt", run(t, in, "Asia/Tokyo", "2027-03-27", 3, timeline.SeedOn).Text())
}

func TestJSON(t *testing.T) {
	t.Parallel()
	s := run(t, read(t, newYear), "Asia/Tokyo", "2026-12-27", 3, timeline.SeedEvents)
	data, err := s.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]any
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	var got []map[string]any
	for _, e := range list {
		if e["target"] != "ec2/tag/deploy=devel" {
			got = append(got, e)
		}
	}
	want := []map[string]any{
		{"at": "2026-12-27T21:00:00+09:00", "target": "rds/cluster/my-aurora", "kind": "stop", "event": "rds_stop", "already": true},
		{
			"at": "2026-12-28T03:00:00+09:00", "target": "rds/instance/batch", "kind": "aws_restart", "event": "monthly",
			"awake_until": "2026-12-30T00:00:00+09:00",
		},
		{"at": "2026-12-28T08:30:00+09:00", "target": "rds/cluster/my-aurora", "kind": "start", "event": "rds_start"},
		{"at": "2026-12-28T21:00:00+09:00", "target": "rds/cluster/my-aurora", "kind": "stop", "event": "rds_stop"},
		{
			"at": "2026-12-29T08:30:00+09:00", "target": "rds/cluster/my-aurora", "kind": "skipped", "event": "rds_start",
			"reason": "except_dates",
		},
		{"at": "2026-12-29T21:00:00+09:00", "target": "rds/cluster/my-aurora", "kind": "stop", "event": "rds_stop", "already": true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	empty, err := (&simulate.Simulation{Zone: time.UTC}).JSON()
	if err != nil || string(empty) != "[]\n" {
		t.Errorf("nothing: got %q, %v, want an empty list", empty, err)
	}
}

// planOf is a plan with these resources; after and unknown are JSON.
func planOf(resources ...string) string {
	return `{"format_version": "1.2", "resource_changes": [` + strings.Join(resources, ",") + `]}`
}

func created(address, after, unknown string) string {
	return `{"address": "` + address + `", "mode": "managed", "type": "savings_schedule", "name": "this",
	  "change": {"actions": ["create"], "before": null, "after": ` + after + `, "after_unknown": ` + unknown + `}}`
}

// Keys that several schedules have are told apart by name, targets by account and region, and what
// is not known yet is left out in words.
func TestRead_severalSchedules(t *testing.T) {
	t.Parallel()
	of := func(name, region, args string) string {
		return `{"name": "` + name + `", "timezone": "Asia/Tokyo",
		  "function_arn": "arn:aws:lambda:` + region + `:123456789012:function:f", "events": {
		    "stop": {"args": ["rds", "stop-cluster", ` + args + `], "cron_expr": "cron(0 21 * * ? *)"},
		    "` + name + `_start": {"args": ["rds", "start-cluster", "db"], "cron_expr": "cron(0 8 * * ? *)"}}}`
	}
	in := read(t, planOf(
		created("savings_schedule.a", of("a", "ap-northeast-1", `"arn:aws:rds:ap-northeast-1:123456789012:cluster:db"`), `{}`),
		created("savings_schedule.b", of("b", "us-west-2", `null`),
			`{"events": {"stop": {"args": [false, false, true]}}}`),
		`{"address": "savings_schedule.gone", "mode": "managed", "type": "savings_schedule", "name": "gone",
		  "change": {"actions": ["delete"], "before": `+of("c", "us-west-2", `"db"`)+`, "after": null}}`,
	))
	want := []simulate.Name{{"a_start", "Asia/Tokyo"}, {"a/stop", "Asia/Tokyo"}, {"b_start", "Asia/Tokyo"}}
	if diff := cmp.Diff(want, in.Names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]simulate.Left{{"b/stop", simulate.IsUnknown}}, in.Left); diff != "" {
		t.Errorf("left out (-want +got):\n%s", diff)
	}
	s := run(t, in, "Asia/Tokyo", "2026-12-21", 1, timeline.SeedOff)
	var targets []string
	for _, c := range s.Courses {
		targets = append(targets, c.Target)
	}
	if diff := cmp.Diff([]string{
		"rds/cluster/db in aws:ap-northeast-1:123456789012", "rds/cluster/db in aws:us-west-2:123456789012",
	}, targets); diff != "" {
		t.Errorf("targets (-want +got):\n%s", diff)
	}
}

func TestRead_wrong(t *testing.T) {
	t.Parallel()
	one := func(members string) string {
		return `{"name": "n", "timezone": "UTC", "events": {"stop": {"args": ["rds", "stop-cluster", "db"], ` + members + `}}}`
	}
	for want, plan := range map[string]string{
		"there is no schedule after this plan":                        planOf(),
		`event "stop" has cron_expr: `:                                one(`"cron_expr": "cron(0 21 * * *)"`),
		`event "stop" has timezone: unknown time zone "Asia/Tokio"`:   one(`"cron_expr": "rate(1 day)", "timezone": "Asia/Tokio"`),
		`event "stop" has the except_dates "29 Dec", which is no`:     one(`"cron_expr": "rate(1 day)", "except_dates": ["29 Dec"]`),
		`event "stop" has start_date "2027-01-01", which is no RFC 3`: one(`"cron_expr": "rate(1 day)", "start_date": "2027-01-01"`),
		`event "stop" has end_date "soon", which is no RFC 3339 inst`: one(`"cron_expr": "rate(1 day)", "end_date": "soon"`),
	} {
		p, err := planjson.Read(strings.NewReader(plan))
		if err != nil {
			t.Fatal(err)
		}
		if _, err = simulate.Read(p); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want an error that begins with %q", err, want)
		}
	}
}

func TestRun_tooManyRuns(t *testing.T) {
	t.Parallel()
	in := read(t, `{"name": "n", "timezone": "UTC", "events": {
	  "stop": {"args": ["rds", "stop-cluster", "db"], "cron_expr": "cron(* * * * ? *)"}}}`)
	from := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	_, err := simulate.Run(in, timeline.Walk{From: from, To: from.AddDate(10, 0, 0)})
	if tooMany := (*timeline.TooManyRunsError)(nil); !errors.As(err, &tooMany) {
		t.Errorf("got %v, want a TooManyRunsError", err)
	}
}

// Midnight is the first instant of its day in every zone, also where the clocks skip 00:00.
func TestMidnight(t *testing.T) {
	t.Parallel()
	archive, err := zip.OpenReader("../awscron/zoneinfo.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	skipped := 0
	for _, f := range archive.File {
		if strings.HasSuffix(f.Name, "/") || f.Name == "Factory" {
			continue
		}
		zone := load(t, f.Name)
		for day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2028; day = day.AddDate(0, 0, 1) {
			y, m, d := day.Date()
			got := simulate.Midnight(y, m, d, zone)
			if got.Hour() != 0 {
				skipped++
			}
			if got.Day() != d || got.Add(-time.Second).Day() == d {
				t.Fatalf("%s in %s: got %s", day.Format(time.DateOnly), f.Name, got)
			}
		}
	}
	if skipped == 0 {
		t.Error("no zone skips a midnight")
	}
}
