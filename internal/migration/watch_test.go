package migration_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/judge"
	"github.com/spin-dd/terraform-provider-savings/internal/payload"
	"github.com/spin-dd/terraform-provider-savings/internal/universaltarget"
)

// wanted is an event that has to happen whatever is being moved.
type wanted struct {
	expression string // in any spelling of its letters
	args       []string
	action     string // of IAM, that the function's role has to have
}

// watcher looks at the cloud before each API call, and once more at the end: each event exists in some
// schedule that would fire it, and reach a function that could carry it out.
type watcher struct {
	cloud  *fakeaws.AWS
	events []wanted

	mu    sync.Mutex
	calls int
	gaps  []string
}

func watch(a *fakeaws.AWS, events ...wanted) *watcher {
	w := &watcher{cloud: a, events: events}
	a.OnRequest(func(r fakeaws.Request) { w.look(fmt.Sprintf("before %s %s", r.Operation, r.Name)) })
	return w
}

func (w *watcher) look(when string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls++
	for _, e := range w.events {
		if reasons := w.missing(e); len(reasons) > 0 {
			w.gaps = append(w.gaps, fmt.Sprintf("%s: nothing does %v: %s", when, e.args, strings.Join(reasons, "; ")))
		}
	}
}

// missing says of each schedule why it does not carry out the event; nothing where one does.
func (w *watcher) missing(e wanted) []string {
	reasons := []string{"no other schedule"}
	for group := range w.cloud.Scheduler().Groups() {
		for name, s := range w.cloud.Scheduler().Schedules(group) {
			reason := w.broken(s, e)
			if reason == "" {
				return nil
			}
			reasons = append(reasons, name+" "+reason)
		}
	}
	return reasons
}

func (w *watcher) broken(s fakeaws.Schedule, e wanted) string {
	universal := universaltarget.Is(s.Target.Arn)
	switch {
	case !slices.Equal(argsOf(s), e.args):
		return "does something else"
	case !strings.EqualFold(s.ScheduleExpression, e.expression) || s.ScheduleExpressionTimezone != "Asia/Tokyo":
		return "runs at another time"
	case s.State != "ENABLED":
		return "is disabled"
	}
	if universal {
		if !w.allows(s.Target.RoleArn, e.action) {
			return "has a role that may not do it"
		}
		return ""
	}
	f, ok := w.cloud.Lambda().Function(s.Target.Arn[strings.LastIndex(s.Target.Arn, ":")+1:])
	if !ok {
		return "has a function that is not there"
	}
	if !w.allows(s.Target.RoleArn, "lambda:InvokeFunction") {
		return "has a role that may not invoke its function"
	}
	if !w.allows(f.Role, e.action) {
		return "has a function that may not do it"
	}
	return ""
}

// argsOf is what a schedule does, as a command.
func argsOf(s fakeaws.Schedule) []string {
	if universaltarget.Is(s.Target.Arn) {
		done, err := universaltarget.Translate(s.Target.Arn, s.Target.Input)
		if err != nil {
			return nil
		}
		return done.Steps[0]
	}
	p, err := payload.Decode([]byte(s.Target.Input))
	if err != nil {
		return nil
	}
	return p.Args
}

// allows tells whether a role is there and one of its policies names the action.
func (w *watcher) allows(roleARN, action string) bool {
	role, ok := w.cloud.IAM().Role(roleARN[strings.LastIndex(roleARN, "/")+1:])
	if !ok || role.ARN != roleARN {
		return false
	}
	for _, document := range role.Policies {
		policy, err := judge.Parse(document)
		if err != nil {
			return false
		}
		for _, s := range policy.Statement {
			if s.Effect == "Allow" && slices.Contains(s.Action, action) {
				return true
			}
		}
	}
	return false
}

// check fails the test where there was a gap, or where nothing was looked at.
func (w *watcher) check(t *testing.T) {
	t.Helper()
	w.look("at the end")
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.gaps) > 0 {
		t.Errorf("%d gaps:\n%s", len(w.gaps), strings.Join(w.gaps, "\n"))
	}
	if w.calls < 10 {
		t.Errorf("only %d looks", w.calls)
	}
	t.Logf("no gap in %d looks", w.calls)
}
