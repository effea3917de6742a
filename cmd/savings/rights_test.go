package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/deployer"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/payload"
)

// The rights that the guide on security names for those who work by hand are enough, and none is
// too many.
func TestRights_byHand(t *testing.T) {
	d := deployer.Deployment{
		Partition: "aws", Region: fakeaws.Region, Account: fakeaws.Account, Runner: "tools", Groups: []string{"night"},
	}
	for _, tt := range []struct {
		grants []deployer.Grant
		lines  []string
	}{
		{d.Holding(), []string{
			"hold --name night --until 2099-12-01T08:00", "hold --name night --event stop --until 2099-12-01T08:00",
			"holds --name night", "release --name night",
		}},
		{d.Firing(), []string{"fire --name night --event stop"}},
	} {
		if failed := byHand(t, tt.grants, "", tt.lines); failed != "" {
			t.Errorf("with all rights: %s", failed)
		}
		for _, g := range tt.grants {
			for _, action := range g.Action {
				if failed := byHand(t, tt.grants, action, tt.lines); failed == "" {
					t.Errorf("without %s all of %q succeed", action, tt.lines)
				}
			}
		}
		other := slices.Concat(strings.Split(strings.ReplaceAll(strings.Join(tt.lines, "\n"), "night", "day"), "\n"))
		for _, line := range other {
			if failed := byHand(t, tt.grants, "", []string{line}); !strings.Contains(failed, "AccessDenied") {
				t.Errorf("%s of another group: %q", line, failed)
			}
		}
	}
}

// byHand runs lines with the rights of all grants but one action, and returns what the first that
// fails prints.
func byHand(t *testing.T, grants []deployer.Grant, without string, lines []string) string {
	t.Helper()
	p, aws, out := hosted(t, command.SystemClock{})
	for _, group := range []string{"night", "day"} {
		schedule := fakeaws.Schedule{GroupName: group, Name: "stop", State: "ENABLED"}
		schedule.ScheduleExpressionTimezone, schedule.Target.Arn = "Asia/Tokyo", functionARN
		schedule.Target.Input = payload.Encode(payload.Payload{
			Args: []string{"rds", "stop-cluster", "x"}, Group: group, Schedule: "stop", Holds: true,
			Timezone: "Asia/Tokyo",
		})
		aws.Scheduler().PutSchedule(schedule)
	}
	aws.Lambda().PutFunction(fakeaws.Function{FunctionName: "tools"})
	aws.Lambda().Handle("tools", func([]byte) ([]byte, error) { return []byte(`{"results":[]}`), nil })
	aws.Enforce(t)
	var statements []iampolicy.Statement
	for _, g := range grants {
		s := g.Statement
		s.Action = slices.DeleteFunc(slices.Clone(s.Action), func(a string) bool { return a == without })
		if len(s.Action) > 0 {
			statements = append(statements, s)
		}
	}
	t.Setenv("AWS_ACCESS_KEY_ID", aws.UserKey(iampolicy.Document(statements)))
	for _, line := range lines {
		out.Reset()
		if code := p.execute(t.Context(), strings.Fields(line)); code != 0 {
			return line + ": " + out.String()
		}
	}
	return ""
}
