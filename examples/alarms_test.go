package examples_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// TestAlarms plans and applies the example with a stand-in for the AWS provider, and looks whether
// whoever is to hear of a failure is wired to where failures go.
func TestAlarms(t *testing.T) {
	t.Parallel()
	for _, tool := range []tfcli.Tool{tfcli.Tofu, tfcli.Terraform} {
		t.Run(string(tool), func(t *testing.T) {
			t.Parallel()
			a := fakeaws.Start(t, fakeaws.WithRegion("ap-northeast-1"))
			c := acctest.NewCLI(t, tool, "AWS_ENDPOINT_URL="+a.URL(), "AWS_ACCESS_KEY_ID=testing",
				"AWS_SECRET_ACCESS_KEY=testing", "AWS_EC2_METADATA_DISABLED=true")
			c.UseStandInAWS()
			inExamples(c, "alarms")
			c.Write("terraform.tfvars", "email = \"ops@example.com\"\npager_arns = [\"arn:aws:sns:ap-northeast-1:123456789012:pager\"]\n")
			c.Init()
			p := c.Plan()
			if strings.Contains(p.Text, "Warning:") {
				t.Errorf("the plan warns:\n%s", p.Text)
			}
			c.Apply(p.File)
			c.PlanEmpty()
			checkFailureWays(t, a)
			resources := map[string]map[string]any{}
			for _, r := range c.State().Values.RootModule.Resources {
				resources[r.Address] = r.AttributeValues
			}
			checkAlarms(t, resources)
			checkDashboard(t, resources["aws_cloudwatch_dashboard.saving"])
			c.Destroy()
			if left := a.Leftovers(); len(left) > 0 {
				t.Errorf("left over: %v", left)
			}
		})
	}
}

const (
	failures    = "arn:aws:sns:ap-northeast-1:123456789012:sample-ai-saving-failures"
	alarms      = "arn:aws:sns:ap-northeast-1:123456789012:sample-ai-saving-alarms"
	deadLetters = "arn:aws:sqs:ap-northeast-1:123456789012:sample-ai-saving-dead-letters"
)

// checkFailureWays looks at what AWS holds: where failed runs and undelivered events go, and who may
// send them there.
func checkFailureWays(t *testing.T, a *fakeaws.AWS) {
	t.Helper()
	function, _ := a.Lambda().Function("sample-ai-tools")
	invoke := function.EventInvoke
	if invoke == nil || *invoke.MaximumRetryAttempts != 2 || *invoke.MaximumEventAgeInSeconds > 3600 ||
		invoke.DestinationConfig.OnFailure.Destination != failures {
		t.Errorf("event invoke config: %+v", invoke)
	}
	for role, want := range map[string]string{
		"sample-ai-tools-ap-northeast-1":           `"Action":["sns:Publish"],"Resource":["` + failures + `"]`,
		"sample-ai-tools-ap-northeast-1-scheduler": `"Action":["sqs:SendMessage"],"Resource":["` + deadLetters + `"]`,
	} {
		r, _ := a.IAM().Role(role)
		if !strings.Contains(r.Policies["savings-runner"], want) {
			t.Errorf("role %s lacks %s: %v", role, want, r.Policies)
		}
	}
	for name, s := range a.Scheduler().Schedules("sample-ai-saving") {
		if got := s.Target.DeadLetterConfig; got == nil || got.Arn != deadLetters {
			t.Errorf("dead letters of schedule %s: %+v", name, got)
		}
	}
}

func checkAlarms(t *testing.T, resources map[string]map[string]any) {
	t.Helper()
	const pager = "arn:aws:sns:ap-northeast-1:123456789012:pager"
	want := map[string]struct {
		metric    string
		dimension string
		actions   []any
	}{
		"failures":     {"AWS/SNS NumberOfMessagesPublished", "sample-ai-saving-failures", []any{pager}},
		"dead_letters": {"AWS/SQS ApproximateNumberOfMessagesVisible", "sample-ai-saving-dead-letters", []any{pager, alarms}},
		"unheard":      {"AWS/Lambda DestinationDeliveryFailures", "sample-ai-tools", []any{pager, alarms}},
	}
	seen := 0
	for address, r := range resources {
		name, isAlarm := strings.CutPrefix(address, "aws_cloudwatch_metric_alarm.")
		if !isAlarm {
			continue
		}
		seen++
		w := want[name]
		if got := r["namespace"].(string) + " " + r["metric_name"].(string); got != w.metric {
			t.Errorf("alarm %s watches %s, want %s", name, got, w.metric)
		}
		for _, value := range r["dimensions"].(map[string]any) {
			if value != w.dimension {
				t.Errorf("alarm %s watches %s of %v, want %s", name, w.metric, value, w.dimension)
			}
		}
		if diff := cmp.Diff(w.actions, r["alarm_actions"]); diff != "" {
			t.Errorf("actions of alarm %s (-want +got):\n%s", name, diff)
		}
	}
	if seen != len(want) {
		t.Errorf("%d alarms, want %d", seen, len(want))
	}
	for _, topic := range []string{failures, alarms} {
		subscribed := false
		for _, r := range resources {
			subscribed = subscribed || r["topic_arn"] == topic && r["protocol"] == "email" && r["endpoint"] == "ops@example.com"
		}
		if !subscribed {
			t.Errorf("nobody gets mail from %s", topic)
		}
	}
}

func checkDashboard(t *testing.T, dashboard map[string]any) {
	t.Helper()
	var body struct {
		Widgets []struct {
			Type                string
			X, Y, Width, Height int
			Properties          map[string]any
		}
	}
	text, _ := dashboard["dashboard_body"].(string)
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	kinds := map[string]int{}
	for _, w := range body.Widgets {
		kinds[w.Type]++
		if w.X+w.Width > 24 {
			t.Errorf("a widget ends at column %d of 24: %+v", w.X+w.Width, w)
		}
	}
	if diff := cmp.Diff(map[string]int{"alarm": 1, "metric": 3, "log": 1}, kinds); diff != "" {
		t.Errorf("widgets (-want +got):\n%s", diff)
	}
	if !strings.Contains(text, "SOURCE '/aws/lambda/sample-ai-tools'") {
		t.Errorf("the dashboard does not read the runner's log: %s", text)
	}
}
