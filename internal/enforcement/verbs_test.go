package enforcement_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/eventpolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
)

// trial is one call of a verb on what its subject has.
type trial struct {
	subject
	verb, args string
}

// trials are the calls of each verb, with each way to name things and each flag; with -short only
// with flags of the verb's own.
func trials() []trial {
	flags := []string{"", "--wait", "--dry-run"}
	if testing.Short() {
		flags = flags[:1]
	}
	var all []trial
	for _, s := range subjects() {
		for _, verb := range slices.Sorted(maps.Keys(s.verbs)) {
			for _, name := range s.names {
				for _, flag := range slices.Concat(flags, s.verbs[verb]) {
					all = append(all, trial{s, verb, strings.TrimSpace(name + " " + flag)})
				}
			}
		}
	}
	return all
}

func (x trial) command() string { return x.service + " " + x.verb + " " + x.args }

func (x trial) dry() bool { return strings.Contains(x.args, "--dry-run") }

// prepare plants the subject and runs what comes before the verb.
func (x trial) prepare(t *testing.T) stage {
	t.Helper()
	s := newStage(t)
	x.plant(s.AWS)
	before := x.before[x.verb]
	if before == "" {
		return s
	}
	for _, name := range append([]string{x.names[0]}, append(x.names[1:], x.others...)...) {
		report := s.run(t, s.Config(), x.service+" "+before+" "+name+" --wait")
		if err := report.Err(); err != nil {
			t.Fatalf("preparing %s: %v", x.command(), err)
		}
	}
	return s
}

// statements are the rights that a schedule in the group web grants for the trial: those of its
// policy_json.
func (x trial) statements(t *testing.T) []iampolicy.Statement {
	t.Helper()
	calls := []*command.Call{parse(t, x.command())}
	statements, err := iampolicy.Parse(eventpolicy.Document(calls, here, "web"))
	noError(t, err)
	return statements
}

// readHolds is in every policy_json, and needed before the verb: TestInvoke_holdByPolicy of the runner
// takes it away.
const readHolds = "scheduler:ListTagsForResource"

// attempt runs the trial with these rights.
func (x trial) attempt(t *testing.T, statements []iampolicy.Statement) command.Report {
	t.Helper()
	s := x.prepare(t)
	return s.run(t, s.as(statements), x.command())
}

func eachTrial(t *testing.T, do func(*testing.T, trial)) {
	t.Helper()
	for _, x := range trials() {
		t.Run(x.command(), func(t *testing.T) {
			t.Parallel()
			do(t, x)
		})
	}
}

// Each verb of the table has its trials, and each of its flags.
func TestTrials_areComplete(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for _, x := range trials() {
		all.WriteString(x.command() + " \n")
	}
	for _, v := range command.Verbs() {
		name := v.Service + " " + v.Name + " "
		if !strings.Contains(all.String(), name) {
			t.Errorf("no trial of %s", name)
		}
		for _, f := range v.Flags {
			if !strings.Contains(all.String(), " "+f.Name+" ") {
				t.Errorf("no trial of %s%s", name, f.Name)
			}
		}
	}
}

func TestVerbs_rightsAreEnough(t *testing.T) {
	t.Parallel()
	eachTrial(t, func(t *testing.T, x trial) {
		report := x.attempt(t, x.statements(t))
		want := command.Done
		if x.dry() {
			want = command.DryRun
		}
		if report.Err() != nil || !slices.ContainsFunc(report.Results, func(r command.Result) bool {
			return r.Outcome == want
		}) {
			t.Errorf("want %s: %s", want, outcomes(report))
		}
	})
}

// What an event does not name is denied, whichever way it is written, and stays as it is.
func TestVerbs_neighboursAreDenied(t *testing.T) {
	t.Parallel()
	eachTrial(t, func(t *testing.T, x trial) {
		if x.dry() {
			return // what only looks may look at more
		}
		_, flag, _ := strings.Cut(x.args, "--")
		for _, other := range x.others {
			s := x.prepare(t)
			before := x.neighbour(s.AWS)
			args := x.service + " " + x.verb + " " + other
			if flag != "" {
				args += " --" + flag
			}
			report := s.run(t, s.as(x.statements(t)), args)
			if !allDenied(report) {
				t.Errorf("%s: %s", args, outcomes(report))
			}
			if after := x.neighbour(s.AWS); after != before {
				t.Errorf("%s: the neighbour was %s and is %s", args, before, after)
			}
			x.checkEachWrite(t, args)
		}
	})
}

// shared are the actions that reach what an event does not name, with the conditions that bound them
// instead.
var shared = map[string]struct{ conditions []string }{
	// The ARN of a scalable target ends in an identifier that only AWS knows, and the condition keys are
	// the namespace, the dimension and tags of the target itself (Service Authorization Reference,
	// "Actions, resources, and condition keys for AWS Application Auto Scaling").
	"application-autoscaling:RegisterScalableTarget": {[]string{
		"application-autoscaling:service-namespace is ecs",
		"application-autoscaling:scalable-dimension is ecs:service:DesiredCount",
	}},
	// No event names the keys of an instance's volumes. Only Amazon EC2 can use the grant (AWS KMS
	// Developer Guide, "kms:ViaService" and "kms:GrantIsForAWSResource").
	"kms:CreateGrant": {[]string{
		"kms:GrantIsForAWSResource is true", "kms:ViaService is ec2.us-east-1.amazonaws.com",
	}},
}

// checkEachWrite judges alone each write that the command needs on the neighbour. All are denied but
// the shared ones.
func (x trial) checkEachWrite(t *testing.T, neighbour string) {
	t.Helper()
	s := x.prepare(t)
	seen := s.record()
	if report := s.run(t, s.as(parse(t, neighbour).Statements(here)), neighbour); report.Err() != nil {
		t.Errorf("%s with its own rights: %s", neighbour, outcomes(report))
	}
	policy, writes := iampolicy.Document(x.statements(t)), 0
	for _, v := range seen() {
		if looks(v.Action) {
			continue
		}
		writes++
		if _, want := shared[v.Action]; s.Allows(v, policy) != want {
			t.Errorf("%s: %s on %s: allowed %t, want %t", neighbour, v.Action, v.Resource, !want, want)
		}
	}
	if writes == 0 {
		t.Errorf("%s changes nothing", neighbour)
	}
}

// The rights of one verb are not those of its opposite.
func TestVerbs_oppositesAreDenied(t *testing.T) {
	t.Parallel()
	eachTrial(t, func(t *testing.T, x trial) {
		opposite := trial{x.subject, x.before[x.verb], x.args}
		for verb, before := range x.before {
			if before == x.verb {
				opposite.verb = verb
			}
		}
		// Auto Scaling, ECS and EKS have one action for both directions.
		oneAction := []string{"asg", "ecs", "eks"}
		if x.dry() || opposite.verb == "" || slices.Contains(oneAction, x.service) ||
			strings.Contains(x.args, "--hibernate") || strings.Contains(x.args, "--force") {
			return
		}
		if report := opposite.attempt(t, x.statements(t)); !allDenied(report) {
			t.Errorf("%s: %s", opposite.command(), outcomes(report))
		}
	})
}

// Without any one action the verb fails: in the trial itself, or on a path that needs the action.
func TestVerbs_rightsAreMinimal(t *testing.T) {
	t.Parallel()
	eachTrial(t, func(t *testing.T, x trial) {
		statements := x.statements(t)
		for _, action := range actionsOf(without(statements, readHolds)) {
			report := x.attempt(t, without(statements, action))
			if report.Err() != nil {
				continue
			}
			if !x.neededOnAPath(t, action, statements) {
				t.Errorf("without %s: %s", action, outcomes(report))
			}
		}
	})
}

// In another region the same name is a neighbour.
func TestVerbs_anotherRegionIsDenied(t *testing.T) {
	t.Parallel()
	const elsewhere = "eu-west-1"
	eachTrial(t, func(t *testing.T, x trial) {
		if x.service == "cloudfront" || strings.Contains(x.args, "arn:") || strings.Contains(x.args, "--") {
			return
		}
		x.args += " --region " + elsewhere
		s := newStage(t, fakeaws.WithRegion(elsewhere))
		x.plant(s.AWS)
		if before := x.before[x.verb]; before != "" {
			s.run(t, s.Config(), x.service+" "+before+" "+x.args)
		}
		cfg := s.as(x.statements(t))
		cfg.Region = here.Region
		if report := s.run(t, cfg, strings.Replace(x.command(), elsewhere, here.Region, 1)); !allDenied(report) {
			t.Errorf("in %s: %s", here.Region, outcomes(report))
		}
		if report := s.run(t, cfg, x.command()); report.Err() != nil {
			t.Errorf("in %s: %s", elsewhere, outcomes(report))
		}
	})
}
