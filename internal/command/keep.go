package command

import "time"

// keepTag on a thing that was found by a tag keeps it as it is.
const keepTag = "savings:keep"

// kept tells whether the tags keep a thing as it is now. The tag's value is an RFC 3339 instant or
// a date, until which it holds (a date holds to its end, in UTC); with any other value it always
// holds.
func kept(tags map[string]string, now time.Time) bool {
	value, ok := tags[keepTag]
	if !ok {
		return false
	}
	if until, err := time.Parse(time.RFC3339, value); err == nil {
		return now.Before(until)
	}
	if date, err := time.Parse(time.DateOnly, value); err == nil {
		return now.Before(date.AddDate(0, 0, 1))
	}
	return true
}
