package planjson

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// config is the attributes of a savings_schedule, as people write them in JSON.
type config struct {
	Name     string                 `json:"name"`
	Timezone string                 `json:"timezone"`
	Events   map[string]configEvent `json:"events"`
}

type configEvent struct {
	Args        []string   `json:"args,omitempty"`
	Steps       [][]string `json:"steps,omitempty"`
	CronExpr    *string    `json:"cron_expr,omitempty"`
	Timezone    *string    `json:"timezone,omitempty"`
	Description *string    `json:"description,omitempty"`
	Enabled     *bool      `json:"enabled,omitempty"`
	StartDate   *string    `json:"start_date,omitempty"`
	EndDate     *string    `json:"end_date,omitempty"`
	ExceptDates []string   `json:"except_dates,omitempty"`
}

// What a configuration and an event of it may hold.
var (
	configMembers = []string{"name", "timezone", "events"}
	eventMembers  = []string{
		"args", "steps", "cron_expr", "timezone", "description", "enabled", "start_date", "end_date",
		"except_dates",
	}
)

// configuration reads {"name","timezone","events"} as a plan that creates it.
func configuration(data []byte) (*Plan, error) {
	var c config
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, configError(err)
	}
	if err := checkMembers(data); err != nil {
		return nil, err
	}
	for _, key := range slices.Sorted(maps.Keys(c.Events)) {
		if c.Timezone == "" && c.Events[key].Timezone == nil {
			return nil, inputErrorf(`event %q has no "timezone" and the configuration has none; `+
				`write "timezone": "Asia/Tokyo"`, key)
		}
	}
	normal, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	after, err := newValue(normal, nil, nil)
	if err != nil {
		return nil, err
	}
	name := c.Name
	if name == "" {
		name = "this"
	}
	return &Plan{Changes: []Change{{
		Address: TypeSchedule + "." + name, Type: TypeSchedule, Name: name, Action: Create, After: after,
	}}}, nil
}

// checkMembers refuses members that are not known: a misspelt timezone would give a wrong answer.
func checkMembers(data []byte) error {
	var all map[string]json.RawMessage
	var events struct {
		Events map[string]map[string]json.RawMessage `json:"events"`
	}
	if err := errors.Join(json.Unmarshal(data, &all), json.Unmarshal(data, &events)); err != nil {
		return configError(err)
	}
	if err := onlyMembers("the configuration", all, configMembers); err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(events.Events)) {
		if err := onlyMembers("event "+strconv.Quote(key), events.Events[key], eventMembers); err != nil {
			return err
		}
	}
	return nil
}

func onlyMembers(what string, members map[string]json.RawMessage, allowed []string) error {
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if !slices.Contains(allowed, name) {
			return inputErrorf("%s has a member %q, which is not known here; there are %s",
				what, name, strings.Join(allowed, ", "))
		}
	}
	return nil
}

func configError(err error) error {
	if wrongType := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrongType) {
		return inputErrorf("the configuration's %s is a JSON %s; write it as in the resource %s",
			wrongType.Field, wrongType.Value, TypeSchedule)
	}
	return inputErrorf("this is no JSON: %v", err)
}
