package planjson_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
)

func read(t *testing.T, input string) []planjson.Resource {
	t.Helper()
	p, err := planjson.Read(strings.NewReader(input), planjson.TypeSchedule, planjson.TypeAWSSchedule)
	if err != nil {
		t.Fatal(err)
	}
	return planjson.ReadSchedules(p)
}

// planOf is a plan with some resource changes.
func planOf(changes ...string) string {
	return `{"format_version":"1.2","terraform_version":"1.11.4","timestamp":"2026-11-26T00:00:00Z",` +
		`"resource_changes":[` + strings.Join(changes, ",") + `]}`
}

func TestRead_unknownAndSensitive(t *testing.T) {
	t.Parallel()
	got := read(t, planOf(`{
		"address":"savings_schedule.this","mode":"managed","type":"savings_schedule","name":"this",
		"change":{"actions":["create"],"before":null,
			"after":{"name":"n","timezone":"Asia/Tokyo","events":{
				"a":{"args":["rds","stop-cluster",null],"cron_expr":"cron(0 21 * * ? *)"},
				"b":{"steps":[["rds","stop-cluster","secret"]]},
				"c":{"args":["rds","stop-cluster","secret"],"cron_expr":"x"}}},
			"after_unknown":{"function_arn":true,"events":{
				"a":{"args":[false,false,true],"summary":true},"b":{"cron_expr":true},"d":true}},
			"before_sensitive":false,
			"after_sensitive":{"events":{"b":{"steps":[[false,false,true]]},"c":true}}}}`))
	if len(got) != 1 || got[0].BeforeSchedule != nil {
		t.Fatalf("got %+v, want one created resource", got)
	}
	s := got[0].AfterSchedule
	if s.FunctionARN.State != planjson.Unknown {
		t.Errorf("function_arn: got %+v, want it unknown", s.FunctionARN)
	}
	var keys []string
	for _, e := range s.Events {
		keys = append(keys, e.Key)
	}
	if diff := cmp.Diff([]string{"a", "b", "c", "d"}, keys); diff != "" {
		t.Fatalf("keys (-want +got):\n%s", diff)
	}
	a, b, c, d := s.Events[0], s.Events[1], s.Events[2], s.Events[3]
	if !a.CommandsKnown || a.Commands[0][2].State != planjson.Unknown || a.Commands[0][0].Value != "rds" {
		t.Errorf("a: got %+v", a)
	}
	if a.Timezone != planjson.Known("Asia/Tokyo") || a.Enabled != planjson.Known("true") {
		t.Errorf("a: zone %+v, enabled %+v", a.Timezone, a.Enabled)
	}
	if !b.Steps || b.Commands[0][2].State != planjson.Sensitive || b.Expression.State != planjson.Unknown {
		t.Errorf("b: got %+v", b)
	}
	if !c.CommandsKnown || c.Commands[0][2].State != planjson.Sensitive || c.Commands[0][2].Value != "" ||
		c.Commands[0][2] == b.Commands[0][1] || c.Expression.State != planjson.Sensitive {
		t.Errorf("c: got %+v", c)
	}
	if d.CommandsKnown || d.Expression.State != planjson.Unknown {
		t.Errorf("d: got %+v", d)
	}
}

func awsSchedule(key, state, input string) string {
	return fmt.Sprintf(`{"address":"module.saving.aws_scheduler_schedule.this[\"%s\"]","mode":"managed",
		"type":"aws_scheduler_schedule","name":"this","index":%q,
		"change":{"actions":["delete"],"after":null,"after_unknown":{},"before":{
			"name":"x-%s","group_name":"default","state":%q,"schedule_expression":"cron(0 21 ? * Mon-Sun *)",
			"schedule_expression_timezone":"Asia/Tokyo","description":"",
			"target":[{"arn":"arn:aws:lambda:r:1:function:f","input":%q}]}}}`, key, key, key, state, input)
}

func TestRead_awsSchedules(t *testing.T) {
	t.Parallel()
	got := read(t, planOf(
		awsSchedule("rds_stop", "DISABLED", `{"args":["rds","stop-cluster","my-aurora"]}`),
		awsSchedule("other", "ENABLED", `{"detail":1}`),
		awsSchedule("text", "ENABLED", `not JSON`),
	))
	if len(got) != 1 {
		t.Fatalf("got %d resources, want the one whose input has args", len(got))
	}
	e := got[0].BeforeSchedule.Events[0]
	words, known := planjson.Words(e.Commands[0])
	if e.Key != "rds_stop" || !known || strings.Join(words, " ") != "rds stop-cluster my-aurora" ||
		e.Enabled.Value != "false" || e.Timezone.Value != "Asia/Tokyo" || e.Description.State != planjson.Null {
		t.Errorf("got %+v", e)
	}
}

// A universal target is read as the command that does the same.
func TestRead_universalTarget(t *testing.T) {
	t.Parallel()
	universal := strings.NewReplacer("arn:aws:lambda:r:1:function:f", "arn:aws:scheduler:::aws-sdk:rds:stopDBCluster")
	got := read(t, planOf(
		universal.Replace(awsSchedule("stop", "ENABLED", `{"DbClusterIdentifier":"my-aurora"}`)),
		universal.Replace(awsSchedule("nothing", "ENABLED", `{}`)),
	))
	if len(got) != 1 {
		t.Fatalf("got %d resources, want the one that a command does", len(got))
	}
	words, known := planjson.Words(got[0].BeforeSchedule.Events[0].Commands[0])
	if !known || strings.Join(words, " ") != "rds stop-cluster my-aurora" {
		t.Errorf("got %v", words)
	}
	if got := got[0].BeforeSchedule.FunctionARN; got.State != planjson.Null {
		t.Errorf("a call is taken for a function: %+v", got)
	}
}

func TestRead_configuration(t *testing.T) {
	t.Parallel()
	got := read(t, `{"name":"office","timezone":"Asia/Tokyo","events":{
		"stop":{"args":["rds","stop-cluster","db"],"cron_expr":"cron(0 21 * * ? *)","enabled":false}}}`)
	if len(got) != 1 || got[0].Address != "savings_schedule.office" || got[0].Action != planjson.Create {
		t.Fatalf("got %+v", got)
	}
	if e := got[0].AfterSchedule.Events[0]; e.Key != "stop" || e.Enabled.Value != "false" ||
		e.Timezone.Value != "Asia/Tokyo" || e.Expression.Value != "cron(0 21 * * ? *)" {
		t.Errorf("got %+v", e)
	}
}

// Every input that is no plan gives one sentence that says what it is.
func TestRead_badInput(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ input, want string }{
		"nothing":           {"", "the plan is empty; make it with: tofu show -json PLANFILE"},
		"blanks":            {" \n", "the plan is empty"},
		"a saved plan":      {"PK\x03\x04rest", "this is a saved plan and not its JSON"},
		"UTF-16":            {"\xff\xfe{\x00", "UTF-16, as PowerShell writes it"},
		"text":              {"hello", "this is no JSON: invalid character 'h'"},
		"cut off":           {`{"format_version":"1.2"`, "this is no JSON: unexpected end"},
		"a list":            {"[]", "the whole is a JSON array"},
		"a null":            {"null", `neither "resource_changes" nor "events"`},
		"a state":           {`{"format_version":"1.0","values":{}}`, "a state and not of a plan"},
		"the log":           {"{\"@level\":\"info\"}\n{\"@level\":\"info\"}\n", "the log of plan -json"},
		"one line of a log": {`{"@level":"info"}`, "the log of plan -json"},
		"another version":   {`{"format_version":"2.0","resource_changes":[]}`, `format_version "2.0"`},
		"a bad timestamp": {
			`{"format_version":"1.2","timestamp":"now","resource_changes":[]}`, `timestamp "now"`,
		},
		"a wrong type": {
			`{"format_version":"1.2","resource_changes":{}}`, "resource_changes is a JSON object",
		},
		"an unknown action": {
			planOf(`{"address":"a.b","mode":"managed","type":"savings_schedule","change":{"actions":["explode"]}}`),
			`actions ["explode"] for a.b`,
		},
		"a misspelt member": {`{"timezon":"UTC","events":{}}`, `the configuration has a member "timezon"`},
		"a misspelt member of an event": {
			`{"timezone":"UTC","events":{"a":{"cron":"x"}}}`, `event "a" has a member "cron"`,
		},
		"no zone":       {`{"events":{"a":{"cron_expr":"x"}}}`, `event "a" has no "timezone"`},
		"wrong members": {`{"timezone":"UTC","events":[]}`, "the configuration's events is a JSON array"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := planjson.Read(strings.NewReader(tt.input), planjson.TypeSchedule)
			wrong := (*planjson.InputError)(nil)
			if !errors.As(err, &wrong) || !strings.Contains(wrong.Sentence, tt.want) ||
				strings.Contains(wrong.Sentence, "\n") {
				t.Errorf("got %v, want one sentence with %q", err, tt.want)
			}
		})
	}
}

func TestRead_orderByNumbers(t *testing.T) {
	t.Parallel()
	var changes []string
	for _, i := range []int{10, 2, 1} {
		changes = append(changes, fmt.Sprintf(`{"address":"savings_schedule.a[%d]","mode":"managed",
			"type":"savings_schedule","change":{"actions":["no-op"],"before":{"events":{}},"after":{"events":{}}}}`, i))
	}
	var got []string
	for _, r := range read(t, planOf(changes...)) {
		got = append(got, r.Address)
	}
	want := []string{"savings_schedule.a[1]", "savings_schedule.a[2]", "savings_schedule.a[10]"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// FuzzRead feeds plans and bare configurations: what is refused is told in one sentence for people.
func FuzzRead(f *testing.F) {
	f.Add(planOf(awsSchedule("a", "ENABLED", `{"args":["x"]}`)))
	f.Add(`{"name":"office","timezone":"Asia/Tokyo","events":{"stop":{"args":["a"]}}}`)
	f.Add(planOf(`{"address":"a","mode":"managed","type":"savings_schedule","change":{"actions":["update"],` +
		`"before":{"events":{"a":1}},"after":{"events":[{}]},"after_unknown":{"events":[true]},"after_sensitive":1}}`))
	f.Fuzz(func(t *testing.T, input string) {
		p, err := planjson.Read(strings.NewReader(input))
		if err != nil {
			checkSentence(t, err, len(input))
			return
		}
		for _, r := range planjson.ReadSchedules(p) {
			for _, s := range []*planjson.Schedule{r.BeforeSchedule, r.AfterSchedule, r.Remembered} {
				if s != nil && len(s.Events) > 0 && s.EventsUnknown {
					t.Errorf("%s: unknown events are listed", r.Address)
				}
			}
		}
	})
}

// checkSentence checks that an error is one sentence for people, without Go's words, and not many
// times longer than the input.
func checkSentence(t *testing.T, err error, input int) {
	t.Helper()
	if wrong := (*planjson.InputError)(nil); !errors.As(err, &wrong) {
		t.Errorf("got %v, want an InputError", err)
	}
	text := err.Error()
	if strings.ContainsAny(text, "\n\x00\x1b\u202e") || !utf8.ValidString(text) ||
		strings.Contains(text, "Go value") || strings.Contains(text, "json:") || len(text) > 600+10*input {
		t.Errorf("%q is no sentence for people", text)
	}
}
