package fakeaws

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
)

// AutoScaling is Amazon EC2 Auto Scaling.
type AutoScaling struct {
	aws      *AWS
	groups   map[string]*ScalingGroup
	pageSize int
	denied   map[string]bool
	slow     int
}

// ScalingGroup is an Auto Scaling group.
type ScalingGroup struct {
	Name              string
	Min, Max, Desired int
	// Instances is how many it has; Desired unless set. It follows Desired by itself.
	Instances int
	// Status is "Delete in progress" of a group that goes away, "" otherwise.
	Status string
	// Suspended are the suspended processes.
	Suspended []string
	Tags      map[string]string
	// Propagated are the keys of the tags that new instances get.
	Propagated map[string]bool

	reads int // descriptions since the size was changed
}

func newAutoScaling(a *AWS) *AutoScaling {
	return &AutoScaling{
		aws: a, groups: map[string]*ScalingGroup{}, pageSize: 100, denied: map[string]bool{},
	}
}

// AutoScaling gives a test direct access to EC2 Auto Scaling.
func (a *AWS) AutoScaling() *AutoScaling { return a.scaling }

// SetPageSize sets how many groups a page of a description holds at most; AWS allows 1 to 100.
func (s *AutoScaling) SetPageSize(n int) {
	s.aws.mu.Lock()
	defer s.aws.mu.Unlock()
	s.pageSize = n
}

// SlowScaling keeps the number of instances as it was until so many descriptions have shown it.
func (s *AutoScaling) SlowScaling(reads int) {
	s.aws.mu.Lock()
	defer s.aws.mu.Unlock()
	s.slow = reads
}

// Deny refuses every change of these groups.
func (s *AutoScaling) Deny(names ...string) {
	s.aws.mu.Lock()
	defer s.aws.mu.Unlock()
	for _, name := range names {
		s.denied[name] = true
	}
}

// Put makes or replaces a group.
func (s *AutoScaling) Put(group ScalingGroup) {
	s.aws.mu.Lock()
	defer s.aws.mu.Unlock()
	setDefault(&group.Instances, group.Desired)
	group.Tags = maps.Clone(group.Tags)
	if group.Tags == nil {
		group.Tags = map[string]string{}
	}
	group.Propagated = map[string]bool{}
	s.groups[group.Name] = &group
}

// Group returns a group by name; looking counts as no description.
func (s *AutoScaling) Group(name string) (ScalingGroup, bool) {
	s.aws.mu.Lock()
	defer s.aws.mu.Unlock()
	group := s.groups[name]
	if group == nil {
		return ScalingGroup{}, false
	}
	shown := *group
	shown.Tags, shown.Propagated = maps.Clone(group.Tags), maps.Clone(group.Propagated)
	return shown, true
}

// SetSize changes a group's size as somebody else might.
func (s *AutoScaling) SetSize(name string, low, desired int) {
	s.aws.mu.Lock()
	defer s.aws.mu.Unlock()
	group := s.groups[name]
	group.Min, group.Desired, group.reads = low, desired, 0
}

func (s *AutoScaling) leftovers() []string {
	var left []string
	for _, name := range sortedKeys(s.groups) {
		left = append(left, "autoscaling group "+name)
	}
	return left
}

func (s *AutoScaling) service() *service {
	return &service{
		name:     "autoscaling",
		protocol: query{"http://autoscaling.amazonaws.com/doc/2011-01-01/"},
		operations: map[string]func(*call) (any, error){
			"DescribeAutoScalingGroups": s.describe,
			"UpdateAutoScalingGroup":    s.update,
			"CreateOrUpdateTags":        s.tag,
			"DeleteTags":                s.untag,
		},
		nameKeys:  []string{"AutoScalingGroupName", "Tags.member.1.ResourceId"},
		leftovers: s.leftovers,
	}
}

type scalingGroupXML struct {
	AutoScalingGroupName, AutoScalingGroupARN string
	MinSize, MaxSize, DesiredCapacity         int
	Status                                    string               `xml:",omitempty"`
	Instances                                 []scalingInstanceXML `xml:"Instances>member"`
	SuspendedProcesses                        []suspendedXML       `xml:"SuspendedProcesses>member"`
	Tags                                      []scalingTagXML      `xml:"Tags>member"`
}

type scalingInstanceXML struct {
	InstanceID     string `xml:"InstanceId"`
	LifecycleState string
}

type suspendedXML struct{ ProcessName string }

type scalingTagXML struct {
	Key, Value        string
	ResourceID        string `xml:"ResourceId"`
	ResourceType      string
	PropagateAtLaunch bool
}

func (s *AutoScaling) arn(name string) string {
	return "arn:aws:autoscaling:" + s.aws.region + ":" + s.aws.account + ":autoScalingGroup:" +
		digest(name)[:8] + ":autoScalingGroupName/" + name
}

func (s *AutoScaling) xml(g *ScalingGroup) scalingGroupXML {
	x := scalingGroupXML{
		AutoScalingGroupName: g.Name, AutoScalingGroupARN: s.arn(g.Name),
		MinSize: g.Min, MaxSize: g.Max, DesiredCapacity: g.Desired, Status: g.Status,
	}
	for n := range g.Instances {
		x.Instances = append(x.Instances,
			scalingInstanceXML{"i-" + digest(g.Name + strconv.Itoa(n))[:17], "InService"})
	}
	for _, process := range g.Suspended {
		x.SuspendedProcesses = append(x.SuspendedProcesses, suspendedXML{process})
	}
	for _, key := range sortedKeys(g.Tags) {
		x.Tags = append(x.Tags,
			scalingTagXML{key, g.Tags[key], g.Name, "auto-scaling-group", g.Propagated[key]})
	}
	return x
}

func badScaling(format string, args ...any) *Error {
	return errf(http.StatusBadRequest, "ValidationError", format, args...)
}

// describe shows groups by name, at most as many as a page holds, and by tag. A name that nobody
// has is left out (API Reference, DescribeAutoScalingGroups).
func (s *AutoScaling) describe(c *call) (any, error) {
	size, ok := c.size("MaxRecords", 1, 100, 50)
	names := c.list("AutoScalingGroupNames.member")
	if !ok || len(names) > size {
		return nil, badScaling("MaxRecords must be 1 to 100, and no less than the names")
	}
	filters, err := c.scalingFilters()
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		names = sortedKeys(s.groups)
	}
	var matching []string
	for _, name := range names {
		if g := s.groups[name]; g != nil && g.fitsAll(filters) {
			matching = append(matching, name)
		}
	}
	part, next, ok := cut(matching, itself, c.param("NextToken"), min(size, s.pageSize))
	if !ok {
		return nil, errf(http.StatusBadRequest, "InvalidNextToken", "The token is invalid")
	}
	groups := []scalingGroupXML{}
	for _, name := range part {
		g := s.groups[name]
		if g.Instances != g.Desired {
			if g.reads >= s.slow {
				g.Instances = g.Desired
			}
			g.reads++
		}
		groups = append(groups, s.xml(g))
	}
	return struct {
		AutoScalingGroups []scalingGroupXML `xml:"AutoScalingGroups>member"`
		NextToken         string            `xml:",omitempty"`
	}{groups, next}, nil
}

// scalingFilters reads a request's filters: by tag only, and without wildcards (API Reference,
// Filter).
func (c *call) scalingFilters() (map[string][]string, error) {
	filters := map[string][]string{}
	for n := 1; ; n++ {
		prefix := "Filters.member." + strconv.Itoa(n)
		name := c.param(prefix + ".Name")
		switch {
		case name == "":
			return filters, nil
		case name != "tag-key" && name != "tag-value" && !strings.HasPrefix(name, "tag:"):
			return nil, badScaling("The filter %s is not valid", name)
		}
		filters[name] = c.list(prefix + ".Values.member")
	}
}

func (g *ScalingGroup) fitsAll(filters map[string][]string) bool {
	for name := range filters {
		var got []string
		switch key, isTag := strings.CutPrefix(name, "tag:"); {
		case isTag:
			if value, ok := g.Tags[key]; ok {
				got = []string{value}
			}
		case name == "tag-key":
			got = sortedKeys(g.Tags)
		default:
			for _, value := range g.Tags {
				got = append(got, value)
			}
		}
		if !fits(filters, name, got...) {
			return false
		}
	}
	return true
}

// group finds the group that a change names.
func (s *AutoScaling) group(action, name string) (*ScalingGroup, error) {
	g := s.groups[name]
	switch {
	case s.denied[name]:
		return nil, errf(http.StatusForbidden, "AccessDenied",
			"User: arn:aws:iam::%s:user/test is not authorized to perform: autoscaling:%s on "+
				"resource: %s because no identity-based policy allows the autoscaling:%[2]s action",
			s.aws.account, action, s.arn(name))
	case g == nil:
		return nil, badScaling("AutoScalingGroup name not found - null")
	}
	return g, nil
}

// update changes what the request names and leaves the rest. A minimum above the desired capacity
// lifts that, unless the request names it too (API Reference, UpdateAutoScalingGroup).
func (s *AutoScaling) update(c *call) (any, error) {
	g, err := s.group("UpdateAutoScalingGroup", c.param("AutoScalingGroupName"))
	if err != nil {
		return nil, err
	}
	low, high, desired := g.Min, g.Max, g.Desired
	for param, field := range map[string]*int{
		"MinSize": &low, "MaxSize": &high, "DesiredCapacity": &desired,
	} {
		if c.params.Has(param) {
			n, err := strconv.Atoi(c.param(param))
			if err != nil || n < 0 {
				return nil, badScaling("%s is no valid %s", c.param(param), param)
			}
			*field = n
		}
	}
	if !c.params.Has("DesiredCapacity") {
		desired = min(max(desired, low), high)
	}
	if low > high || desired < low || desired > high {
		return nil, badScaling("Desired capacity:%d must be between the specified min size:%d and max "+
			"size:%d", desired, low, high)
	}
	g.Min, g.Max, g.Desired, g.reads = low, high, desired, 0
	return nil, nil
}

// maxGroupTags is the most tags of a group (User Guide, "Tag Auto Scaling groups and instances").
const maxGroupTags = 50

func (s *AutoScaling) tag(c *call) (any, error) {
	return s.eachTag(c, func(g *ScalingGroup, prefix string) error {
		key := c.param(prefix + ".Key")
		if _, has := g.Tags[key]; !has && len(g.Tags) >= maxGroupTags {
			return errf(http.StatusBadRequest, "LimitExceeded", "Tag count limit exceeded")
		}
		g.Tags[key] = c.param(prefix + ".Value")
		g.Propagated[key] = c.param(prefix+".PropagateAtLaunch") == "true"
		return nil
	})
}

func (s *AutoScaling) untag(c *call) (any, error) {
	return s.eachTag(c, func(g *ScalingGroup, prefix string) error {
		delete(g.Tags, c.param(prefix+".Key"))
		delete(g.Propagated, c.param(prefix+".Key"))
		return nil
	})
}

// eachTag calls do for each tag of a request with the prefix of its members.
func (s *AutoScaling) eachTag(c *call, do func(*ScalingGroup, string) error) (any, error) {
	for n := 1; ; n++ {
		prefix := "Tags.member." + strconv.Itoa(n)
		if !c.params.Has(prefix + ".Key") {
			return nil, nil
		}
		if c.param(prefix+".ResourceType") != "auto-scaling-group" {
			return nil, badScaling("The resource type must be auto-scaling-group")
		}
		g, err := s.group(c.param("Action"), c.param(prefix+".ResourceId"))
		if err != nil {
			return nil, err
		}
		if err := do(g, prefix); err != nil {
			return nil, err
		}
	}
}
