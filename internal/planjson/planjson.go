// Package planjson reads what `tofu show -json` and `terraform show -json` print of a saved plan,
// and finds the schedules in it as they are before and after.
//
// The format is in Terraform's documentation, "JSON Output Format". Only what is needed here is
// decoded, so that plans of any size are read in one pass and members that a later release adds do
// no harm.
package planjson

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Plan is a saved plan.
type Plan struct {
	// Tool is the version of the program that made it, such as 1.11.4.
	Tool string
	// Timestamp is when the plan was made; zero where the plan does not say.
	Timestamp time.Time
	// Errored tells that planning failed half-way, so that changes may be missing.
	Errored bool
	// Changes are the managed resources, those that stay as they are too, sorted by address.
	Changes []Change
	// Drift is what was found changed outside since the last apply: before is what the state
	// remembers, after is what there is.
	Drift []Change
}

// Change is one resource before and after.
type Change struct {
	// Address names the resource: module.saving.savings_schedule.this["a"]. PreviousAddress is
	// where it was before a moved block, or "".
	Address, PreviousAddress string
	// Type is the resource's type, Name its name, and Provider its provider's address.
	Type, Name, Provider string
	// Index is the key of for_each; "" without one, and for count.
	Index string
	// Deposed names an old object that a replacement left behind, or is "".
	Deposed string
	Action  Action
	// Before and After are the values; the zero Value where the resource is not there.
	Before, After Value
}

// Action is what happens to a resource.
type Action string

// Actions.
const (
	NoOp    Action = "no-op"
	Create  Action = "create"
	Update  Action = "update"
	Replace Action = "replace"
	Delete  Action = "delete"
	// Forget removes a resource from the state and leaves it there.
	Forget Action = "forget"
)

// actions are how a plan writes each action.
var actions = map[string]Action{
	"no-op": NoOp, "create": Create, "update": Update, "delete": Delete, "forget": Forget,
	"delete create": Replace, "create delete": Replace, "forget create": Replace, "create forget": Replace,
}

type rawPlan struct {
	FormatVersion    string          `json:"format_version"`
	TerraformVersion string          `json:"terraform_version"`
	Timestamp        string          `json:"timestamp"`
	Errored          bool            `json:"errored"`
	ResourceChanges  *[]rawChange    `json:"resource_changes"`
	ResourceDrift    []rawChange     `json:"resource_drift"`
	PlannedValues    json.RawMessage `json:"planned_values"`
	Values           json.RawMessage `json:"values"`
	Level            string          `json:"@level"`
}

type rawChange struct {
	Address         string `json:"address"`
	PreviousAddress string `json:"previous_address"`
	Mode            string `json:"mode"`
	Type            string `json:"type"`
	Name            string `json:"name"`
	Index           any    `json:"index"`
	ProviderName    string `json:"provider_name"`
	Deposed         string `json:"deposed"`
	Change          struct {
		Actions         []string        `json:"actions"`
		Before          json.RawMessage `json:"before"`
		After           json.RawMessage `json:"after"`
		AfterUnknown    json.RawMessage `json:"after_unknown"`
		BeforeSensitive json.RawMessage `json:"before_sensitive"`
		AfterSensitive  json.RawMessage `json:"after_sensitive"`
	} `json:"change"`
}

// InputError says in one sentence why an input is no plan, and what to give instead.
type InputError struct{ Sentence string }

func (e *InputError) Error() string { return e.Sentence }

func inputErrorf(format string, args ...any) error {
	return &InputError{fmt.Sprintf(format, args...)}
}

// maxPlan bounds the JSON of a plan, in bytes, so that an input without an end ends with a sentence.
const maxPlan = 512 << 20

func readAtMost(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("reading the plan: %w", err)
	}
	if int64(len(data)) > limit {
		return nil, inputErrorf("the plan has more than %d MB, and no plan is read that long; %s", limit>>20, howTo)
	}
	return data, nil
}

const howTo = "make it with: tofu show -json PLANFILE"

// Read reads a plan, of which it keeps the resources of the given types; all types where none is
// given. It also takes a bare configuration {"name","timezone","events"}, as a plan that creates one
// savings_schedule. Its error is an *InputError, or the reader's own.
func Read(r io.Reader, types ...string) (*Plan, error) {
	data, err := readAtMost(r, maxPlan)
	if err != nil {
		return nil, err
	}
	data, err = text(data)
	if err != nil {
		return nil, err
	}
	var raw rawPlan
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, syntax(data, err)
	}
	if raw.ResourceChanges == nil && raw.PlannedValues == nil {
		return other(data, raw)
	}
	if !strings.HasPrefix(raw.FormatVersion, "1.") {
		return nil, inputErrorf("the plan has format_version %q and 1.x is what is known here; "+
			"use a newer release of savings", raw.FormatVersion)
	}
	return raw.plan(types)
}

func (raw rawPlan) plan(types []string) (*Plan, error) {
	p := &Plan{Tool: raw.TerraformVersion, Errored: raw.Errored}
	if raw.Timestamp != "" {
		t, err := time.Parse(time.RFC3339, raw.Timestamp)
		if err != nil {
			return nil, inputErrorf("the plan's timestamp %q is no RFC 3339 instant; %s", raw.Timestamp, howTo)
		}
		p.Timestamp = t
	}
	var err error
	if raw.ResourceChanges != nil {
		if p.Changes, err = changes(*raw.ResourceChanges, types); err != nil {
			return nil, err
		}
	}
	p.Drift, err = changes(raw.ResourceDrift, types)
	return p, err
}

func changes(raw []rawChange, types []string) ([]Change, error) {
	var out []Change
	for _, r := range raw {
		if r.Mode != "managed" || len(types) > 0 && !slices.Contains(types, r.Type) {
			continue
		}
		c, err := r.change()
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b Change) int {
		return cmp.Or(compareAddresses(a.Address, b.Address), cmp.Compare(a.Deposed, b.Deposed))
	})
	return out, nil
}

// change decodes one resource. A resource that is only read has no schedules and is no managed one.
func (r rawChange) change() (Change, error) {
	c := Change{
		Address: r.Address, PreviousAddress: r.PreviousAddress, Type: r.Type, Name: r.Name,
		Provider: r.ProviderName, Deposed: r.Deposed,
	}
	c.Index, _ = r.Index.(string)
	var known bool
	if c.Action, known = actions[strings.Join(r.Change.Actions, " ")]; !known {
		return c, inputErrorf("the plan has the actions %q for %s, which are not known here; "+
			"use a newer release of savings", r.Change.Actions, r.Address)
	}
	var err error
	if c.Before, err = newValue(r.Change.Before, nil, r.Change.BeforeSensitive); err != nil {
		return c, err
	}
	c.After, err = newValue(r.Change.After, r.Change.AfterUnknown, r.Change.AfterSensitive)
	return c, err
}

// text returns the JSON without a byte order mark.
func text(data []byte) ([]byte, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return nil, inputErrorf("this is a saved plan and not its JSON; %s", howTo)
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return nil, inputErrorf("this is UTF-16, as PowerShell writes it, and UTF-8 is needed; " +
			"write: tofu show -json PLANFILE | Out-File -Encoding utf8 plan.json")
	case len(bytes.TrimSpace(data)) == 0:
		return nil, inputErrorf("the plan is empty; %s", howTo)
	}
	return data, nil
}

// syntax is the error for what is no JSON object of a plan's form.
func syntax(data []byte, err error) error {
	var first struct {
		Level string `json:"@level"`
	}
	if json.NewDecoder(bytes.NewReader(data)).Decode(&first) == nil && first.Level != "" {
		return inputErrorf("this is the log of plan -json and not a plan; save the plan with -out, then %s", howTo)
	}
	wrongType := (*json.UnmarshalTypeError)(nil)
	if errors.As(err, &wrongType) {
		where := wrongType.Field
		if where == "" {
			where = "the whole"
		}
		return inputErrorf("this is no plan: %s is a JSON %s; %s", where, wrongType.Value, howTo)
	}
	return inputErrorf("this is no JSON: %v; %s", err, howTo)
}

// other reads what is JSON and no plan: a bare configuration, or something to be told by its name.
func other(data []byte, raw rawPlan) (*Plan, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return nil, syntax(data, err)
	}
	switch {
	case members["events"] != nil:
		return configuration(data)
	case raw.Level != "":
		return nil, inputErrorf("this is the log of plan -json and not a plan; save the plan with -out, then %s", howTo)
	case raw.FormatVersion != "":
		return nil, inputErrorf("this is the JSON of a state and not of a plan; save the plan with -out, then %s", howTo)
	}
	return nil, inputErrorf(`this is JSON and no plan: it has neither "resource_changes" nor "events"; %s`, howTo)
}
