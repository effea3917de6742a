package enforcement_test

import (
	"strings"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
)

// path is a way through a verb on which an action is needed that the plain one does without.
type path struct {
	verb, action string
	// arm makes the run take the path; reached tells from its end that it did, with the right.
	arm     func(*fakeaws.AWS)
	reached func(*fakeaws.AWS, command.Report) bool
}

// What AWS is busy with is described again; a list shows its state only once.
var busyNotebook = func(verb string) path {
	return path{
		verb: "sagemaker " + verb, action: "sagemaker:DescribeNotebookInstance",
		arm: func(a *fakeaws.AWS) {
			n, _ := a.SageMaker().Notebook("Mine")
			status := n.Status
			n.Status, n.Next = "Updating", []fakeaws.Transition{{To: status, After: time.Minute}}
			a.SageMaker().PutNotebook(n)
		},
		reached: func(_ *fakeaws.AWS, report command.Report) bool { return report.Err() == nil },
	}
}

// A stop that runs while a start takes its memory away leaves a thing at 0 with nothing remembered;
// the start sees it and remembers again.
var paths = []path{
	busyNotebook("stop-notebook"), busyNotebook("start-notebook"),
	{
		verb: "asg start", action: "autoscaling:CreateOrUpdateTags",
		arm: func(a *fakeaws.AWS) {
			a.OnRequest(func(r fakeaws.Request) {
				if r.Operation == "DeleteTags" {
					a.AutoScaling().SetSize("mine", 0, 0)
				}
			})
		},
		reached: func(a *fakeaws.AWS, _ command.Report) bool {
			g, _ := a.AutoScaling().Group("mine")
			return g.Tags["savings:asg"] != ""
		},
	},
	{
		verb: "ecs start-services", action: "ecs:TagResource",
		arm: func(a *fakeaws.AWS) {
			a.OnRequest(func(r fakeaws.Request) {
				if r.Operation == "UntagResource" && strings.HasSuffix(r.Name, "web/api") {
					s, _ := a.ECS().Service("web/api")
					s.Desired = 0
					a.ECS().PutService(s)
				}
			})
		},
		reached: func(a *fakeaws.AWS, _ command.Report) bool {
			s, _ := a.ECS().Service("web/api")
			return s.Tags["savings:desired-count"] != ""
		},
	},
	{
		verb: "eks start-nodegroup", action: "eks:TagResource",
		arm: func(a *fakeaws.AWS) {
			a.OnRequest(func(r fakeaws.Request) {
				if r.Operation == "UntagResource" && strings.Contains(r.Name, "web/mine/") {
					n, _ := a.EKS().Nodegroup("web/mine")
					n.Min, n.Desired = 0, 0
					a.EKS().PutNodegroup(n)
				}
			})
		},
		reached: func(a *fakeaws.AWS, _ command.Report) bool {
			n, _ := a.EKS().Nodegroup("web/mine")
			return len(n.Tags) > 0
		},
	},
	// Here the right is for a word to the user, without which a count would not stay.
	{
		verb: "ecs set-desired-count", action: "application-autoscaling:DescribeScalableTargets",
		arm: func(a *fakeaws.AWS) {
			a.AppScaling().PutTarget(fakeaws.ScalableTarget{Service: "web/api", Min: 1, Max: 2})
		},
		reached: func(_ *fakeaws.AWS, report command.Report) bool {
			return strings.Contains(outcomes(report), "autoscaling m")
		},
	},
}

// neededOnAPath tells that the verb has a path which it goes with all rights, and not without the
// action.
func (x trial) neededOnAPath(t *testing.T, action string, statements []iampolicy.Statement) bool {
	t.Helper()
	for _, p := range paths {
		if p.verb != x.service+" "+x.verb || p.action != action {
			continue
		}
		goes := func(statements []iampolicy.Statement) bool {
			s := x.prepare(t)
			p.arm(s.AWS)
			return p.reached(s.AWS, s.run(t, s.as(statements), x.command()))
		}
		return goes(statements) && !goes(without(statements, action))
	}
	return false
}
