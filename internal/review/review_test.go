package review_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
	"github.com/spin-dd/terraform-provider-savings/internal/review"
)

// now is a Thursday, before the working day in Tokyo begins.
var now = time.Date(2026, 11, 25, 21, 0, 0, 0, time.UTC)

// change is a resource change of a plan: before and after are events as JSON, "" for none.
func change(address, action, before, after string) string {
	side := func(events string) string {
		if events == "" {
			return "null"
		}
		return fmt.Sprintf(`{"name":"n","timezone":"Asia/Tokyo","events":{%s}}`, events)
	}
	return fmt.Sprintf(`{"address":%q,"mode":"managed","type":"savings_schedule","name":"this",
		"change":{"actions":[%s],"before":%s,"after":%s}}`, address, action, side(before), side(after))
}

func compare(t *testing.T, prices review.Prices, changes ...string) *review.Review {
	t.Helper()
	plan := `{"format_version":"1.2","resource_changes":[` + strings.Join(changes, ",") + `]}`
	p, err := planjson.Read(strings.NewReader(plan), planjson.TypeSchedule)
	if err != nil {
		t.Fatal(err)
	}
	return review.Compare(p, now, prices)
}

const (
	stopDB  = `"stop":{"args":["rds","stop-cluster","db"],"cron_expr":"cron(0 21 ? * MON-FRI *)"}`
	stopDB2 = `"stop":{"args":["rds","stop-cluster","db"],"cron_expr":"cron(0 20 ? * MON-FRI *)"}`
	startDB = `"start":{"args":["rds","start-cluster","db"],"cron_expr":"cron(0 8 ? * MON-FRI *)"}`
)

func headline(t *testing.T, r *review.Review) string {
	t.Helper()
	out, err := r.JSON(language.English)
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Headline string }
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	return got.Headline
}

func TestHeadline(t *testing.T) {
	t.Parallel()
	const update, create, remove, forget = `"update"`, `"create"`, `"delete"`, `"forget"`
	both := stopDB + "," + startDB
	for name, tt := range map[string]struct {
		changes []string
		want    string
	}{
		"longer":  {[]string{change("a.b", update, both, stopDB2+","+startDB)}, "db sleeps 5 h longer a week: 103 h → 108 h."},
		"shorter": {[]string{change("a.b", update, stopDB2+","+startDB, both)}, "db sleeps 5 h less a week: 108 h → 103 h."},
		"longer and shorter": {
			[]string{change("a.b", update, both, stopDB2+","+startDB), change("a.c", update,
				strings.ReplaceAll(stopDB2+","+startDB, `"db"`, `"other"`), strings.ReplaceAll(both, `"db"`, `"other"`))},
			"2 targets sleep otherwise: 1 longer (+5 h a week), 1 shorter (−5 h).",
		},
		"another description": {
			[]string{change("a.b", update, stopDB, strings.Replace(stopDB, "}", `,"description":"x"}`, 1))},
			"stop does the same as before: no time and no command changes.",
		},
		"first":        {[]string{change("a.b", create, "", both)}, "db will sleep 103 h a week."},
		"gone":         {[]string{change("a.b", remove, both, "")}, "db no longer sleeps: 103 h a week → 0 h."},
		"nothing":      {[]string{change("a.b", `"no-op"`, both, both)}, "No event changes."},
		"no schedule":  {nil, "This plan has no schedules."},
		"only a stop":  {[]string{change("a.b", create, "", stopDB)}, "New: stop Aurora cluster db every weekday at 21:00, Asia/Tokyo."},
		"a stop moved": {[]string{change("a.b", update, stopDB, stopDB2)}, "Now: stop Aurora cluster db every weekday at 20:00, Asia/Tokyo."},
		"forgotten": {
			[]string{change("a.b", forget, both, "")}, "No event changes.",
		},
		"moved to another resource": {
			[]string{change("a.b", remove, both, ""), change("a.c", create, "", both)}, "2 events have another name or place, and do the same.",
		},
		"a start in another resource": {
			[]string{change("a.b", update, stopDB, stopDB2), change("a.c", `"no-op"`, startDB, startDB)},
			"db sleeps 5 h longer a week: 103 h → 108 h.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := headline(t, compare(t, nil, tt.changes...)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// What a forgotten resource has goes on: nothing is removed, and a note says so.
func TestCompare_forgotten(t *testing.T) {
	t.Parallel()
	r := compare(t, nil, change("a.b", `"forget"`, stopDB+","+startDB, ""))
	if len(r.Targets) != 1 || r.Targets[0].Gain() != 0 {
		t.Errorf("targets: got %+v, want the hours as before", r.Targets)
	}
	if len(r.Findings) != 1 || r.Findings[0].Kind != review.Forgotten {
		t.Errorf("findings: got %+v, want one that it is forgotten", r.Findings)
	}
}

// What an import takes over from a resource that is forgotten is one schedule, not two: it is listed
// once, and neither forgotten nor changed outside.
func TestCompare_adopted(t *testing.T) {
	t.Parallel()
	const arn = `,"schedule_arn":"arn:aws:scheduler:us-east-1:123456789012:schedule/default/n-stop"`
	own := strings.Replace(stopDB, "}", arn+`,"summary":"stop (changed outside: input of another release)"}`, 1)
	adopting := strings.Replace(change("a.new", `"update"`, own, own), `"actions"`, `"importing":{"id":"x"},"actions"`, 1)
	r := compare(t, nil, change("a.old", `"forget"`, strings.Replace(stopDB, "}", arn+"}", 1), ""), adopting)
	if got := headline(t, r); got != "No event changes." {
		t.Errorf("headline: got %q", got)
	}
	for _, f := range r.Findings {
		if f.Kind == review.Forgotten || f.Kind == review.ChangedOutside || len(f.Events) > 1 {
			t.Errorf("finding: %+v", f)
		}
	}
	events := 0
	for _, s := range r.Schedules {
		events += len(s.Events)
	}
	if events != 1 {
		t.Errorf("got %d events, want one", events)
	}
}

// What moves from one resource to another is renamed there, and listed once.
func TestCompare_movedBetweenResources(t *testing.T) {
	t.Parallel()
	r := compare(t, nil, change("a.old", `"delete"`, stopDB+","+startDB, ""),
		change("a.new", `"create"`, "", strings.Replace(stopDB, `"stop":`, `"night":`, 1)+","+strings.Replace(startDB, "0 8", "0 7", 1)))
	type row struct {
		Kind                   review.ChangeKind
		Key, PreviousKey, From string
	}
	var got []row
	for _, s := range r.Schedules {
		for _, e := range s.Events {
			got = append(got, row{e.Kind, e.Key, e.PreviousKey, e.From})
		}
	}
	want := []row{{review.Renamed, "night", "stop", "a.old"}, {review.Changed, "start", "", "a.old"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A finding is new where it was not there before, whatever its event was called.
func TestFindings_new(t *testing.T) {
	t.Parallel()
	const odd = `{"args":["rds","stop-cluster","db"],"cron_expr":"cron(0 21 ? * 1-5 *)"}`
	r := compare(t, nil, change("a.b", `"update"`, `"x":`+odd+","+startDB, `"y":`+odd+","+startDB))
	all, fresh := r.Warnings()
	if all != 1 || fresh != 0 {
		t.Errorf("renamed: got %d warnings, %d new; want 1 and 0", all, fresh)
	}
	r = compare(t, nil, change("a.b", `"update"`, stopDB+","+startDB, `"y":`+odd+","+startDB))
	if all, fresh = r.Warnings(); all != 1 || fresh != 1 {
		t.Errorf("added: got %d warnings, %d new; want 1 and 1", all, fresh)
	}
}

func TestGates(t *testing.T) {
	t.Parallel()
	r := compare(t, nil, change("a.b", `"create"`, "", stopDB+","+startDB+`,"odd":{"args":["ec2","stop-instances","i-0123456789abcdef0"],"cron_expr":"cron(0 21 ? * 1-5 *)"}`))
	least := func(target string, hours float64) review.Gates {
		return review.Gates{MinOffHours: []review.MinOffHours{{Target: target, Hours: hours}}}
	}
	for name, tt := range map[string]struct {
		gates review.Gates
		want  string
	}{
		"none":        {review.Gates{}, ""},
		"a warning":   {review.Gates{FailOn: review.AnyWarning}, "1 warning, and --fail-on warning allows none"},
		"a new one":   {review.Gates{FailOn: review.NewWarning}, "1 new warning, and --fail-on new-warning allows none"},
		"just enough": {least("rds/cluster/db", 103), ""},
		"too little":  {least("rds/cluster/db", 103.5), "rds/cluster/db is off for 103 h a week, and --min-off-hours wants 103.5 h"},
		"unknown":     {least("rds/cluster/other", 1), "rds/cluster/other has no weekly off hours in this plan, and --min-off-hours wants 1 h"},
	} {
		if got := strings.Join(tt.gates.Reasons(r, language.English), "|"); got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}

// A stop that never comes again keeps nothing asleep, whatever its expression says.
func TestCompare_stopThatIsOver(t *testing.T) {
	t.Parallel()
	over := strings.Replace(stopDB, "}", `,"end_date":"2020-01-01T00:00:00Z"}`, 1)
	r := compare(t, nil, change("a.b", `"update"`, over+","+startDB, over+","+startDB))
	if len(r.Targets) != 0 {
		t.Errorf("targets %+v", r.Targets)
	}
	gates := review.Gates{MinOffHours: []review.MinOffHours{{Target: "rds/cluster/db", Hours: 60}}}
	if len(gates.Reasons(r, language.English)) != 1 {
		t.Error("the gate lets it pass")
	}
}

func TestPrices(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		`{"rds/cluster/db": {"per_hour": 0.58, "currency": "USD"}}`:                                                      "That is USD 2.90 less a week.",
		`{"rds/cluster/*": {"per_hour": 90, "currency": "JPY"}}`:                                                         "That is JPY 450 less a week.",
		`{"rds/cluster/*": {"per_hour": 1, "currency": "USD"}, "rds/cluster/db": {"per_hour": 0.10, "currency": "USD"}}`: "That is USD 0.50 less a week.",
		`{"ec2/instance/*": {"per_hour": 1, "currency": "USD"}}`:                                                         "",
		`{}`: "",
	} {
		prices, err := review.ReadPrices(strings.NewReader(file))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		m := compare(t, prices, change("a.b", `"update"`, stopDB+","+startDB, stopDB2+","+startDB)).Markdown(language.English)
		if got := strings.Contains(m, "That is"); got != (want != "") || !strings.Contains(m, want) {
			t.Errorf("%s: want %q in\n%s", file, want, m)
		}
	}
	for file, want := range map[string]string{
		`[]`:       `prices are a JSON object of objects, and here is a JSON array; write {"rds/cluster/my-aurora"`,
		`{"a": 1}`: "here is a JSON number",
		`null`:     "here is null", ``: "the file is empty", `{`: "this is no JSON", `{} {}`: "something follows",
		`{"a": {"per_hour": "1", "currency": "USD"}}`:             `"a": per_hour is no plain number`,
		`{"a": {"per_hour": 1e9, "currency": "USD"}}`:             `"a": per_hour is no plain number`,
		`{"a": {"per_hour": -1, "currency": "USD"}}`:              `"a": per_hour is no plain number`,
		`{"a": {"per_hour": 1, "currency": "dollars"}}`:           `"a": currency is "dollars"`,
		`{"a": {"per_hour": 1, "currency": "USD", "per_day": 1}}`: `"a": member "per_day" is not known`,
	} {
		if _, err := review.ReadPrices(strings.NewReader(file)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", file, err, want)
		}
	}
}

// Schedules of two accounts have targets of their own, though their names are the same.
func TestCompare_accountsApart(t *testing.T) {
	t.Parallel()
	in := func(account, c string) string {
		return strings.ReplaceAll(c, `"name":"n"`, `"name":"n","function_arn":"arn:aws:lambda:r:`+account+`:function:f"`)
	}
	r := compare(t, nil, in("1", change("a.b", `"update"`, stopDB+","+startDB, stopDB2+","+startDB)),
		in("2", change("a.c", `"no-op"`, stopDB+","+startDB, stopDB+","+startDB)))
	var got []string
	for _, target := range r.Targets {
		got = append(got, fmt.Sprint(target.Name, " ", target.Gain()))
	}
	if diff := cmp.Diff([]string{"rds/cluster/db (1/r) 300", "rds/cluster/db (2/r) 0"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// An ARN of the function's region is the same target as the name, also while the function is being
// replaced; one of another region is another.
func TestCompare_regionsOfARNs(t *testing.T) {
	t.Parallel()
	const stopARN = `"stop":{"args":["rds","stop-cluster","arn:aws:rds:us-west-2:123456789012:cluster:db"],` +
		`"cron_expr":"cron(0 21 ? * MON-FRI *)"}`
	for _, tt := range []struct {
		function, replaced string
		want               []string
	}{
		{"us-west-2", `{}`, []string{"rds/cluster/db 0"}},
		{"us-west-2", `{"function_arn":true}`, []string{"rds/cluster/db 0"}},
		{"eu-west-1", `{}`, nil},
	} {
		c := strings.ReplaceAll(change("a.b", `"update"`, stopDB+","+startDB, stopARN+","+startDB),
			`"name":"n"`, `"name":"n","function_arn":"arn:aws:lambda:`+tt.function+`:123456789012:function:f"`)
		if tt.replaced != `{}` {
			at := strings.LastIndex(c, `"function_arn"`)
			c = c[:at] + strings.Replace(c[at:], `"arn:aws:lambda:us-west-2:123456789012:function:f"`, "null", 1)
			c = strings.TrimSuffix(c, "}}") + `,"after_unknown":` + tt.replaced + `}}`
		}
		r := compare(t, nil, c)
		var got []string
		for _, target := range r.Targets {
			if target.After != nil {
				got = append(got, fmt.Sprint(target.Name, " ", target.Gain()))
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("function in %s, after_unknown %s (-want +got):\n%s", tt.function, tt.replaced, diff)
		}
	}
}

// Events that are known only after apply are not removed ones, and what they stop is not known.
func TestCompare_unknownEvents(t *testing.T) {
	t.Parallel()
	c := strings.Replace(change("a.b", `"update"`, stopDB+","+startDB, ""), `"after":null`,
		`"after":{"name":"n","timezone":"Asia/Tokyo"},"after_unknown":{"events":true}`, 1)
	r := compare(t, nil, c)
	if s := r.Schedules[0]; len(s.Changes()) != 0 || !s.EventsUnknown {
		t.Errorf("got %+v, want nothing but that events are unknown", s)
	}
	if len(r.Targets) != 1 || !r.Targets[0].Uncertain || r.Targets[0].Gain() != 0 {
		t.Errorf("targets: got %+v, want one that is uncertain", r.Targets)
	}
	gates := review.Gates{MinOffHours: []review.MinOffHours{{Target: "rds/cluster/db", Hours: 1}}}
	want := "the off hours of rds/cluster/db are known only after apply, and --min-off-hours wants 1 h"
	if got := strings.Join(gates.Reasons(r, language.English), "|"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if m := r.Markdown(language.English); !strings.Contains(m, "More of its events are known only after apply.") {
		t.Errorf("the comment says nothing of it:\n%s", m)
	}
}

// What a replacement left behind is listed beside the resource, and goes.
func TestCompare_deposed(t *testing.T) {
	t.Parallel()
	old := strings.Replace(change("a.b", `"delete"`, stopDB, ""), `"mode"`, `"deposed":"abcd1234","mode"`, 1)
	r := compare(t, nil, change("a.b", `"no-op"`, startDB, startDB), old)
	var got []string
	for _, s := range r.Schedules {
		got = append(got, fmt.Sprint(s.Address, " ", s.Action, " ", len(s.Changes())))
	}
	if diff := cmp.Diff([]string{"a.b no-op 0", "a.b (deposed abcd1234) delete 1"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Another provider's schedule whose runner gives up early is warned about.
func TestCompare_lateLimit(t *testing.T) {
	t.Parallel()
	plan := `{"format_version":"1.2","resource_changes":[{"address":"aws_scheduler_schedule.a","mode":"managed",
		"type":"aws_scheduler_schedule","name":"a","change":{"actions":["no-op"],"before":SIDE,"after":SIDE}}]}`
	side := `{"name":"a","schedule_expression":"cron(0 21 * * ? *)","target":[{"input":
		"{\"args\":[\"rds\",\"stop-cluster\",\"db\"],\"late_after_seconds\":60}"}]}`
	p, err := planjson.Read(strings.NewReader(strings.ReplaceAll(plan, "SIDE", side)), planjson.TypeAWSSchedule)
	if err != nil {
		t.Fatal(err)
	}
	if all, fresh := review.Compare(p, now, nil).Warnings(); all != 1 || fresh != 0 {
		t.Errorf("got %d warnings, %d new; want 1 and 0", all, fresh)
	}
}

// A target that is new, or gone, and off for no minute is not off as before.
func TestReview_offAsBefore(t *testing.T) {
	t.Parallel()
	const atOnce = `"stop":{"args":["rds","stop-cluster","new"],"cron_expr":"cron(0 8 * * ? *)"},` +
		`"start":{"args":["rds","start-cluster","new"],"cron_expr":"cron(0 8 * * ? *)"}`
	const kept = `"kept_stop":{"args":["rds","stop-cluster","kept"],"cron_expr":"cron(0 21 * * ? *)"},` +
		`"kept_start":{"args":["rds","start-cluster","kept"],"cron_expr":"cron(0 8 * * ? *)"}`
	for name, changes := range map[string]string{
		"new":  change("savings_schedule.a", `"update"`, kept, kept+","+atOnce),
		"gone": change("savings_schedule.a", `"update"`, kept+","+atOnce, kept),
	} {
		r := compare(t, nil, changes)
		for format, text := range map[string]string{
			"markdown": r.Markdown(language.English), "html": r.HTML(language.English),
			"text": r.Text(language.English, review.Terminal{Width: 80}),
		} {
			if !strings.Contains(text, "1 target off as before") {
				t.Errorf("%s, %s: the target that stays is not one:\n%s", name, format, text)
			}
		}
	}
}

// A doubtful expression's warning says what is doubtful and what to write, in each language.
func TestReview_doubtfulExpression(t *testing.T) {
	t.Parallel()
	r := compare(t, nil, change("savings_schedule.a", `"create"`, "",
		`"stop":{"args":["rds","stop-cluster","db"],"cron_expr":"cron(0 23-2 31W * ?)"},`+startDB))
	for lang, want := range map[language.Tag]string{
		language.English: "- <b>new</b>: `stop` has a doubtful expression, `cron(0 23-2 31W * ?)`: " +
			"AWS documents six fields; without a year, write `cron(0 23-2 31W * ? *)`; " +
			"AWS does not document ranges that go round the end (`hours` `23-2`); write `23,0-2`; " +
			"AWS does not document what `31W` means in a month without a day 31 (taken as no run); " +
			"for the last weekday of each month, write `LW`.\n",
		language.Japanese: "- <b>新規</b>: `stop` の式 `cron(0 23-2 31W * ?)` は確認が必要です: " +
			"AWS の文書ではフィールドは 6 つです。年を指定しない場合は `cron(0 23-2 31W * ? *)` と書いてください; " +
			"終わりから始めに戻る範囲は AWS の文書にありません（`hours` `23-2`）。`23,0-2` と書いてください; " +
			"31 日のない月での `31W` の動作は AWS の文書にありません（実行なしとして扱います）。" +
			"各月の最後の平日は `LW` と書いてください。\n",
	} {
		if got := r.Markdown(lang); !strings.Contains(got, want) {
			t.Errorf("%s lacks %q:\n%s", lang, want, got)
		}
	}
}
