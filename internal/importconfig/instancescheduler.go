package importconfig

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// defaultTagKey is the tag by which AWS Instance Scheduler finds instances unless its stack says
// otherwise (Instance Scheduler on AWS, Implementation Guide, "Tag your instances").
const defaultTagKey = "Schedule"

// record is a definition, whatever form it came in: DynamoDB's items, what scheduler-cli describes, or a
// resource Custom::ServiceInstanceSchedule. Its members go by small letters without underscores.
type record map[string]any

// fromInstanceScheduler reads definitions of schedules and periods (Implementation Guide, "Schedule
// reference", "Period reference").
func fromInstanceScheduler(documents []json.RawMessage, o Options) (*Config, error) {
	var schedules []record
	periods := map[string]record{}
	for _, d := range documents {
		var value any
		if err := json.Unmarshal(d, &value); err != nil {
			return nil, inputErrorf("this is no JSON: %v", err)
		}
		for _, r := range records(value) {
			switch r.kind() {
			case "schedule":
				schedules = append(schedules, r)
			case "period":
				periods[r.text("name")] = r
			}
		}
	}
	if len(schedules) == 0 {
		return nil, inputErrorf("this is JSON and holds no schedules that are known here: neither a state or plan of " +
			"tofu show -json, nor definitions of AWS Instance Scheduler: " +
			"aws dynamodb scan --table-name STACK-ConfigTable-…")
	}
	slices.SortFunc(schedules, func(a, b record) int { return strings.Compare(a.text("name"), b.text("name")) })
	c := &Config{Source: "From definitions of AWS Instance Scheduler."}
	for _, s := range schedules {
		if err := c.instanceSchedule(s, periods, o); err != nil {
			return nil, err
		}
	}
	c.Notes = append(c.Notes, "AWS Instance Scheduler looks every few minutes and an event runs once: what starts "+
		"an instance between the two is not undone before the next event.",
		"Events for kinds of resources that have no such tag do nothing; delete those that you do not need.")
	c.finish()
	return c, nil
}

// records finds the definitions in a document, and brings them to one form.
func records(value any) []record {
	switch value := value.(type) {
	case []any:
		var out []record
		for _, element := range value {
			out = append(out, records(element)...)
		}
		return out
	case map[string]any:
		if value["Type"] == "Custom::ServiceInstanceSchedule" {
			return nil // its name is that of the resource; see resources
		}
		r := normal(value)
		if r.kind() != "" {
			return []record{r}
		}
		if resources, ok := value["Resources"].(map[string]any); ok {
			return stackSchedules(resources)
		}
		var out []record
		for _, kind := range []string{"schedule", "period"} {
			for _, element := range elements(r[kind+"s"]) {
				if members, ok := element.(map[string]any); ok {
					definition := normal(members)
					definition["type"] = kind
					out = append(out, definition)
				}
			}
		}
		return append(out, records(value["Items"])...)
	}
	return nil
}

// stackSchedules reads the resources of a CloudFormation template in JSON. Their periods stand in them.
func stackSchedules(resources map[string]any) []record {
	var out []record
	for name, resource := range resources {
		r, _ := resource.(map[string]any)
		properties, _ := r["Properties"].(map[string]any)
		if r["Type"] != "Custom::ServiceInstanceSchedule" {
			continue
		}
		s := normal(properties)
		s["type"] = "schedule"
		if s.text("name") == "" {
			s["name"] = name
		}
		var names []any
		for i, element := range elements(s["periods"]) {
			members, ok := element.(map[string]any)
			if !ok {
				continue
			}
			p := normal(members)
			p["type"], p["name"] = "period", fmt.Sprintf("%s-%d", s.text("name"), i+1)
			names = append(names, p["name"])
			out = append(out, p)
		}
		s["periods"] = names
		out = append(out, s)
	}
	return out
}

// normal brings members to small letters without underscores, and DynamoDB's values to their own.
func normal(members map[string]any) record {
	r := record{}
	for name, value := range members {
		r[strings.ToLower(strings.ReplaceAll(name, "_", ""))] = plain(value)
	}
	return r
}

// plain takes a value out of DynamoDB's form: {"S":"09:00"}, {"SS":["mon-fri"]}, {"BOOL":true}.
func plain(value any) any {
	m, ok := value.(map[string]any)
	if !ok || len(m) != 1 {
		return value
	}
	for kind, inner := range m {
		switch kind {
		case "S", "N", "BOOL", "SS", "NS":
			return inner
		case "L":
			var out []any
			for _, element := range elements(inner) {
				out = append(out, plain(element))
			}
			return out
		}
	}
	return value
}

func elements(value any) []any {
	all, _ := value.([]any)
	return all
}

// kind is "schedule", "period", "config" or "".
func (r record) kind() string {
	if kind, ok := r["type"].(string); ok && (kind == "schedule" || kind == "period" || kind == "config") {
		return kind
	}
	return ""
}

func (r record) text(name string) string {
	text, _ := r[name].(string)
	return text
}

// texts is a list, or a text with commas.
func (r record) texts(name string) []string {
	var out []string
	switch value := r[name].(type) {
	case string:
		out = strings.Split(value, ",")
	case []any:
		for _, element := range value {
			if text, ok := element.(string); ok {
				out = append(out, strings.Split(text, ",")...)
			}
		}
	}
	for i := range out {
		out[i] = strings.ToLower(strings.TrimSpace(out[i]))
	}
	slices.Sort(out)
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

func (r record) is(name string) bool {
	return r[name] == true || strings.EqualFold(r.text(name), "true")
}

// instanceSchedule adds the events of one schedule.
func (c *Config) instanceSchedule(s record, periods map[string]record, o Options) error {
	name := s.text("name")
	what := "Schedule " + name
	zone := s.text("timezone")
	if zone == "" {
		zone = o.Timezone
	}
	if zone == "" {
		return inputErrorf("schedule %q of AWS Instance Scheduler has no timezone, and its stack's default is not in here; "+
			"write --timezone with that", name)
	}
	if state := s.text("overridestatus"); state != "" {
		c.leave(what, "its override_status keeps instances %s always; stop or start them by hand, once", state)
		return nil
	}
	var week []period
	for _, periodName := range s.periodNames() {
		base, instanceType, resized := strings.Cut(periodName, "@")
		r, ok := periods[base]
		if !ok {
			c.leave(what, "its period %s is not in here; give the periods too", base)
			continue
		}
		p, err := newPeriod(base, r)
		if err != nil {
			c.leave(what+", period "+base, "%v", err)
			continue
		}
		if resized {
			c.leave(what+", period "+base, "the instance type %s that it changes to: no command does that", instanceType)
		}
		week = append(week, p)
	}
	changes, problems := changesOf(week)
	for _, problem := range problems {
		c.leave(what+", period "+problem.What, "%s", problem.Why)
	}
	for _, change := range changes {
		c.instanceEvents(s, change, zone, o)
	}
	return nil
}

// periodNames are a schedule's periods; their names keep their letters.
func (r record) periodNames() []string {
	var out []string
	switch value := r["periods"].(type) {
	case string:
		out = strings.Split(value, ",")
	case []any:
		for _, element := range value {
			if text, ok := element.(string); ok {
				out = append(out, text)
			}
		}
	}
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	slices.Sort(out)
	return out
}

// instanceEvents adds what one change of a schedule is for each kind of resource that has its tag.
func (c *Config) instanceEvents(s record, change change, zone string, o Options) {
	tag := o.TagKey
	if tag == "" {
		tag = defaultTagKey
	}
	item := tag + "=" + s.text("name")
	verb := "stop"
	if change.start {
		verb = "start"
	}
	for _, kind := range []struct{ key, service, verb string }{
		{"ec2", "ec2", verb + "-instances"}, {"rds", "rds", verb + "-instance"}, {"aurora", "rds", verb + "-cluster"},
	} {
		args := []string{kind.service, kind.verb, item}
		if kind.key == "ec2" && !change.start && s.is("hibernate") {
			args = append(args, "--hibernate")
		}
		e := Event{
			Key: s.text("name") + "_" + kind.key + "_" + verb, Commands: [][]string{args},
			Expression: change.expression, Timezone: zone, Notes: slices.Clone(change.notes),
		}
		if kind.key == "ec2" {
			e.Notes = append(e.Notes, s.remarks(change)...)
		}
		c.add("Schedule "+s.text("name"), e)
	}
}

// remarks say what of a schedule no event does.
func (r record) remarks(change change) []string {
	var out []string
	if !change.start && r.is("retainrunning") {
		out = append(out, "retain_running is not carried over: this stops also what somebody started by hand. "+
			"savings hold, or the tag savings:keep, leaves it on.")
	}
	if r.is("enforced") {
		out = append(out, "enforced is not carried over: nothing looks again before the next event. "+
			"More events, such as one each hour, would.")
	}
	if change.start && (r.text("ssmmaintenancewindow") != "" || len(elements(r["ssmmaintenancewindow"])) > 0) {
		out = append(out, "ssm_maintenance_window is not carried over: write a start and a stop for the window.")
	}
	return out
}
