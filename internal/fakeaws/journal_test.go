package fakeaws

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// openJournal serves the account in a file until close is called.
func openJournal(t *testing.T, path string, clock *Clock) (j *Journal, config aws.Config, closeAll func()) {
	t.Helper()
	j, err := OpenJournal(path, clock.Now)
	noError(t, err)
	server := httptest.NewServer(j)
	config = (&AWS{region: Region, url: server.URL}).Config()
	return j, config, func() {
		server.Close()
		noError(t, j.Close())
	}
}

const trustScheduler = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
	`"Principal":{"Service":"scheduler.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

var unexported = cmpopts.IgnoreUnexported(Schedule{})

func TestJournal_stateOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "aws.jsonl")
	clock := NewClock(testTime)
	first, config, closeFirst := openJournal(t, path, clock)
	_, err := iam.NewFromConfig(config).CreateRole(t.Context(), &iam.CreateRoleInput{
		RoleName: aws.String("scheduler"), AssumeRolePolicyDocument: aws.String(trustScheduler),
	})
	noError(t, err)
	client := scheduler.NewFromConfig(config)
	noError(t, createGroup(t, client, "g"))
	in := minimal("s", nil)
	in.GroupName = aws.String("g")
	clock.Advance(time.Minute)
	_, err = client.CreateSchedule(t.Context(), in)
	noError(t, err)
	wantSchedules, wantLeft := first.AWS().Scheduler().Schedules("g"), first.AWS().Leftovers()
	closeFirst()

	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	noError(t, err)
	_, err = file.WriteString(`{"At":"2026-03-02T09:05:00Z","Method":"DELETE","Target":"/schedu`)
	noError(t, err)
	noError(t, file.Close())
	clock.Advance(time.Hour)

	second, config, closeSecond := openJournal(t, path, clock)
	if diff := cmp.Diff(wantSchedules, second.AWS().Scheduler().Schedules("g"), unexported); diff != "" {
		t.Errorf("schedules after the restart (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantLeft, second.AWS().Leftovers()); diff != "" {
		t.Errorf("all that exists after the restart (-want +got):\n%s", diff)
	}
	_, err = scheduler.NewFromConfig(config).DeleteSchedule(t.Context(), &scheduler.DeleteScheduleInput{
		GroupName: aws.String("g"), Name: aws.String("s"),
	})
	noError(t, err)
	closeSecond()

	third, _, closeThird := openJournal(t, path, clock)
	defer closeThird()
	if left := third.AWS().Scheduler().Schedules("g"); len(left) != 0 {
		t.Errorf("got %d schedules after a deletion and a restart, want none", len(left))
	}
}

func TestJournal_spoiledFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "aws.jsonl")
	noError(t, os.WriteFile(path, []byte("{}}\n"), 0o600))
	if _, err := OpenJournal(path, time.Now); err == nil {
		t.Error("a file that is no journal was taken")
	}
}

// TestJournal_unreliable asks often enough that each kind of failure occurs, and counts what took
// effect: the SDK tries again, and no answer says otherwise than what is there.
func TestJournal_unreliable(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "aws.jsonl")
	clock := NewClock(testTime)
	j, config, closeAll := openJournal(t, path, clock)
	j.Unreliable(0.5, 1)
	client := scheduler.NewFromConfig(config, func(o *scheduler.Options) { o.RetryMaxAttempts = 50 })
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		_, err := client.CreateScheduleGroup(t.Context(), &scheduler.CreateScheduleGroupInput{
			Name: aws.String(name),
		})
		noError(t, err)
	}
	want := j.AWS().Leftovers()
	if len(want) != 8 {
		t.Errorf("got %q, want eight groups", want)
	}
	requests := len(j.AWS().Requests())
	closeAll()
	again, _, closeAgain := openJournal(t, path, clock)
	defer closeAgain()
	if diff := cmp.Diff(want, again.AWS().Leftovers()); diff != "" {
		t.Errorf("after a restart (-want +got):\n%s", diff)
	}
	if n := len(again.AWS().Requests()); n != requests || n < 9 {
		t.Errorf("got %d requests in the file, want the %d that took effect, some of them twice", n, requests)
	}
}
