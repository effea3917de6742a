package fakeaws

import (
	"slices"
	"time"
)

// requestsPerSecond are the default quotas of EventBridge Scheduler's operations in an account and
// region: first in the large regions, then in all others (User Guide, "Quotas").
var requestsPerSecond = map[string][2]float64{
	"CreateSchedule":      {5000, 250},
	"UpdateSchedule":      {1000, 250},
	"GetSchedule":         {1000, 250},
	"DeleteSchedule":      {1000, 250},
	"ListSchedules":       {50, 50},
	"CreateScheduleGroup": {10, 10},
	"GetScheduleGroup":    {10, 10},
	"DeleteScheduleGroup": {10, 10},
	"ListScheduleGroups":  {10, 10},
	"ListTagsForResource": {10, 10},
	"TagResource":         {1, 1},
	"UntagResource":       {1, 1},
}

// perSchedule is what one schedule takes in a second, whatever is asked of it (User Guide, "Quotas").
const perSchedule = 10

// largeRegions have the larger quotas (User Guide, "Quotas").
var largeRegions = []string{
	"us-east-1", "us-east-2", "us-west-2", "ap-northeast-1", "ap-south-1", "ap-southeast-1",
	"ap-southeast-2", "eu-central-1", "eu-west-1", "eu-west-2", "sa-east-1",
}

// WithQuotas makes EventBridge Scheduler refuse what goes beyond its quotas of requests a second, each
// multiplied by scale: 1 for AWS's own. A quota is a token bucket, full at first, that holds what comes
// in a second; how much AWS lets through at once is not documented.
func WithQuotas(scale float64) Option {
	return func(a *AWS) { a.quotas = &quotas{scale: scale, buckets: map[string]*bucket{}} }
}

// quotas are nil where nothing is refused.
type quotas struct {
	scale   float64
	buckets map[string]*bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

// take takes a token from a bucket that gets rate of them in a second, if there is one.
func (q *quotas) take(name string, rate float64, now time.Time) bool {
	rate *= q.scale
	size := max(1, rate)
	b := q.buckets[name]
	if b == nil {
		b = &bucket{tokens: size, at: now}
		q.buckets[name] = b
	}
	b.tokens = min(size, b.tokens+rate*now.Sub(b.at).Seconds())
	b.at = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// throttle returns the refusal of a request that is one too many, or nil.
func (a *AWS) throttle(r Request) *Fault {
	a.mu.Lock()
	defer a.mu.Unlock()
	rates, counted := requestsPerSecond[r.Operation]
	if a.quotas == nil || r.Service != "scheduler" || !counted {
		return nil
	}
	rate := rates[1]
	if slices.Contains(largeRegions, a.region) {
		rate = rates[0]
	}
	one := []string{"CreateSchedule", "UpdateSchedule", "GetSchedule", "DeleteSchedule"}
	if a.quotas.take(r.Operation, rate, r.At) &&
		(!slices.Contains(one, r.Operation) || a.quotas.take("schedule "+r.Name, perSchedule, r.At)) {
		return nil
	}
	refusal := Throttled()
	return &refusal
}
