package doctor

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	cwltypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
)

const (
	// lookBack is how far back the log is read: the runner's log group keeps a week by default.
	lookBack = 8 * 24 * time.Hour
	// recent is the part of it that is read first; mostly it has a run of every event.
	recent = 26 * time.Hour
	// maxPages bounds the pages of one reading. A page has up to 1 MB or 10,000 lines (CloudWatch Logs
	// API Reference, "FilterLogEvents").
	maxPages = 50
)

// history is what a log says of the schedules of a group.
type history struct {
	// last is the last run of each schedule.
	last map[string]*run
	// ended are the lines of runs that ended before they could answer: their time was over, or the
	// program ended. They name no schedule.
	ended []ending
	// cut tells that the log has more lines than were read.
	cut bool
}

type ending struct {
	at   time.Time
	line string
}

// run is one invocation for a schedule, with those that AWS Lambda made of it after a failure: they have
// the same request.
type run struct {
	request     string
	began, last time.Time
	// results are the last ones of each target, in the order of the log.
	results []command.Result
	// failure is the sentence of a run that failed.
	failure string
	// warnings are what the runner wanted to be known.
	warnings []string
}

// line is a line of the runner's log, as far as it is read here.
type line struct {
	Level, Msg, Group, Schedule, Error, Reason string
	Request                                    string `json:"request_id"`
	Service, Action, Item, Target              string
	From, To, Detail                           string
}

// history reads a log group: its last day, and the days before where some event has no run in that.
func (c Clients) history(ctx context.Context, logGroup string, f *facts) (*history, error) {
	h := &history{last: map[string]*run{}}
	pattern := `{ $.group = ` + strconv.Quote(f.groupName) + ` }`
	from, to := f.Now.Add(-recent), f.Now
	var lines []cwltypes.FilteredLogEvent
	for {
		found, cut, err := c.lines(ctx, logGroup, pattern, from, to)
		if err != nil {
			return nil, err
		}
		lines, h.cut = append(found, lines...), h.cut || cut
		h.read(lines)
		all := !slices.ContainsFunc(f.events, func(e *event) bool { return h.last[e.name] == nil })
		if all || from.Equal(f.Now.Add(-lookBack)) {
			break
		}
		from, to = f.Now.Add(-lookBack), from.Add(-time.Millisecond)
	}
	found, _, err := c.lines(ctx, logGroup, `?"Task timed out" ?"Runtime exited" ?"Runtime.ExitError"`,
		f.Now.Add(-recent), f.Now)
	for _, e := range found {
		h.ended = append(h.ended, ending{time.UnixMilli(aws.ToInt64(e.Timestamp)), aws.ToString(e.Message)})
	}
	return h, err
}

func (c Clients) lines(
	ctx context.Context, logGroup, pattern string, from, to time.Time,
) (lines []cwltypes.FilteredLogEvent, cut bool, err error) {
	pages := cloudwatchlogs.NewFilterLogEventsPaginator(c.Logs, &cloudwatchlogs.FilterLogEventsInput{
		LogGroupName: &logGroup, FilterPattern: &pattern,
		StartTime: aws.Int64(from.UnixMilli()), EndTime: aws.Int64(to.UnixMilli()),
	})
	for n := 0; pages.HasMorePages(); n++ {
		if n == maxPages {
			return lines, true, nil
		}
		page, err := pages.NextPage(ctx)
		if err := looked(err, "logs:FilterLogEvents", "reading log group %s", logGroup); err != nil {
			return nil, false, err
		}
		lines = append(lines, page.Events...)
	}
	return lines, false, nil
}

// read finds the last run of each schedule.
func (h *history) read(lines []cwltypes.FilteredLogEvent) {
	h.last = map[string]*run{}
	for _, event := range lines {
		var l line
		if json.Unmarshal([]byte(aws.ToString(event.Message)), &l) != nil || l.Schedule == "" {
			continue
		}
		at := time.UnixMilli(aws.ToInt64(event.Timestamp))
		r := h.last[l.Schedule]
		if r == nil || r.request != l.Request {
			r = &run{request: l.Request, began: at}
			h.last[l.Schedule] = r
		}
		r.add(l, at)
	}
}

// add reads a line. A later attempt of the same run replaces what an earlier one said.
func (r *run) add(l line, at time.Time) {
	r.last = at
	switch {
	case l.Service != "":
		result := command.Result{
			Service: l.Service, Item: l.Item, Target: l.Target, Action: l.Action,
			Outcome: command.Outcome(l.Msg), From: l.From, To: l.To, Detail: l.Detail,
		}
		same := func(other command.Result) bool {
			return other.Service == l.Service && other.Action == l.Action && other.Name() == result.Name()
		}
		if i := slices.IndexFunc(r.results, same); i >= 0 {
			r.results = slices.Delete(r.results, i, i+1)
		}
		r.results, r.failure = append(r.results, result), ""
	case l.Error != "":
		r.failure = l.Error
	case l.Level == "WARN":
		r.warnings = append(r.warnings, l.Msg+": "+l.Reason)
	}
}

// failed are the results that made the run fail.
func (r *run) failed() []command.Result {
	return slices.DeleteFunc(slices.Clone(r.results),
		func(result command.Result) bool { return !result.Outcome.Failure() })
}
