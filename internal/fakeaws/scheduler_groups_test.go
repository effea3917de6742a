package fakeaws

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/google/go-cmp/cmp"
)

func createGroup(t *testing.T, client *scheduler.Client, name string) error {
	t.Helper()
	_, err := client.CreateScheduleGroup(t.Context(),
		&scheduler.CreateScheduleGroupInput{Name: aws.String(name)})
	return err
}

func deleteGroup(t *testing.T, client *scheduler.Client, name string) error {
	t.Helper()
	_, err := client.DeleteScheduleGroup(t.Context(),
		&scheduler.DeleteScheduleGroupInput{Name: aws.String(name)})
	return err
}

func groupState(
	t *testing.T, client *scheduler.Client, name string,
) (types.ScheduleGroupState, error) {
	t.Helper()
	out, err := client.GetScheduleGroup(t.Context(),
		&scheduler.GetScheduleGroupInput{Name: aws.String(name)})
	if err != nil {
		return "", err
	}
	return out.State, nil
}

// A deleted group shows DELETING until all its schedules are gone, then it does not exist; they
// may keep firing until then (User Guide, "Deleting a schedule group"). ConflictException is
// modelled for creating in it.
func TestGroupDeletionTakesTime(t *testing.T) {
	t.Parallel()
	a, client, clock := newTestScheduler(t)
	a.Scheduler().SlowGroupDeletion(2, time.Minute)
	a.Scheduler().PutSchedule(Schedule{GroupName: "g", Name: "s"})
	noError(t, deleteGroup(t, client, "g"))
	if _, ok := a.Scheduler().Schedule("g", "s"); !ok {
		t.Error("the schedule is gone before its group")
	}
	if firing := a.Scheduler().MayFire(); len(firing) != 1 {
		t.Errorf("while its group is deleted: got %q that may fire, want the schedule", firing)
	}
	in := minimal("new", nil)
	in.GroupName = aws.String("g")
	_, err := client.CreateSchedule(t.Context(), in)
	wantError(t, err, "ConflictException", "")
	clock.Advance(time.Minute)
	if state, err := groupState(t, client, "g"); err != nil || state != "DELETING" {
		t.Errorf("state %q, error %v", state, err)
	}
	_, err = groupState(t, client, "g")
	wantError(t, err, "ResourceNotFoundException", "Schedule group g does not exist.")
	if firing := a.Scheduler().MayFire(); len(firing) != 0 {
		t.Errorf("after the deletion: got %q that may fire", firing)
	}
	if diff := cmp.Diff([]string{"iam role scheduler"}, a.Leftovers()); diff != "" {
		t.Errorf("leftovers (-want +got):\n%s", diff)
	}
}

func TestGroupDeletionByClock(t *testing.T) {
	t.Parallel()
	a, client, clock := newTestScheduler(t)
	a.Scheduler().SlowGroupDeletion(0, time.Minute)
	noError(t, createGroup(t, client, "g"))
	noError(t, deleteGroup(t, client, "g"))
	wantError(t, createGroup(t, client, "g"), "ConflictException", "")
	clock.Advance(time.Minute)
	noError(t, createGroup(t, client, "g"))
}

// The default group always exists and cannot be deleted (User Guide, "Deleting a schedule group").
func TestDefaultGroup(t *testing.T) {
	t.Parallel()
	_, client, _ := newTestScheduler(t)
	wantError(t, deleteGroup(t, client, DefaultGroup), "ValidationException", "")
	if state, err := groupState(t, client, DefaultGroup); err != nil || state != "ACTIVE" {
		t.Errorf("state %q, error %v", state, err)
	}
}

func TestGroupErrors(t *testing.T) {
	t.Parallel()
	_, client, _ := newTestScheduler(t)
	noError(t, createGroup(t, client, "g"))
	wantError(t, createGroup(t, client, "g"), "ConflictException", "Schedule group g already exists.")
	wantError(t, createGroup(t, client, "a b"), "ValidationException", "")
	wantError(t, createGroup(t, client, strings.Repeat("n", 65)), "ValidationException", "")
	wantError(t, deleteGroup(t, client, "x"), "ResourceNotFoundException",
		"Schedule group x does not exist.")
}

func TestListScheduleGroupsPages(t *testing.T) {
	t.Parallel()
	a, client, _ := newTestScheduler(t)
	for _, name := range []string{"a1", "a2", "a3", "b"} {
		a.Scheduler().PutGroup(name, nil)
	}
	var names []string
	pages := scheduler.NewListScheduleGroupsPaginator(client, &scheduler.ListScheduleGroupsInput{
		NamePrefix: aws.String("a"), MaxResults: aws.Int32(2),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		noError(t, err)
		for _, group := range page.ScheduleGroups {
			names = append(names, *group.Name)
		}
	}
	if diff := cmp.Diff([]string{"a1", "a2", "a3"}, names); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
}

// Tags exist on groups only, and a value has 1 to 256 characters (API Reference, Tag).
func TestGroupTags(t *testing.T) {
	t.Parallel()
	a, client, _ := newTestScheduler(t)
	a.Scheduler().PutGroup("g", map[string]string{"a": "1", "b": "2", "c": "3"})
	group, _ := a.Scheduler().Group("g")
	_, err := client.UntagResource(t.Context(), &scheduler.UntagResourceInput{
		ResourceArn: aws.String(group.Arn), TagKeys: []string{"a", "b"},
	})
	noError(t, err)
	put := func(arn, value string) error {
		_, err := client.TagResource(t.Context(), &scheduler.TagResourceInput{
			ResourceArn: aws.String(arn),
			Tags:        []types.Tag{{Key: aws.String("d"), Value: aws.String(value)}},
		})
		return err
	}
	noError(t, put(group.Arn, "4"))
	wantError(t, put(group.Arn, ""), "ValidationException", "")
	wantError(t, put(group.Arn, strings.Repeat("v", 257)), "ValidationException", "")
	wantError(t, put(strings.Replace(group.Arn, "schedule-group/", "schedule/default/", 1), "4"),
		"ValidationException", "")
	wantError(t, put(group.Arn+"x", "4"), "ResourceNotFoundException",
		"Schedule group gx does not exist.")
	out, err := client.ListTagsForResource(t.Context(),
		&scheduler.ListTagsForResourceInput{ResourceArn: aws.String(group.Arn)})
	noError(t, err)
	got := map[string]string{}
	for _, tag := range out.Tags {
		got[*tag.Key] = *tag.Value
	}
	if diff := cmp.Diff(map[string]string{"c": "3", "d": "4"}, got); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}

func TestLeftovers(t *testing.T) {
	t.Parallel()
	a := New()
	if !a.Empty() {
		t.Errorf("new, but not empty: %q", a.Leftovers())
	}
	a.Scheduler().PutSchedule(Schedule{GroupName: "g", Name: "s"})
	a.Scheduler().PutSchedule(Schedule{Name: "d"})
	want := []string{
		"scheduler group g (ACTIVE)", "scheduler schedule default/d", "scheduler schedule g/s",
	}
	if diff := cmp.Diff(want, a.Leftovers()); diff != "" {
		t.Errorf("leftovers (-want +got):\n%s", diff)
	}
	a.Scheduler().RemoveGroup("g")
	a.Scheduler().RemoveSchedule("default", "d")
	if !a.Empty() {
		t.Errorf("not empty: %q", a.Leftovers())
	}
}
