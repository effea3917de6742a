package fakeaws

import (
	"strings"
)

type tag struct{ Key, Value string }

// tagList is the sorted list that most services show tags as; it is never nil.
func tagList(tags map[string]string) []tag {
	list := []tag{}
	for _, key := range sortedKeys(tags) {
		list = append(list, tag{key, tags[key]})
	}
	return list
}

// checkTags keeps the limits of the API model: up to 200 tags, keys of 1 to 128 characters,
// values of 1 to 256. An empty value is refused although the console calls values optional.
func checkTags(tags []tag) error {
	if len(tags) > 200 {
		return invalid("1 validation error detected: Value at 'tags' failed to satisfy constraint: " +
			"Member must have length less than or equal to 200")
	}
	for _, t := range tags {
		if len(t.Key) < 1 || len(t.Key) > 128 {
			return invalid("1 validation error detected: Value '%s' at 'tags.member.key' failed to "+
				"satisfy constraint: Member must have length between 1 and 128", t.Key)
		}
		if len(t.Value) < 1 || len(t.Value) > 256 {
			return invalid("1 validation error detected: Value '%s' at 'tags.member.value' failed to "+
				"satisfy constraint: Member must have length between 1 and 256", t.Value)
		}
	}
	return nil
}

func (s *Scheduler) createGroup(c *call) (any, error) {
	var in struct {
		ClientToken string
		Tags        []tag
	}
	name := c.param("Name")
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := checkName("name", name); err != nil {
		return nil, err
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	type output struct{ ScheduleGroupArn string }
	group := s.group(name)
	switch {
	case group == nil:
		group = s.putGroup(name, nil)
		group.token = in.ClientToken
		for _, t := range in.Tags {
			group.Tags[t.Key] = t.Value
		}
		return output{group.Arn}, nil
	case group.State == "DELETING":
		return nil, deleting(group)
	case in.ClientToken != "" && group.token == in.ClientToken:
		return output{group.Arn}, nil
	}
	return nil, conflict("Schedule group %s already exists.", name)
}

// deleting is the answer to a write into a group that is going. The API model has ConflictException
// for it; its text is not documented.
func deleting(group *Group) *Error {
	group.readsLeft--
	return conflict("Schedule group %s is being deleted.", group.Name)
}

func (s *Scheduler) getGroup(c *call) (any, error) {
	group := s.group(c.param("Name"))
	if group == nil {
		return nil, noGroup(c.param("Name"))
	}
	group.readsLeft--
	return group, nil
}

func (s *Scheduler) deleteGroup(c *call) (any, error) {
	name := c.param("Name")
	group := s.group(name)
	switch {
	case name == DefaultGroup:
		return nil, invalid("The default schedule group cannot be deleted.")
	case group == nil:
		return nil, noGroup(name)
	case group.State != "DELETING":
		group.State = "DELETING"
		group.readsLeft = s.deletingReads
		group.goneAt = s.aws.now().Add(s.deletingTime)
	}
	s.settle()
	return nil, nil
}

func (s *Scheduler) listGroups(c *call) (any, error) {
	s.group(DefaultGroup)
	var names []string
	for _, name := range sortedKeys(s.groups) {
		if strings.HasPrefix(name, c.param("NamePrefix")) {
			names = append(names, name)
		}
	}
	names, next, err := page(c, names, itself)
	if err != nil {
		return nil, err
	}
	groups := make([]*Group, 0, len(names))
	for _, name := range names {
		groups = append(groups, s.groups[name])
	}
	return struct {
		ScheduleGroups []*Group
		NextToken      string `json:",omitempty"`
	}{groups, next}, nil
}

// page cuts a sorted list: MaxResults is 1 to 100, and 100 where it is missing.
func page[T any](c *call, all []T, key func(T) string) (part []T, next string, err error) {
	size, ok := c.size("MaxResults", 1, 100, 100)
	if !ok {
		return nil, "", invalid("1 validation error detected: Value '%s' at 'maxResults' failed to "+
			"satisfy constraint: Member must be between 1 and 100", c.param("MaxResults"))
	}
	part, next, ok = cut(all, key, c.param("NextToken"), size)
	if !ok {
		return nil, "", invalid("Invalid NextToken.")
	}
	return part, next, nil
}

// tagged returns the group that an ARN names; only groups have tags.
func (s *Scheduler) tagged(arn string) (*Group, error) {
	name, ok := strings.CutPrefix(arn, s.arn("schedule-group/"))
	if !ok {
		return nil, invalid("1 validation error detected: Value '%s' at 'resourceArn' failed to "+
			"satisfy constraint: Member must be the ARN of a schedule group", arn)
	}
	group := s.group(name)
	if group == nil {
		return nil, noGroup(name)
	}
	return group, nil
}

func (s *Scheduler) tagResource(c *call) (any, error) {
	var in struct{ Tags []tag }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	group, err := s.tagged(c.param("ResourceArn"))
	if err != nil {
		return nil, err
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	for _, t := range in.Tags {
		group.Tags[t.Key] = t.Value
	}
	return nil, nil
}

func (s *Scheduler) untagResource(c *call) (any, error) {
	group, err := s.tagged(c.param("ResourceArn"))
	if err != nil {
		return nil, err
	}
	for _, key := range c.params["TagKeys"] {
		delete(group.Tags, key)
	}
	return nil, nil
}

func (s *Scheduler) listTags(c *call) (any, error) {
	group, err := s.tagged(c.param("ResourceArn"))
	if err != nil {
		return nil, err
	}
	return struct{ Tags []tag }{tagList(group.Tags)}, nil
}
