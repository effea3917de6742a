package fakeaws

import (
	"cmp"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// LogEvent is a line of a log.
type LogEvent struct {
	Time    time.Time
	Message string
}

// PutEvents adds lines to a log group, which it makes if it must.
func (l *Logs) PutEvents(group string, events ...LogEvent) {
	l.aws.mu.Lock()
	defer l.aws.mu.Unlock()
	if l.groups[group] == nil {
		l.put(&LogGroup{Name: group})
	}
	l.events[group] = append(l.events[group], events...)
	slices.SortStableFunc(l.events[group], func(a, b LogEvent) int { return a.Time.Compare(b.Time) })
}

// maxLogEvents is a page of FilterLogEvents.
const maxLogEvents = 10_000

type filteredEvent struct {
	LogStreamName string `json:"logStreamName"`
	Timestamp     int64  `json:"timestamp"`
	Message       string `json:"message"`
	EventID       string `json:"eventId"`
}

// filterEvents answers the oldest lines first, startTime and endTime included, in milliseconds since
// 1970 (API Reference, FilterLogEvents).
func (l *Logs) filterEvents(c *call) (any, error) {
	var in struct {
		LogGroupName, FilterPattern, NextToken string
		StartTime, EndTime                     *int64
		Limit                                  *int
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if l.groups[in.LogGroupName] == nil {
		return nil, noLogGroup()
	}
	matches, ok := filterPattern(in.FilterPattern)
	if !ok || !within(1, in.Limit, maxLogEvents) {
		return nil, badLogsParameter("Invalid filter pattern or limit")
	}
	var found []filteredEvent
	for i, e := range l.events[in.LogGroupName] {
		at := e.Time.UnixMilli()
		if in.StartTime != nil && at < *in.StartTime || in.EndTime != nil && at > *in.EndTime || !matches(e.Message) {
			continue
		}
		found = append(found, filteredEvent{"stream", at, e.Message, strconv.Itoa(i)})
	}
	skip, err := strconv.Atoi(cmp.Or(in.NextToken, "0"))
	if err != nil || skip > len(found) {
		return nil, errf(http.StatusBadRequest, "InvalidParameterException", "The specified nextToken is invalid.")
	}
	limit := maxLogEvents
	set(&limit, in.Limit)
	found, next := found[skip:], ""
	if len(found) > limit {
		found, next = found[:limit], strconv.Itoa(skip+limit)
	}
	return struct {
		Events    []filteredEvent `json:"events"`
		NextToken string          `json:"nextToken,omitempty"`
	}{found, next}, nil
}

var (
	selector = regexp.MustCompile(`^\{ \$\.(\w+) = ("(?:[^"\\]|\\.)*") \}$`)
	optional = regexp.MustCompile(`^(?:\?"[^"]+" ?)+$`)
	term     = regexp.MustCompile(`"([^"]+)"`)
)

// filterPattern knows two forms (CloudWatch Logs User Guide, "Filter pattern syntax"): { $.member =
// "value" } matches lines of JSON, ?"a" ?"b" those with any of the terms. Terms are case-sensitive.
func filterPattern(text string) (matches func(line string) bool, ok bool) {
	if text == "" {
		return func(string) bool { return true }, true
	}
	if m := selector.FindStringSubmatch(text); m != nil {
		value, err := strconv.Unquote(m[2])
		return func(line string) bool {
			var members map[string]any
			return json.Unmarshal([]byte(line), &members) == nil && members[m[1]] == value
		}, err == nil
	}
	if !optional.MatchString(text) {
		return nil, false
	}
	terms := term.FindAllStringSubmatch(text, -1)
	return func(line string) bool {
		return slices.ContainsFunc(terms, func(t []string) bool { return strings.Contains(line, t[1]) })
	}, true
}
