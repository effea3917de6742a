package house_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
)

// oldWay is an edit that brings one of the old image's twelve faults back. The tests that are named
// after the fault, in the package of the edited file, must then fail: so they tell the old behaviour
// from ours.
type oldWay struct {
	name string
	// test is a pattern of the tests' names; file is relative to the module's root.
	test, file string
	// edits are pairs of a text that occurs once in the file, and what replaces it.
	edits [][2]string
}

var oldWays = []oldWay{
	{"01: a tag is taken for an identifier", "TestFault01", "internal/command/item.go", [][2]string{
		{"return parseTags(text)", "return Item{Text: text, ID: text}, nil"},
	}},
	{"02: the first item that fails ends the run", "TestFault02", "internal/command/resource_run.go",
		[][2]string{{`			wg.Go(func() {
				result := r.settle(ctx, &all[i])
				all[i].result = &result
				r.log(ctx, result)
			})
`, `			result := r.settle(ctx, &all[i])
			if all[i].result = &result; result.Outcome.Failure() {
				return []Result{result}
			}
`}}},
	{"03: access denied is a success", "TestFault03", "internal/command/report.go", [][2]string{
		{"case Unsupported, NotFound, Denied, Failed:", "case Unsupported, NotFound, Failed:"},
	}},
	{"04: initializing counts as impaired", "TestFault04", "internal/command/ec2_health.go", [][2]string{
		{"Values: []string{string(types.SummaryStatusImpaired)}", `Values: []string{"impaired", "initializing"}`},
		{
			"s.Status == types.SummaryStatusImpaired",
			"(s.Status == types.SummaryStatusImpaired || s.Status == types.SummaryStatusInitializing)",
		},
	}},
	{"05: one page of databases", "TestFault05_everyPage", "internal/command/resource_run.go", [][2]string{
		{`if aws.ToString(page.marker) == "" ||`, `if true || aws.ToString(page.marker) == "" ||`},
	}},
	{"05: one call an instance", "TestFault05_fleet", "internal/command/ec2_act.go", [][2]string{
		{"slices.Chunk(targets, instanceBatch)", "slices.Chunk(targets, 1)"},
	}},
	{"06: an event without args succeeds", "TestFault06", "internal/payload/payload.go", [][2]string{
		{"return Payload{}, ErrNoArgs", "return p, nil"},
	}},
	{"06: a typo succeeds", "TestFault06", "lambda/handler.go", [][2]string{
		{`return command.Report{}, fmt.Errorf("runner %s: %w", runnerversion.Version, err)`,
			`return command.Report{}, func(...any) error { return nil }(fmt.Errorf, runnerversion.Version)`},
	}},
	{"07: a tag's value is cut", "TestFault07", "internal/command/item.go", [][2]string{
		{`key, value, ok := strings.Cut(part, "=")`,
			`key, value, ok := strings.Cut(part, "="); value, _, _ = strings.Cut(value, "=")`},
	}},
	{"08: the count is not remembered", "TestFault08_countIs", "internal/command/ecs_act.go", [][2]string{
		{"c.memory = memory\n\terr := r.remember(ctx, s, memory)\n\tsuspended", "err := error(nil)\n\tsuspended"},
	}},
	{"08: scaling is not touched", "TestFault08_scaling", "internal/command/ecs_act.go", [][2]string{
		{"suspend := s.scaling.live()", "suspend := false"},
	}},
	{"08: scaling is not looked at", "TestFault08_auto", "internal/command/ecs_act.go", [][2]string{
		{`case count < s.scaling.min:`, `case false:`},
	}},
	{"08: a negative count passes", "TestFault08_counts", "internal/command/ecs_item.go", [][2]string{
		{"!digits.MatchString(count) || err != nil || n < f.lowest || n > maxTasks", "err != nil"},
	}},
	{"09: the origin need not exist", "TestFault09", "internal/command/cloudfront_run.go", [][2]string{
		{"!slices.Contains(origins, r.origin)", "false && !slices.Contains(origins, r.origin)"},
	}},
	{"09: a stale ETag is not read again", "TestFault09", "internal/command/cloudfront_run.go", [][2]string{
		{"const maxRereads = 3", "const maxRereads = 0"},
	}},
	{"10: nothing is returned", "TestFault10", "lambda/handler.go", [][2]string{
		{"return report.JSON(), nil", "return nil, nil"},
	}},
	{"10: no dry run", "TestFault10_dryRun", "internal/command/resource_settle.go", [][2]string{
		{"case flags.dryRun:", "case false:"},
	}},
	{"10: what is busy is given up", "TestFault10_busy", "internal/command/resource_state.go", [][2]string{
		{"return stepBusy", "return stepBroken"},
	}},
	{"11: a late stop is done", "TestFault11", "lambda/handler.go", [][2]string{
		{"case late:", "case false && late:"},
	}},
	{"11: AWS's default of 185 attempts in a day", "TestFault11", "provider/schedule_model.go",
		[][2]string{
			{"defaultMaximumAttempts = 10", "defaultMaximumAttempts = 185"},
			{"defaultMaximumEventAge = 3600", "defaultMaximumEventAge = 86400"},
		}},
	{"11: full access", "TestFault11", "internal/runnerstack/policy.go", [][2]string{
		{`Action:   []string{"logs:CreateLogStream", "logs:PutLogEvents"},`, `Action: []string{"*"},`},
	}},
	{"11: no dead letters", "TestFault11", "internal/scheduleset/api.go", [][2]string{
		{`if s.DeadLetterARN != "" {`, `if false {`},
	}},
	{"12: a misspelt zone passes", "TestFault12", "internal/awscron/zone.go", [][2]string{
		{"func LoadLocation(name string) (*time.Location, error) {",
			"func LoadLocation(name string) (*time.Location, error) {\n\tif name == \"Asia/Tokio\" {\n\t\treturn time.UTC, nil\n\t}"},
	}},
	{"12: a misspelt command passes", "TestFault12", "internal/command/parse.go", [][2]string{
		{"verb, err := parseVerb(args)\n\tif err != nil {\n\t\treturn nil, err\n\t}",
			"verb, err := parseVerb(args)\n\tif err != nil {\n\t\treturn &Call{}, nil\n\t}"},
	}},
}

// Each test that is named after a fault of the old image fails where the old behaviour is put back.
func TestFaults_failOnTheOldBehaviour(t *testing.T) {
	if testing.Short() {
		t.Skip("builds packages again and again")
	}
	root := acctest.Root(t)
	for _, old := range oldWays {
		t.Run(old.name, func(t *testing.T) {
			file := filepath.Join(root, old.file)
			overlay := overlayOf(t, map[string]string{file: edited(t, file, old.edits...)})
			cmd := exec.CommandContext(t.Context(), "go", "test", "-vet=off", "-overlay", overlay, "-run", "^"+old.test, "./"+filepath.Dir(old.file))
			cmd.Dir = root
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "--- FAIL: "+old.test) {
				t.Errorf("%s does not fail with its fault put back: %v\n%s", old.test, err, out)
			}
		})
	}
}

// edited writes a copy of a file in which each edit was made, and returns its path.
func edited(t *testing.T, file string, edits ...[2]string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := string(content)
	for _, edit := range edits {
		if n := strings.Count(text, edit[0]); n != 1 {
			t.Fatalf("%s has %q %d times, not once", file, edit[0], n)
		}
		text = strings.Replace(text, edit[0], edit[1], 1)
	}
	copied := filepath.Join(t.TempDir(), "edited.go")
	if err := os.WriteFile(copied, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return copied
}

// overlayOf writes the description with which go test takes other files for the real ones.
func overlayOf(t *testing.T, replace map[string]string) string {
	t.Helper()
	description, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(path, description, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
