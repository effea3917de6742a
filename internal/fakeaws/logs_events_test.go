package fakeaws

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/google/go-cmp/cmp"
)

// The oldest lines come first, in pages; startTime and endTime are in milliseconds and included (API
// Reference, FilterLogEvents). A selector matches members of JSON, and no other line; terms with a
// question mark are alternatives (User Guide, "Filter pattern syntax").
func TestFilterLogEvents(t *testing.T) {
	t.Parallel()
	a := Start(t)
	a.Logs().PutEvents("g", LogEvent{testTime.Add(time.Minute), `{"group":"b\"1","n":2}`},
		LogEvent{testTime, `{"group":"a"}`}, LogEvent{testTime.Add(2 * time.Minute), "Task timed out after 1.00 seconds"})
	client := cloudwatchlogs.NewFromConfig(a.Config())
	messages := func(in cloudwatchlogs.FilterLogEventsInput) []string {
		t.Helper()
		in.LogGroupName = aws.String("g")
		var all []string
		pages := cloudwatchlogs.NewFilterLogEventsPaginator(client, &in)
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			noError(t, err)
			for _, e := range page.Events {
				all = append(all, aws.ToString(e.Message)[:9])
			}
		}
		return all
	}
	from, to := testTime.UnixMilli(), testTime.Add(time.Minute).UnixMilli()
	for _, tt := range []struct {
		in   cloudwatchlogs.FilterLogEventsInput
		want []string
	}{
		{cloudwatchlogs.FilterLogEventsInput{}, []string{`{"group":`, `{"group":`, "Task time"}},
		{cloudwatchlogs.FilterLogEventsInput{Limit: aws.Int32(1)}, []string{`{"group":`, `{"group":`, "Task time"}},
		{cloudwatchlogs.FilterLogEventsInput{StartTime: &from, EndTime: &to}, []string{`{"group":`, `{"group":`}},
		{cloudwatchlogs.FilterLogEventsInput{FilterPattern: aws.String(`{ $.group = "b\"1" }`)}, []string{`{"group":`}},
		{cloudwatchlogs.FilterLogEventsInput{FilterPattern: aws.String(`{ $.group = "c" }`)}, nil},
		{cloudwatchlogs.FilterLogEventsInput{FilterPattern: aws.String(`?"timed out" ?"exited"`)}, []string{"Task time"}},
		{cloudwatchlogs.FilterLogEventsInput{FilterPattern: aws.String(`?"Timed Out"`)}, nil},
	} {
		if d := cmp.Diff(tt.want, messages(tt.in)); d != "" {
			t.Errorf("%v (-want +got):\n%s", tt.in, d)
		}
	}
	_, err := client.FilterLogEvents(t.Context(),
		&cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String("none")})
	wantError(t, err, "ResourceNotFoundException", "The specified log group does not exist.")
}
