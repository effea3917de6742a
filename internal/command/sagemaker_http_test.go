package command_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

func TestHTTP_notebookStopStartAndAgain(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.SageMaker().PutNotebook(fakeaws.Notebook{Name: "My-Notebook"})
	c.SageMaker().SlowStates(fakeaws.Transition{After: time.Minute})
	for _, step := range []struct{ args, want string }{
		{"stop-notebook My-Notebook --dry-run", "My-Notebook dry_run InService would stop it"},
		{"stop-notebook My-Notebook", "My-Notebook done Stopping "},
		{"stop-notebook My-Notebook", "My-Notebook already Stopping it is Stopping"},
		// A start waits until the stop is over.
		{"start-notebook My-Notebook", "My-Notebook done Pending "},
		{"start-notebook My-Notebook", "My-Notebook already Pending it is Pending"},
		{"stop-notebook My-Notebook --wait", "My-Notebook done Stopped "},
		{"stop-notebook My-Notebook", "My-Notebook already Stopped "},
		{"start-notebook My-Notebook --wait", "My-Notebook done InService "},
		{"start-notebook My-Notebook", "My-Notebook already InService "},
	} {
		report := c.run(t, append([]string{"sagemaker"}, strings.Fields(step.args)...)...)
		if d := cmp.Diff([]string{step.want}, lines(report)); d != "" || report.Err() != nil {
			t.Errorf("%s: error %v %s", step.args, report.Err(), d)
		}
	}
}

func TestHTTP_notebookStates(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	put := func(name, status string, next ...fakeaws.Transition) {
		n := fakeaws.Notebook{Name: name, FailureReason: "no capacity"}
		n.Status, n.Next = status, next
		c.SageMaker().PutNotebook(n)
	}
	put("updating", "Updating", fakeaws.Transition{To: "Stopped", After: time.Minute})
	put("failed", "Failed")
	put("deleting", "Deleting")
	failing := fakeaws.Notebook{Name: "failing", FailStart: true, FailureReason: "no capacity"}
	failing.Status = "Stopped"
	c.SageMaker().PutNotebook(failing)
	report := c.run(t, "sagemaker", "start-notebook", "updating", "failed", "deleting", "failing",
		"gone", "--wait")
	want := []string{
		"updating done InService ",
		"failed done InService ",
		"deleting failed Deleting Deleting: AWS does not start it in this state, and it does not end " +
			"by itself",
		"failing failed Failed start accepted, and now it is Failed (its failure: no capacity)",
		"gone not_found  no such notebook instance in us-east-1: check identifier and region",
	}
	if d := cmp.Diff(want, lines(report)); d != "" {
		t.Error(d)
	}
	put("failed", "Failed")
	report = c.run(t, "sagemaker", "stop-notebook", "failed")
	want = []string{"failed failed Failed Failed: AWS does not stop it in this state, and it does not " +
		"end by itself (its failure: no capacity)"}
	if d := cmp.Diff(want, lines(report)); d != "" {
		t.Error(d)
	}
}

// The list has no tags: each notebook instance is asked for its own, page by page.
func TestHTTP_notebooksByTagOverPages(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.SageMaker().SetPageSize(2)
	for i := range 5 {
		c.SageMaker().PutNotebook(fakeaws.Notebook{
			Name: fmt.Sprintf("N%d", i),
			Tags: map[string]string{"a": "1", "b": "2", "team": "web"},
		})
	}
	c.SageMaker().PutNotebook(fakeaws.Notebook{Name: "other", Tags: map[string]string{"team": "db"}})
	report := c.run(t, "sagemaker", "stop-notebook", "team=web", "N3")
	if err := report.Err(); err != nil || len(report.Results) != 6 {
		t.Errorf("error %v, %v", err, lines(report))
	}
	want := map[string]int{
		"DescribeNotebookInstance": 1, "ListNotebookInstances": 3, "ListTags": 11,
		"StopNotebookInstance": 5,
	}
	if d := cmp.Diff(want, c.operations()); d != "" {
		t.Error(d)
	}
	if other, _ := c.SageMaker().Notebook("other"); other.Status != "InService" {
		t.Errorf("a notebook instance without the tag is %s", other.Status)
	}
}

// One whose tags cannot be read fails the item, and the others stop all the same.
func TestHTTP_notebookTagsDenied(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	for _, name := range []string{"a", "b", "c"} {
		c.SageMaker().PutNotebook(fakeaws.Notebook{Name: name, Tags: map[string]string{"team": "web"}})
	}
	c.Fail(fakeaws.Match{Operation: "ListTags", Name: "notebook-instance/b"},
		fakeaws.Fault{Code: "AccessDeniedException", Message: "not authorized"})
	report := c.run(t, "sagemaker", "stop-notebook", "team=web")
	want := []string{
		"a done Stopping ", "c done Stopping ",
		" denied  access denied (sagemaker:ListTags): AccessDeniedException: not authorized; the tags " +
			"could not be read of b",
	}
	if d := cmp.Diff(want, lines(report)); d != "" {
		t.Error(d)
	}
	wantErr := "1 of 3 failed: team=web: access denied (sagemaker:ListTags)"
	if err := report.Err(); err == nil || err.Error() != wantErr {
		t.Errorf("error %v, want %s", err, wantErr)
	}
}

func TestHTTP_notebookListDenied(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.Fail(fakeaws.Match{Operation: "ListNotebookInstances"},
		fakeaws.Fault{Code: "AccessDeniedException", Message: "not authorized"})
	want := "1 of 1 failed: team=web: access denied (sagemaker:ListNotebookInstances)"
	if err := c.run(t, "sagemaker", "stop-notebook", "team=web").Err(); err == nil ||
		err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// One that is deleted after it was listed is left out.
func TestHTTP_notebookGoneBetweenListAndTags(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	for _, name := range []string{"a", "b"} {
		c.SageMaker().PutNotebook(fakeaws.Notebook{Name: name, Tags: map[string]string{"team": "web"}})
	}
	c.Fail(fakeaws.Match{Operation: "ListTags", Name: "notebook-instance/b"},
		fakeaws.Fault{Code: "ValidationException", Message: "RecordNotFound"})
	report := c.run(t, "sagemaker", "stop-notebook", "team=web")
	if d := cmp.Diff([]string{"a done Stopping "}, lines(report)); d != "" {
		t.Error(d)
	}
}
