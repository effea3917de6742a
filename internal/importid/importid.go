// Package importid is what `tofu import` and import blocks name a resource by.
//
//	savings_schedule   sample-ai-saving                            the schedules of a group of its own
//	                   default/sample-ai-saving:rds_stop,rds_start  those in a shared group
//	savings_runner     sample-ai-tools
package importid

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// maxName is AWS's bound for the names of schedules and groups (EventBridge Scheduler API Reference,
// CreateSchedule), and of functions (AWS Lambda API Reference, CreateFunction).
const maxName = 64

var (
	scheduleName = regexp.MustCompile(`^[0-9a-zA-Z\-_.]{1,64}$`)
	functionName = regexp.MustCompile(`^[0-9a-zA-Z\-_]{1,64}$`)
)

// maxQuoted is how much of a wrong ID an error repeats, in bytes.
const maxQuoted = 200

// Schedule names a savings_schedule.
type Schedule struct {
	Name string
	// Group is the shared group, "" for one of its own. Keys are the events' keys in it, in the order
	// that they are written in; nil for a group of its own.
	Group string
	Keys  []string
}

// String returns the ID's text.
func (s Schedule) String() string {
	if s.Group == "" {
		return s.Name
	}
	return s.Group + "/" + s.Name + ":" + strings.Join(s.Keys, ",")
}

// ParseSchedule reads GROUP or GROUP/NAME:KEY,KEY. Its error says what is wrong and what to write.
func ParseSchedule(id string) (Schedule, error) {
	group, rest, shared := strings.Cut(id, "/")
	if !shared {
		return ownGroup(id)
	}
	name, list, ok := strings.Cut(rest, ":")
	if !ok || group == "" || name == "" || list == "" {
		return Schedule{}, scheduleError(id, "")
	}
	s := Schedule{Name: name, Group: group, Keys: strings.Split(list, ",")}
	if wrong := s.wrong(); wrong != "" {
		return Schedule{}, scheduleError(id, wrong)
	}
	return s, nil
}

func ownGroup(id string) (Schedule, error) {
	switch {
	case id == "default":
		return Schedule{}, fmt.Errorf("group \"default\" is everybody's; name the resource's schedules in it: " +
			"default/NAME:KEY,KEY, such as \"default/sample-ai-saving:rds_stop,rds_start\"")
	case strings.HasPrefix(id, "arn:"):
		return Schedule{}, scheduleError(id, "an ARN")
	case !scheduleName.MatchString(id):
		return Schedule{}, scheduleError(id, "")
	}
	return Schedule{Name: id}, nil
}

// wrong says what AWS would refuse in the names of a shared group's schedules; "" for nothing.
func (s Schedule) wrong() string {
	for _, part := range append([]string{s.Group, s.Name}, s.Keys...) {
		if !scheduleName.MatchString(part) {
			return fmt.Sprintf("%s is no name: AWS allows 1 to %d ASCII letters, digits, hyphens, underscores and dots",
				quoted(part), maxName)
		}
	}
	for i, key := range s.Keys {
		if slices.Contains(s.Keys[:i], key) {
			return fmt.Sprintf("the key %q is there twice", key)
		}
		if n := len(s.Name + "-" + key); n > maxName {
			return fmt.Sprintf("schedule %q would have %d characters, and AWS allows %d", s.Name+"-"+key, n, maxName)
		}
	}
	return ""
}

func scheduleError(id, wrong string) error {
	if wrong != "" {
		wrong = " (" + wrong + ")"
	}
	return fmt.Errorf("%s is no import ID of a savings_schedule%s; write the name of its own group, such as "+
		"\"sample-ai-saving\", or, for schedules in a shared group, GROUP/NAME:KEY,KEY, such as "+
		"\"default/sample-ai-saving:rds_stop,rds_start\"", quoted(id), wrong)
}

// ParseRunner reads the name of a runner's function. Its error says what to write.
func ParseRunner(id string) (name string, err error) {
	if functionName.MatchString(id) {
		return id, nil
	}
	write := "sample-ai-tools"
	if i := strings.LastIndex(id, ":"); strings.HasPrefix(id, "arn:") && functionName.MatchString(id[i+1:]) {
		write = id[i+1:]
	}
	return "", fmt.Errorf("%s is no name of a Lambda function, which has 1 to %d ASCII letters, digits, hyphens and "+
		"underscores; write the runner's name, such as %q", quoted(id), maxName, write)
}

// quoted is a text in quotes, cut where it is long.
func quoted(text string) string {
	if len(text) <= maxQuoted {
		return fmt.Sprintf("%q", text)
	}
	return fmt.Sprintf("%q… of %d bytes", text[:maxQuoted], len(text))
}
