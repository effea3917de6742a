package review

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
	"github.com/spin-dd/terraform-provider-savings/internal/timeline"
)

// marker is what the GitHub action writes before the comment, and githubMost what GitHub takes.
const (
	marker     = "<!-- savings-review: " + "a-name-of-many-letters-such-as-people-give-to-a-stage" + " -->\n"
	githubMost = 65536
)

// events are a schedule's by key.
type events map[string]map[string]any

// resource is a change of a savings_schedule; without events before it is created.
func resource(address string, before, after events) map[string]any {
	side := func(e events) any {
		if e == nil {
			return nil
		}
		return map[string]any{"name": "n", "timezone": "Asia/Tokyo", "events": e}
	}
	action := "update"
	if before == nil {
		action = "create"
	}
	return map[string]any{
		"address": address, "mode": "managed", "type": "savings_schedule", "name": "this",
		"change": map[string]any{"actions": []string{action}, "before": side(before), "after": side(after)},
	}
}

func reviewed(t testing.TB, changes ...map[string]any) *Review {
	t.Helper()
	data, err := json.Marshal(map[string]any{"format_version": "1.2", "resource_changes": changes})
	if err != nil {
		t.Fatal(err)
	}
	p, err := planjson.Read(strings.NewReader(string(data)), planjson.TypeSchedule)
	if err != nil {
		t.Fatal(err)
	}
	return Compare(p, time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC), nil)
}

func event(expression string, args ...string) map[string]any {
	return map[string]any{"args": args, "cron_expr": expression}
}

// instances are n ids of instances, the first of them from on.
func instances(from, n int) []string {
	out := []string{"ec2", "stop-instances"}
	for i := range n {
		out = append(out, fmt.Sprintf("i-%017x", from+i))
	}
	return out
}

var (
	leftForm   = regexp.MustCompile(`(?m)^(\d+) more rows? (?:is|are) left out: |^コメントの長さの上限のため、(\d+) 行を省略しました。$`)
	tablesForm = regexp.MustCompile(`(?m)^The tables? of (\d+) more resources? (?:is|are) left out: |^コメントの長さの上限のため、ほか (\d+) 件のリソースの表を省略しました。$`)
)

// number is what the form finds in a text; 0 where it finds nothing.
func number(form *regexp.Regexp, text string) int {
	match := form.FindStringSubmatch(text)
	if match == nil {
		return 0
	}
	n, _ := strconv.Atoi(match[1] + match[2])
	return n
}

// checkCut fails the test where a comment is too long, or lacks something and does not say so.
func checkCut(t *testing.T, r *Review, lang language.Tag) string {
	t.Helper()
	comment := r.Markdown(lang)
	if n := length(comment); n > MaxMarkdown {
		t.Errorf("the comment has %d characters", n)
	}
	if n := length(marker + comment); n > githubMost {
		t.Errorf("with the action's marker the comment has %d characters", n)
	}
	// Parts of the comment by the heads that they begin with.
	parts := strings.Split(strings.ReplaceAll(comment, "\n<details>", "\n#### <details>"), "\n#### ")
	check := func(head, item string, want int) {
		t.Helper()
		if want == 0 || strings.Contains(comment, "\n"+head+": left out") || strings.Contains(comment, "\n"+head+": コメント") {
			return
		}
		for _, part := range parts {
			if strings.HasPrefix(part, head) || strings.HasPrefix(part, "<details><summary>"+head) {
				if got := strings.Count(part, "\n"+item) + number(leftForm, part); got != want {
					t.Errorf("%s shows or counts %d of %d in\n%s", head, got, want, part)
				}
				return
			}
		}
		t.Errorf("%s: neither shown nor said to be left out", head)
	}
	const row = "| "
	tables, unchanged, runs, gone := 0, 0, 0, 0
	for _, s := range r.Schedules {
		if !s.HasChanges() {
			continue
		}
		tables++
		if head := (&markdown{lang: lang}).text(code(s.Address)) + " "; strings.Contains(comment, "\n#### "+head) {
			check(head, row, len(s.Changes())+1)
		} else {
			gone++
		}
	}
	for _, s := range r.Schedules {
		for _, c := range s.Events {
			switch {
			case c.Kind == Unchanged:
				unchanged++
			case c.After != nil && c.Kind != Renamed:
				runs++
			}
		}
	}
	if got := number(tablesForm, comment); got != gone {
		t.Errorf("%d of %d tables are not there, and it says %d", gone, tables, got)
	}
	check(titleWarnings.text(lang), "- ", len(r.findingsOf(timeline.Warning)))
	check(titleNotes.text(lang), "- ", len(r.findingsOf(timeline.Note)))
	check(titleRuns.text(lang), row, withHead(runs))
	check(titleUnchanged.of(lang, unchanged).String(), row, withHead(unchanged))
	check(titleHours.text(lang), "`", len(r.weekGroups()))
	return comment
}

// withHead counts a table's head as a row.
func withHead(rows int) int {
	if rows == 0 {
		return 0
	}
	return rows + 1
}

// The largest of a plan's parts at a time: each is cut, and says so.
func TestMarkdown_cut(t *testing.T) {
	t.Parallel()
	many := func(n int, each func(i int) map[string]any) []map[string]any {
		var out []map[string]any
		for i := range n {
			out = append(out, each(i))
		}
		return out
	}
	stops := events{}
	for i := range 366 {
		stops[fmt.Sprintf("e%04d", i)] = event("cron(0 21 * * ? *)", "rds", "stop-cluster", fmt.Sprintf("db%d", i))
	}
	long := strings.Repeat("long|", 200)
	for name, changes := range map[string][]map[string]any{
		"stops that nothing starts": {resource("savings_schedule.this", nil, stops)},
		"resources": many(400, func(i int) map[string]any {
			return resource(fmt.Sprintf("module.saving_of_team[\"squad-%04d|x\"].savings_schedule.this", i), nil,
				events{"a": event("rate(1 hour)", "rds", "stop-cluster", fmt.Sprint("db", i))})
		}),
		"ids": {resource("savings_schedule.this", nil, events{"a": event("cron(0 21 * * ? *)", instances(0, 3000)...)})},
		"ids before and after": {resource("savings_schedule.this",
			events{"a": event("cron(0 20 * * ? *)", instances(0, 3000)...)},
			events{"a": event("cron(0 21 * * ? *)", instances(1, 3000)...)})},
		"events of many ids": many(40, func(i int) map[string]any {
			return resource(fmt.Sprintf("savings_schedule.r%02d", i), nil,
				events{"a": event("cron(0 21 * * ? *)", instances(1000*i, 1000)...)})
		}),
		"long names": many(30, func(i int) map[string]any {
			return resource(fmt.Sprint(long, i), nil, events{fmt.Sprint(long, i): event("cron(0 21 * * ? *)", long, long, long)})
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := reviewed(t, changes...)
			for _, lang := range language.All {
				comment := checkCut(t, r, lang)
				if !strings.Contains(comment, "left out") && !strings.Contains(comment, "省略") {
					t.Errorf("nothing is cut from %d characters", length(comment))
				}
			}
		})
	}
}

// Any plan's comment is within the limit, and says what it lacks.
func TestMarkdown_cutOfRandomPlans(t *testing.T) {
	t.Parallel()
	words := []string{"db", "web/api", "team=x", "a|b", "`", "<b>", "@x", strings.Repeat("x", 300), "日本語", "env=" + strings.Repeat("é|", 40)}
	expressions := []string{"cron(0 21 * * ? *)", "cron(0 8 ? * MON-FRI *)", "rate(1 hour)", "cron(0 1 1 * ? 2020)", "cron(", "at(2027-01-01T00:00:00)"}
	commands := [][2]string{{"rds", "stop-cluster"}, {"rds", "start-cluster"}, {"ec2", "stop-instances"}, {"ecs", "stop-services"}, {"x", "y"}}
	for i := range 20 {
		random := rand.New(rand.NewPCG(3, uint64(i)))
		pick := func(list []string) string { return list[random.IntN(len(list))] }
		some := func(most int) int { return random.IntN(1 + random.IntN(most)) }
		makeEvent := func() map[string]any {
			c := commands[random.IntN(len(commands))]
			args := c[:]
			for range 1 + some(4) {
				args = append(args, fmt.Sprint(pick(words), random.IntN(50)))
			}
			return event(pick(expressions), args...)
		}
		var changes []map[string]any
		for n := range 1 + some(100) {
			before, after := events{}, events{}
			for k := range 1 + some(40) {
				key := fmt.Sprint(pick(words), k)
				before[key] = makeEvent()
				if after[key] = before[key]; random.IntN(2) == 0 {
					after[key] = makeEvent()
				}
			}
			changes = append(changes, resource(fmt.Sprintf("module.m[%q].savings_schedule.this", fmt.Sprint(pick(words), n)), before, after))
		}
		r := reviewed(t, changes...)
		for _, lang := range language.All {
			checkCut(t, r, lang)
		}
		if t.Failed() {
			t.Fatalf("random plan %d of %d resources", i, len(changes))
		}
	}
}
