package doctor

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/spin-dd/terraform-provider-savings/internal/awscron"
	"github.com/spin-dd/terraform-provider-savings/internal/command"
)

func lookDelivery(f *facts) []Finding {
	var found []Finding
	if late := f.held(triesTooLong); len(late) > 0 {
		found = append(found, note(listed(late),
			apply+"; retry in the savings_schedule is 10 attempts within an hour unless set",
			"what cannot be delivered is tried again for longer than the event may be late, so a stop of the evening may "+
				"come in the morning; the runner then leaves everything as it is"))
	}
	for _, queueARN := range f.all((*event).deadLetters) {
		switch q := f.queues[queueARN]; {
		case q.gone():
			found = append(found, note(last(queueARN), "make the queue again, or take dead_letter_arn out, and apply",
				"the dead-letter queue does not exist: nobody hears of what is not delivered"))
		case q.err != nil:
			found = append(found, unread(last(queueARN), q.err))
		case q.value != "0":
			found = append(found, broken(last(queueARN), "read them: their attributes ERROR_CODE and ERROR_MESSAGE say why; "+
				"when it is mended, empty the queue: aws sqs purge-queue", "%s wait in the dead-letter queue: that often "+
				"EventBridge Scheduler gave up on an event, of this or another schedule of the queue", messages(q.value)))
		default:
			found = append(found, fine(last(queueARN), "no dead letter waits"))
		}
	}
	return found
}

func messages(n string) string {
	if n == "1" {
		return "1 message"
	}
	return n + " messages"
}

// triesTooLong tells whether deliveries may come later than the runner lets them. AWS's own defaults are
// 185 attempts within a day (EventBridge Scheduler API Reference, "RetryPolicy").
func triesTooLong(e *event) bool {
	const attempts, age = 185, 86400
	retry := types.RetryPolicy{MaximumRetryAttempts: aws.Int32(attempts), MaximumEventAgeInSeconds: aws.Int32(age)}
	if r := e.Target.RetryPolicy; r != nil {
		retry = *r
	}
	allowed := max(e.payload.LateAfterSeconds, int64(time.Hour.Seconds()))
	return aws.ToInt32(retry.MaximumRetryAttempts) > 0 && int64(aws.ToInt32(retry.MaximumEventAgeInSeconds)) > allowed
}

func lookRuns(f *facts) []Finding {
	var found []Finding
	for _, functionARN := range f.found() {
		log := logGroup(f.functions[functionARN].value)
		h := f.logs[log]
		switch {
		case h.gone():
			h.value = &history{}
		case h.err != nil:
			found = append(found, unread(log, h.err))
			continue
		case h.value.cut:
			found = append(found, Finding{
				On: log, Status: Unknown, Found: "could not look: the log has more lines than are read here",
				Fix: "read it with CloudWatch Logs Insights: filter schedule = \"…\"",
			})
			continue
		}
		for _, e := range f.events {
			if e.function() == functionARN {
				found = append(found, f.lastRun(e, h.value, log))
			}
		}
		found = append(found, f.vanished(h.value)...)
	}
	return found
}

// lastRun says what became of the last run of an event, and whether one is missing.
func (f *facts) lastRun(e *event, h *history, log string) Finding {
	zone, err := awscron.LoadLocation(e.zone())
	if err != nil {
		zone = time.UTC
	}
	r := h.last[e.name]
	due := e.due(f.Now, zone)
	if r == nil || r.last.Before(due.Add(-time.Minute)) {
		if recent := due.After(f.Now.Add(-recent + time.Hour)); !due.IsZero() && recent && f.Now.Sub(due) > grace {
			return f.silent(e, h, due, zone, log)
		}
	}
	if r == nil {
		return fine(e.key, "no run in the last %d days, and none was due in the last one", int(lookBack.Hours()/24))
	}
	return f.outcome(e, r, zone)
}

// grace is how long after its time an event may leave its first line: it is delivered within a minute,
// and tried again where that fails.
const grace = 15 * time.Minute

// due is when the event should have run last: zero where that is not known, or longer ago than the log
// is read.
func (e *event) due(now time.Time, zone *time.Location) time.Time {
	schedule, err := awscron.Parse(aws.ToString(e.ScheduleExpression))
	if _, isRate := schedule.(*awscron.Rate); err != nil || isRate || !e.enabled() {
		return time.Time{}
	}
	after := now.Add(-lookBack)
	for _, since := range []*time.Time{e.LastModificationDate, e.CreationDate, e.StartDate} {
		if since != nil && since.After(after) {
			after = *since
		}
	}
	if e.EndDate != nil && e.EndDate.Before(now) {
		now = *e.EndDate
	}
	var due time.Time
	for next := schedule.Next(after, zone); !next.IsZero() && next.Before(now); next = schedule.Next(next, zone) {
		due = next
	}
	return due
}

// silent is the finding for a run that was due and left nothing in the log.
func (f *facts) silent(e *event, h *history, due time.Time, zone *time.Location, log string) Finding {
	for _, end := range h.ended {
		if after := end.at.Sub(due); after >= 0 && after < 2*time.Hour {
			return broken(e.key, "write timeout = 900 in the savings_runner, and apply",
				"the run of %s ended before it could answer: %s", local(due, zone), strings.TrimSpace(end.line))
		}
	}
	return broken(e.key, "mend what is broken above; where nothing is, "+f.fire(e.key)+" --dry-run shows whether it "+
		"runs now, and CloudWatch's metrics of AWS/Scheduler (TargetErrorCount) whether it was delivered",
		"it was due %s and left no line in %s", local(due, zone), log)
}

// outcome says how a run ended.
func (f *facts) outcome(e *event, r *run, zone *time.Location) Finding {
	when := local(r.began, zone)
	failed := r.failed()
	if len(failed) == 0 && r.failure == "" {
		if i := slices.IndexFunc(r.warnings, func(w string) bool { return strings.Contains(w, "holds") }); i >= 0 {
			return note(e.key, "", "%s: %s, %s", when, summary(r.results), r.warnings[i])
		}
		return fine(e.key, "%s: %s", when, summary(r.results))
	}
	if len(failed) == 0 {
		return broken(e.key, "mend it, then "+f.fire(e.key), "the run of %s failed: %s", when, sentence(r.failure))
	}
	return broken(e.key, f.fixOf(e, failed[0]), "the run of %s failed: %s", when, summary(failed))
}

// fixOf is what helps against a failure.
func (f *facts) fixOf(e *event, r command.Result) string {
	switch {
	case strings.HasPrefix(r.Detail, "late:"):
		return "look at what kept it from being delivered, above; to do it now: " + f.fire(e.key)
	case r.Outcome == command.Denied:
		return "give the runner's role the right, where it is missing above; where it is not, the right has come since: " +
			f.fire(e.key)
	case r.Outcome == command.NotFound:
		return "correct or remove " + r.Item + " in event " + e.key + ", and apply"
	case r.Outcome == command.Unsupported:
		return "take " + r.Item + " out of event " + e.key + ", and apply"
	}
	return "mend what AWS says, then " + f.fire(e.key)
}

// sentence is the first line of a failure.
func sentence(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	return text
}

// summary says of some results what became of them.
func summary(results []command.Result) string {
	const most = 3
	var words []string
	for i, r := range results {
		if i == most {
			words = append(words, fmt.Sprintf("and %d more", len(results)-most))
			break
		}
		words = append(words, strings.TrimSpace(r.Name()+" "+string(r.Outcome)+change(r)+detail(r)))
	}
	if len(words) == 0 {
		return "nothing to report"
	}
	return strings.Join(words, "; ")
}

func change(r command.Result) string {
	switch {
	case r.To == "" || r.From == r.To:
		return ""
	case r.From == "":
		return " (" + r.To + ")"
	}
	return " (" + r.From + " → " + r.To + ")"
}

func detail(r command.Result) string {
	if r.Detail == "" {
		return ""
	}
	const most = 160
	text := []rune(sentence(r.Detail))
	if len(text) > most {
		text = append(text[:most], '…')
	}
	return ": " + string(text)
}

// vanished are schedules that ran and are not there any more.
func (f *facts) vanished(h *history) []Finding {
	if f.Event != "" || f.Group != "" || f.names.err != nil {
		return nil
	}
	var found []Finding
	for _, name := range slices.Sorted(maps.Keys(h.last)) {
		if !slices.Contains(f.names.value, name) {
			found = append(found, note(name, "where the configuration has it, tofu apply makes it again",
				"it ran last %s, and is no schedule of %s any more", local(h.last[name].began, f.zone()), f.groupName))
		}
	}
	return found
}
