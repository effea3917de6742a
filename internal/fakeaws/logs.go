package fakeaws

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Logs is Amazon CloudWatch Logs, as far as log groups and their lines go.
type Logs struct {
	aws    *AWS
	groups map[string]*LogGroup
	events map[string][]LogEvent // by group, the oldest first
}

// LogGroup is a log group.
type LogGroup struct {
	Name string
	// RetentionDays is 0 where logs never expire.
	RetentionDays int
	Tags          map[string]string
	Created       int64 // milliseconds since 1970
}

func newLogs(a *AWS) *Logs {
	return &Logs{aws: a, groups: map[string]*LogGroup{}, events: map[string][]LogEvent{}}
}

// Logs gives a test direct access to CloudWatch Logs.
func (a *AWS) Logs() *Logs { return a.logs }

// Group returns a log group by name.
func (l *Logs) Group(name string) (LogGroup, bool) {
	group, ok := l.Groups()[name]
	return group, ok
}

// Groups returns all log groups by name.
func (l *Logs) Groups() map[string]LogGroup {
	l.aws.mu.Lock()
	defer l.aws.mu.Unlock()
	found := map[string]LogGroup{}
	for name, group := range l.groups {
		shown := *group
		shown.Tags = maps.Clone(group.Tags)
		found[name] = shown
	}
	return found
}

// PutGroup makes or replaces a log group, as a function's first invocation does.
func (l *Logs) PutGroup(group LogGroup) {
	l.aws.mu.Lock()
	defer l.aws.mu.Unlock()
	l.put(&group)
}

// RemoveGroup removes a log group as somebody else could have done.
func (l *Logs) RemoveGroup(name string) {
	l.aws.mu.Lock()
	defer l.aws.mu.Unlock()
	delete(l.groups, name)
	delete(l.events, name)
}

func (l *Logs) put(group *LogGroup) {
	if group.Tags == nil {
		group.Tags = map[string]string{}
	}
	setDefault(&group.Created, l.aws.now().UnixMilli())
	l.groups[group.Name] = group
}

func (l *Logs) arn(name string) string {
	return "arn:aws:logs:" + l.aws.region + ":" + l.aws.account + ":log-group:" + name
}

func (l *Logs) leftovers() []string {
	var left []string
	for _, name := range sortedKeys(l.groups) {
		left = append(left, "log group "+name)
	}
	return left
}

func (l *Logs) service() *service {
	return &service{
		name:     "logs",
		protocol: json11{},
		operations: map[string]func(*call) (any, error){
			"CreateLogGroup":        l.createGroup,
			"DescribeLogGroups":     l.describeGroups,
			"DeleteLogGroup":        l.deleteGroup,
			"PutRetentionPolicy":    l.putRetention,
			"DeleteRetentionPolicy": l.deleteRetention,
			"TagResource":           l.tagResource,
			"UntagResource":         l.untagResource,
			"ListTagsForResource":   l.listTags,
			"FilterLogEvents":       l.filterEvents,
		},
		nameKeys:  []string{"logGroupName", "logGroupNamePrefix", "resourceArn"},
		leftovers: l.leftovers,
	}
}

// logsInput has the members of all operations.
type logsInput struct {
	LogGroupName       string            `json:"logGroupName"`
	LogGroupNamePrefix string            `json:"logGroupNamePrefix"`
	RetentionInDays    int               `json:"retentionInDays"`
	ResourceARN        string            `json:"resourceArn"`
	Tags               map[string]string `json:"tags"`
	TagKeys            []string          `json:"tagKeys"`
	Limit              *int              `json:"limit"`
	NextToken          string            `json:"nextToken"`
}

func badLogsParameter(format string, args ...any) *Error {
	return errf(http.StatusBadRequest, "InvalidParameterException", format, args...)
}

func noLogGroup() *Error {
	return errf(http.StatusBadRequest, "ResourceNotFoundException",
		"The specified log group does not exist.")
}

// Names and retentions are those of the API Reference (CreateLogGroup, PutRetentionPolicy).
var (
	logGroupName  = regexp.MustCompile(`^[.\-_/#A-Za-z0-9]{1,512}$`)
	retentionDays = []int{
		1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
		3288, 3653,
	}
)

const (
	maxLogTags  = 50
	maxLogGroup = 50 // a page of DescribeLogGroups
)

func (l *Logs) createGroup(c *call) (any, error) {
	var in logsInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if !logGroupName.MatchString(in.LogGroupName) {
		return nil, badLogsParameter("1 validation error detected: Value '%s' at 'logGroupName' "+
			"failed to satisfy constraint: Member must satisfy regular expression pattern: "+
			`[\.\-_/#A-Za-z0-9]+ and have length between 1 and 512`, in.LogGroupName)
	}
	if l.groups[in.LogGroupName] != nil {
		return nil, errf(http.StatusBadRequest, "ResourceAlreadyExistsException",
			"The specified log group already exists")
	}
	group := &LogGroup{Name: in.LogGroupName, Tags: map[string]string{}}
	if err := group.addTags(in.Tags); err != nil {
		return nil, err
	}
	l.put(group)
	return nil, nil
}

func (g *LogGroup) addTags(tags map[string]string) error {
	merged := maps.Clone(g.Tags)
	for key, value := range tags {
		if !between(1, len(key), 128) || len(value) > 256 {
			return badLogsParameter("Invalid tag: %s", key)
		}
		merged[key] = value
	}
	if len(merged) > maxLogTags {
		return errf(http.StatusBadRequest, "TooManyTagsException",
			"A resource can have at most %d tags.", maxLogTags)
	}
	g.Tags = merged
	return nil
}

type logGroupOutput struct {
	ARN             string `json:"arn"`
	LogGroupARN     string `json:"logGroupArn"`
	LogGroupName    string `json:"logGroupName"`
	LogGroupClass   string `json:"logGroupClass"`
	CreationTime    int64  `json:"creationTime"`
	RetentionInDays int    `json:"retentionInDays,omitempty"`
	StoredBytes     int64  `json:"storedBytes"`
}

// describeGroups answers arn with, and logGroupArn without, ":*" at the end (API Reference,
// LogGroup).
func (l *Logs) describeGroups(c *call) (any, error) {
	var in logsInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if !within(1, in.Limit, maxLogGroup) {
		return nil, badLogsParameter("1 validation error detected: Value '%d' at 'limit' failed to "+
			"satisfy constraint: Member must have value between 1 and 50", *in.Limit)
	}
	limit := maxLogGroup
	set(&limit, in.Limit)
	names := slices.DeleteFunc(sortedKeys(l.groups), func(name string) bool {
		return !strings.HasPrefix(name, in.LogGroupNamePrefix)
	})
	names, next, ok := cut(names, itself, in.NextToken, limit)
	if !ok {
		return nil, badLogsParameter("The specified nextToken is invalid.")
	}
	groups := make([]logGroupOutput, len(names))
	for i, name := range names {
		groups[i] = logGroupOutput{
			ARN: l.arn(name) + ":*", LogGroupARN: l.arn(name), LogGroupName: name,
			LogGroupClass: "STANDARD", CreationTime: l.groups[name].Created,
			RetentionInDays: l.groups[name].RetentionDays,
		}
	}
	return struct {
		LogGroups []logGroupOutput `json:"logGroups"`
		NextToken string           `json:"nextToken,omitempty"`
	}{groups, next}, nil
}

// change reads a request and hands the group that it names to do.
func (l *Logs) change(c *call, do func(*LogGroup, logsInput) error) (any, error) {
	var in logsInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	name := in.LogGroupName
	if in.ResourceARN != "" {
		// Tags take the ARN without ":*" (API Reference, TagResource).
		name = strings.TrimPrefix(in.ResourceARN, l.arn(""))
	}
	group := l.groups[name]
	if group == nil {
		return nil, noLogGroup()
	}
	return nil, do(group, in)
}

func (l *Logs) deleteGroup(c *call) (any, error) {
	return l.change(c, func(group *LogGroup, _ logsInput) error {
		delete(l.groups, group.Name)
		delete(l.events, group.Name)
		return nil
	})
}

func (l *Logs) putRetention(c *call) (any, error) {
	return l.change(c, func(group *LogGroup, in logsInput) error {
		if !slices.Contains(retentionDays, in.RetentionInDays) {
			return badLogsParameter("1 validation error detected: Value '%d' at 'retentionInDays' "+
				"failed to satisfy constraint: Member must satisfy enum value set", in.RetentionInDays)
		}
		group.RetentionDays = in.RetentionInDays
		return nil
	})
}

func (l *Logs) deleteRetention(c *call) (any, error) {
	return l.change(c, func(group *LogGroup, _ logsInput) error {
		group.RetentionDays = 0
		return nil
	})
}

func (l *Logs) tagResource(c *call) (any, error) {
	return l.change(c, func(group *LogGroup, in logsInput) error { return group.addTags(in.Tags) })
}

func (l *Logs) untagResource(c *call) (any, error) {
	return l.change(c, func(group *LogGroup, in logsInput) error {
		for _, key := range in.TagKeys {
			delete(group.Tags, key)
		}
		return nil
	})
}

func (l *Logs) listTags(c *call) (any, error) {
	var tags map[string]string
	_, err := l.change(c, func(group *LogGroup, _ logsInput) error {
		tags = group.Tags
		return nil
	})
	if err != nil {
		return nil, err
	}
	return struct {
		Tags map[string]string `json:"tags"`
	}{tags}, nil
}
