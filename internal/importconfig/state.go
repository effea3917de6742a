package importconfig

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/payload"
)

// Types of resources that are read.
const (
	typeSchedule   = "aws_scheduler_schedule"
	typeRule       = "aws_cloudwatch_event_rule"
	typeRuleTarget = "aws_cloudwatch_event_target"
)

// stateJSON is what `show -json` prints of a state or, with the members of a plan, of a plan.
type stateJSON struct {
	Values        stateValues `json:"values"`
	PlannedValues stateValues `json:"planned_values"`
	PriorState    struct {
		Values stateValues `json:"values"`
	} `json:"prior_state"`
}

type stateValues struct {
	Root stateModule `json:"root_module"`
}

type stateModule struct {
	Resources []stateResource `json:"resources"`
	Children  []stateModule   `json:"child_modules"`
}

type stateResource struct {
	Address   string          `json:"address"`
	Mode      string          `json:"mode"`
	Type      string          `json:"type"`
	Index     any             `json:"index"`
	Values    json.RawMessage `json:"values"`
	Sensitive json.RawMessage `json:"sensitive_values"`
}

// all are the resources of a module and of those in it.
func (m stateModule) all() []stateResource {
	out := slices.Clone(m.Resources)
	for _, child := range m.Children {
		out = append(out, child.all()...)
	}
	return slices.DeleteFunc(out, func(r stateResource) bool {
		return r.Mode != "managed" || !slices.Contains([]string{typeSchedule, typeRule, typeRuleTarget}, r.Type)
	})
}

// fromState reads the JSON of a state or of a plan. Of a plan it takes what will be there or, where that
// has no schedules, what is there.
func fromState(data []byte) (*Config, error) {
	var in stateJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return nil, inputErrorf("this is no state and no plan: %v; make it with: tofu show -json", err)
	}
	for _, values := range []stateValues{in.Values, in.PlannedValues, in.PriorState.Values} {
		resources := values.Root.all()
		if len(resources) == 0 {
			continue
		}
		return fromResources(resources)
	}
	return nil, inputErrorf("there is no %s and no %s in it", typeSchedule, typeRule)
}

func fromResources(resources []stateResource) (*Config, error) {
	var schedules []Schedule
	for _, r := range resources {
		if r.Type != typeSchedule {
			continue
		}
		s, err := scheduleOf(r)
		if err != nil {
			return nil, err
		}
		schedules = append(schedules, s)
	}
	c := FromSchedules("From the resources of a state or a plan.", schedules, "", "")
	return c, c.rules(resources)
}

// scheduleValues are the attributes of typeSchedule.
type scheduleValues struct {
	Name, Description, State string
	GroupName                string `json:"group_name"`
	Expression               string `json:"schedule_expression"`
	Timezone                 string `json:"schedule_expression_timezone"`
	StartDate                string `json:"start_date"`
	EndDate                  string `json:"end_date"`
	KMSKeyARN                string `json:"kms_key_arn"`
	ActionAfterCompletion    string `json:"action_after_completion"`
	Window                   []struct {
		Mode    string `json:"mode"`
		Minutes int    `json:"maximum_window_in_minutes"`
	} `json:"flexible_time_window"`
	Target []struct {
		ARN, Input string
		Letters    []struct{ ARN string } `json:"dead_letter_config"`
		Retry      []struct {
			Age      *int `json:"maximum_event_age_in_seconds"`
			Attempts *int `json:"maximum_retry_attempts"`
		} `json:"retry_policy"`
	} `json:"target"`
}

func scheduleOf(r stateResource) (Schedule, error) {
	var v scheduleValues
	if err := json.Unmarshal(r.Values, &v); err != nil {
		return Schedule{}, inputErrorf("%s cannot be read: %v", r.Address, err)
	}
	s := Schedule{
		Name: v.Name, Group: v.GroupName, Expression: v.Expression, Timezone: v.Timezone,
		Disabled: v.State == "DISABLED", Description: v.Description, StartDate: v.StartDate, EndDate: v.EndDate,
		KMSKeyARN: v.KMSKeyARN, DeletedAfterCompletion: v.ActionAfterCompletion == "DELETE",
		MaximumAttempts: AWSAttempts, MaximumAgeSec: AWSAge,
	}
	s.Key, _ = r.Index.(string)
	s.Sensitive = r.sensitiveInput()
	if s.Group == "" {
		s.Group = defaultGroup
	}
	if s.Timezone == "" {
		s.Timezone = "UTC"
	}
	for _, w := range v.Window {
		s.WindowMinutes = w.Minutes
	}
	for _, t := range v.Target {
		s.TargetARN, s.Input = t.ARN, t.Input
		for _, l := range t.Letters {
			s.DeadLetterARN = l.ARN
		}
		for _, retry := range t.Retry {
			if retry.Attempts != nil {
				s.MaximumAttempts = *retry.Attempts
			}
			if retry.Age != nil {
				s.MaximumAgeSec = *retry.Age
			}
		}
	}
	return s, nil
}

// sensitiveInput tells whether the input of a schedule's target must not be shown.
func (r stateResource) sensitiveInput() bool {
	var marks struct{ Target []struct{ Input any } }
	if json.Unmarshal(r.Sensitive, &marks) != nil {
		return len(r.Sensitive) > 0 && string(r.Sensitive) != "null" // target as a whole, mostly
	}
	return slices.ContainsFunc(marks.Target, func(t struct{ Input any }) bool { return t.Input == true })
}

// rule is a scheduled rule of EventBridge, which runs in UTC.
type rule struct {
	Name, Description, State string
	Expression               string `json:"schedule_expression"`
	Enabled                  *bool  `json:"is_enabled"`
}

type ruleTarget struct{ Rule, ARN, Input string }

// rules adds the events of EventBridge rules.
func (c *Config) rules(resources []stateResource) error {
	rules := map[string]rule{}
	var targets []ruleTarget
	for _, r := range resources {
		var err error
		switch r.Type {
		case typeRule:
			var v rule
			err = json.Unmarshal(r.Values, &v)
			rules[v.Name] = v
		case typeRuleTarget:
			var v ruleTarget
			err = json.Unmarshal(r.Values, &v)
			var marks struct{ Input any }
			if json.Unmarshal(r.Sensitive, &marks) == nil && marks.Input == true {
				v.Input = "" // it must not be shown
			}
			targets = append(targets, v)
		}
		if err != nil {
			return inputErrorf("%s cannot be read: %v", r.Address, err)
		}
	}
	slices.SortFunc(targets, func(a, b ruleTarget) int { return strings.Compare(a.Rule, b.Rule) })
	for _, t := range targets {
		if r, ok := rules[t.Rule]; ok && r.Expression != "" {
			c.rule(r, t)
		}
	}
	if len(rules) > 0 {
		c.reset()
	}
	return nil
}

// reset sorts again what was added, and takes back that schedules can be taken over.
func (c *Config) reset() {
	for i := range c.Events {
		if c.Events[i].Timezone == "" {
			c.Events[i].Timezone = c.Timezone
		}
	}
	c.finish()
	c.Name, c.Group, c.ImportID = "", "", ""
	c.Notes = append(c.Notes, "Rules of EventBridge cannot be taken over: apply the block beside them, then remove them.",
		"Rules run in UTC: write timezone and local times where those are what was meant.")
}

func (c *Config) rule(r rule, t ruleTarget) {
	what := "Rule " + r.Name
	p, err := payload.Decode([]byte(t.Input))
	if err != nil || !strings.Contains(t.ARN, ":lambda:") {
		c.leave(what, "its target %s is sent no command of a runner; keep this rule as it is", t.ARN)
		return
	}
	e := Event{
		Key: r.Name, Commands: p.Commands(), Steps: len(p.Steps) > 0, Expression: r.Expression, Timezone: "UTC",
		Description: r.Description, Disabled: r.State == "DISABLED" || r.Enabled != nil && !*r.Enabled,
	}
	c.add(what, e)
}
