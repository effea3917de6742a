package doctor_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/deployer"
	"github.com/spin-dd/terraform-provider-savings/internal/doctor"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
)

// The rights that the guide on security names are enough to look at everything, and without any one of
// them the report names it, and never something broken.
func TestLook_rights(t *testing.T) {
	t.Parallel()
	const boundary = "arn:aws:iam::123456789012:policy/boundary"
	w := newWorld(t)
	w.image()
	w.IAM().PutManagedPolicy(boundary, allow(`"rds:*","lambda:InvokeFunction","logs:*","scheduler:ListTagsForResource"`, "*"))
	r, _ := w.IAM().Role(runner)
	r.PermissionsBoundary = boundary
	w.IAM().PutRole(r)
	w.change("rds_stop", func(s *fakeaws.Schedule) { s.Target.DeadLetterConfig = deadLetters })
	w.SQS().PutQueue("dead", 0)
	w.Enforce(t)
	d := deployer.Deployment{
		Partition: "aws", Region: region, Account: fakeaws.Account, Runner: function, Groups: []string{name},
		BoundaryARN: boundary, Repository: "tools", DeadLetters: "dead",
	}
	look := func(without string) doctor.Report {
		var statements []iampolicy.Statement
		for _, g := range d.Looking() {
			g.Action = slices.DeleteFunc(slices.Clone(g.Action), func(a string) bool { return a == without })
			if len(g.Action) > 0 {
				statements = append(statements, g.Statement)
			}
		}
		key := w.UserKey(iampolicy.Document(statements))
		return doctor.Look(t.Context(), clients(w.ConfigOf(key)),
			doctor.Question{Name: name, Region: region, Now: now})
	}
	if report := look(""); report.Status != doctor.OK {
		t.Errorf("with all rights:\n%s", report.Text())
	}
	for _, g := range d.Looking() {
		for _, action := range g.Action {
			report := look(action)
			if report.Status != doctor.Unknown || !strings.Contains(report.Text(), "needs "+action) {
				t.Errorf("without %s:\n%s", action, report.Text())
			}
		}
	}
}

// What AWS does not answer is told as that.
func TestLook_noAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Fail(fakeaws.Match{Operation: "GetFunction"}, fakeaws.Fault{Code: "ServiceException", Status: 500, Message: "sorry"})
	w.Fail(fakeaws.Match{Operation: "FilterLogEvents"}, fakeaws.Fault{Code: "ThrottlingException", Status: 400, Message: "slow"})
	report := w.look()
	golden(t, "no-answer", report.Text())
	if report.Status != doctor.Unknown {
		t.Errorf("the status is %s", report.Status)
	}
}
