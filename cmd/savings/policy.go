package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/eventpolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/planjson"
)

var policyCommand = subcommand{
	name:  "policy",
	usage: "policy [FILE|-] [--account ID --region REGION] [--format FORMAT]",
	short: "print the IAM policy that a plan's events need",
	long: "Reads the JSON of a saved plan from FILE or stdin, or a configuration {\"name\",\"timezone\",\"events\"},\n" +
		"and prints policy_json of its savings_schedule: what the runner's role needs, and no more. text is one\n" +
		"document, the union where there are several; json has a document for each address.\n\n" +
		"  tofu show -json rag.plan | savings policy\n" +
		"  savings policy plan.json --account 123456789012 --region ap-northeast-1\n\n" +
		"Partition, region and account in it come from function_arn. Where that is known only after apply, write\n" +
		"--account and --region.",
	flags: []flag{
		{"--account", "ID", "the account of functions that are not known yet"},
		{"--region", "REGION", "their region"},
		{"--partition", "NAME", "their partition: aws, aws-cn, aws-us-gov (that of the region)"},
		{"--format", "FORMAT", "text or json (text)"},
		{"--output", "FILE", "write there instead of to stdout"},
	},
	run: printPolicy,
}

// policyFormats are what --format gives, the default first.
var policyFormats = []string{"text", "json"}

func printPolicy(_ context.Context, p *program, in input) error {
	format := policyFormats[0]
	if name, ok := in.flags["--format"]; ok {
		if format = name; format != policyFormats[0] && format != policyFormats[1] {
			return usagef("--format %q is not known; there are %s", name, strings.Join(policyFormats, ", "))
		}
	}
	flagged, err := scopeFlags(in)
	if err != nil {
		return err
	}
	plan, err := p.plan(in)
	if err != nil {
		return err
	}
	documents, err := policies(plan, flagged)
	if err != nil {
		return usageError{err}
	}
	text := byAddress(documents)
	if format == policyFormats[0] {
		text = union(documents)
	}
	return p.write(in.flags["--output"], text)
}

// scopeFlags is the place that the flags name, nil without them.
func scopeFlags(in input) (*command.Scope, error) {
	account, hasAccount := in.flags["--account"]
	region, hasRegion := in.flags["--region"]
	partition, hasPartition := in.flags["--partition"]
	if !hasAccount && !hasRegion && !hasPartition {
		return nil, nil
	}
	if !hasAccount || !hasRegion {
		return nil, usagef("--account and --region belong together; write --account 123456789012 --region ap-northeast-1")
	}
	if !hasPartition {
		partition = command.PartitionOf(region)
	}
	scope := command.Scope{Partition: partition, Region: region, Account: account}
	if err := scope.Check(); err != nil {
		return nil, usageError{err}
	}
	return &scope, nil
}

// policies returns the policy document of each savings_schedule after the plan, by address. Its error
// has a sentence for each that is not known.
func policies(plan *planjson.Plan, flagged *command.Scope) (map[string]string, error) {
	documents := map[string]string{}
	var errs []error
	for _, r := range planjson.ReadSchedules(plan) {
		if r.AfterSchedule == nil || r.Type != planjson.TypeSchedule || r.Deposed != "" {
			continue
		}
		document, err := policyOf(r, flagged)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", r.Address, err))
		}
		documents[r.Address] = document
	}
	if len(documents) == 0 {
		return nil, errors.New("there is no savings_schedule after this plan")
	}
	return documents, errors.Join(errs...)
}

// policyOf is what the plan says, or what it would say once the function is known.
func policyOf(r planjson.Resource, flagged *command.Scope) (string, error) {
	if planned := r.After.Member("policy_json").Text(); planned.State == planjson.IsKnown {
		return planned.Value, nil
	}
	s := r.AfterSchedule
	calls, err := callsOf(s)
	if err != nil {
		return "", err
	}
	group := ""
	switch {
	case s.Group.State == planjson.Unknown, s.Group.State == planjson.Null && s.Name.State != planjson.IsKnown:
		return "", errors.New("its schedule group is known only after apply, and the right to read its holds with it")
	case s.Group.State == planjson.Null:
		group = s.Name.Value
	}
	scope := flagged
	if function, err := arn.Parse(s.FunctionARN.Value); err == nil {
		scope = &command.Scope{Partition: function.Partition, Region: function.Region, Account: function.AccountID}
	}
	if scope == nil {
		return "", errors.New("its function_arn is known only after apply, and the account and region of its policy with " +
			"it; write them: --account 123456789012 --region ap-northeast-1")
	}
	return eventpolicy.Document(calls, *scope, group), nil
}

func callsOf(s *planjson.Schedule) ([]*command.Call, error) {
	if s.EventsUnknown {
		return nil, errors.New("its events are known only after apply, or sensitive")
	}
	var calls []*command.Call
	for _, e := range s.Events {
		if !e.CommandsKnown {
			return nil, fmt.Errorf("what event %q runs is known only after apply", e.Key)
		}
		for _, texts := range e.Commands {
			words, known := planjson.Words(texts)
			if !known {
				return nil, fmt.Errorf("event %q has words that are known only after apply, or sensitive", e.Key)
			}
			call, err := command.Parse(words)
			if err != nil {
				return nil, fmt.Errorf("event %q: %w", e.Key, err)
			}
			calls = append(calls, call)
		}
	}
	return calls, nil
}

// union is one document that allows what any of them does, on a line; "" where nothing is needed.
func union(documents map[string]string) string {
	var statements []iampolicy.Statement
	for _, document := range documents {
		parsed, err := iampolicy.Parse(document)
		if err != nil {
			continue // a schedule without events has none
		}
		statements = append(statements, parsed...)
	}
	if document := iampolicy.Document(statements); document != "" {
		return document + "\n"
	}
	return ""
}

func byAddress(documents map[string]string) string {
	raw := map[string]json.RawMessage{}
	for address, document := range documents {
		if raw[address] = json.RawMessage(document); document == "" {
			raw[address] = json.RawMessage("null")
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(raw); err != nil {
		panic(err) // documents of ours are JSON
	}
	return b.String()
}
