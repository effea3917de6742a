package facts

import (
	"context"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/emulator"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

var write = flag.String("write", "", "file for the answers of the real account")

// TestFacts_account asks the account of the environment's credentials; see make acc-aws.
func TestFacts_account(t *testing.T) {
	if os.Getenv(acctest.RealAWS) != "1" {
		t.Skipf("asks a real AWS account; set %s=1", acctest.RealAWS)
	}
	e := acctest.Start(t, emulator.AWS)
	patience := 5 * time.Minute
	if os.Getenv("AWS_ENDPOINT_URL") != "" {
		patience = 0 // no emulator fires a universal target
	}
	p := place(t, e.Config(t), e.Account, e.Name("facts"), patience)
	report := Report(p, time.Now(), askAll(t, p))
	t.Log(report)
	if *write != "" {
		if err := os.WriteFile(*write, []byte(report), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFacts_fake is the dry run: every question finds its way, and nothing is left.
func TestFacts_fake(t *testing.T) {
	t.Parallel()
	a := fakeaws.Start(t, fakeaws.WithRegion(emulator.Region))
	p := place(t, a.Config(), fakeaws.Account, "facts", 0)
	answers := askAll(t, p)
	if left := a.Leftovers(); len(left) != 1 || left[0] != "iam role facts-role" {
		t.Errorf("left behind: %q, want the test's role alone", left)
	}
	said := strings.ToLower(Report(p, time.Now(), answers))
	for _, want := range []string{
		"| is the expression `cron(0 21 * * *)` taken? | no: validationexception: invalid schedule expression",
		"| is the time zone `japan` taken? | yes |", "| a, b, c |", "limitexceeded", "conflictexception",
		"it did not fire",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("the report does not say %q:\n%s", want, said)
		}
	}
}

// TestFacts_impatient reports what goes wrong with the place, not as an answer.
func TestFacts_impatient(t *testing.T) {
	t.Parallel()
	a := fakeaws.Start(t)
	p := place(t, a.Config(), fakeaws.Account, "facts", 0)
	a.Fail(fakeaws.Match{Operation: "CreateSchedule"}, fakeaws.Fault{Reset: true})
	if answer, err := Questions()[0].Answer(t.Context(), p); err == nil {
		t.Errorf("got %q where no answer came", answer)
	}
}

func place(t *testing.T, cfg aws.Config, account, group string, patience time.Duration) *Place {
	t.Helper()
	p := &Place{
		Scheduler: scheduler.NewFromConfig(cfg), IAM: iam.NewFromConfig(cfg),
		Account: account, Region: cfg.Region, Group: group, RoleName: group + "-role",
		Patience: patience, Interval: 2 * time.Second,
	}
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",` +
		`"Principal":{"Service":"scheduler.amazonaws.com"}}]}`
	role, err := p.IAM.CreateRole(t.Context(), &iam.CreateRoleInput{
		RoleName: &p.RoleName, AssumeRolePolicyDocument: &trust,
	})
	if err != nil {
		t.Fatal(err)
	}
	p.RoleARN = aws.ToString(role.Role.Arn)
	t.Cleanup(func() {
		_, err := p.IAM.DeleteRole(context.WithoutCancel(t.Context()), &iam.DeleteRoleInput{RoleName: &p.RoleName})
		if err != nil {
			t.Error(err)
		}
	})
	if _, err := p.Scheduler.CreateScheduleGroup(t.Context(), &scheduler.CreateScheduleGroupInput{Name: &group}); err != nil {
		t.Fatal(err)
	}
	if err := p.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p
}

func askAll(t *testing.T, p *Place) [][2]string {
	t.Helper()
	var answers [][2]string
	for _, q := range Questions() {
		answer, err := q.Answer(t.Context(), p)
		if err != nil {
			t.Errorf("%s %v", q.Text, err)
			continue
		}
		answers = append(answers, [2]string{q.Text, answer})
	}
	return answers
}

func TestReport_escapes(t *testing.T) {
	t.Parallel()
	got := Report(&Place{Region: "r"}, time.Unix(0, 0), [][2]string{{"a|b?", "c\nd"}})
	if !strings.HasSuffix(got, "| a\\|b? | c d |\n") {
		t.Errorf("got %q", got)
	}
}
