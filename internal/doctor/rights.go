package doctor

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/eventpolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
)

// groupARN is the schedule group of an event, which EventBridge Scheduler names as the source.
func (f *facts) groupARN(e *event) string {
	p := e.place()
	return arn.ARN{
		Partition: p.Partition, Service: "scheduler", Region: p.Region, AccountID: p.Account,
		Resource: "schedule-group/" + f.groupName,
	}.String()
}

func lookTrust(f *facts) []Finding {
	var found []Finding
	for _, roleARN := range f.all((*event).role) {
		e := f.events[slices.IndexFunc(f.events, func(e *event) bool { return e.role() == roleARN })]
		name, r := last(roleARN), f.roles[roleARN]
		fix := "tofu apply puts it back, where a savings_runner made the role; for one of yours, let " +
			"scheduler.amazonaws.com assume it, with aws:SourceAccount " + e.place().Account + " and aws:SourceArn " +
			strings.TrimSuffix(f.groupARN(e), f.groupName) + "*"
		switch {
		case r.gone():
			found = append(found, broken(name, "tofu apply makes it again, where a savings_runner made it",
				"there is no role of that ARN: EventBridge Scheduler cannot invoke anything"))
			continue
		case r.err != nil:
			found = append(found, unread(name, r.err))
			continue
		}
		switch answer, asks := trusts(r.value.trust, e.place().Account, f.groupARN(e)); {
		case answer == no:
			found = append(found, broken(name, fix,
				"its trust policy does not let EventBridge Scheduler assume it for %s", f.groupARN(e)))
		case answer == unclear:
			found = append(found, note(name, fix, "its trust policy has conditions that are not known here"))
		case !asks:
			found = append(found, note(name, fix,
				"its trust policy does not say for whose schedules: those of other accounts may use it too"))
		default:
			found = append(found, fine(name, "EventBridge Scheduler may assume it for %s", f.groupName))
		}
	}
	return found
}

// right is one that a role should have, for what.
type right struct {
	roleARN, on, what string
	iampolicy.Statement
}

func lookInvoke(f *facts) []Finding {
	var rights []right
	for _, e := range f.events {
		if f.roles[e.role()].err != nil || e.function() == "" {
			continue
		}
		rights = append(rights, right{e.role(), last(e.role()), "invoke " + last(e.function()),
			iampolicy.Statement{Action: []string{"lambda:InvokeFunction"}, Resource: []string{e.function()}}})
	}
	return f.judge(rights, func(r right, v verdict) Finding {
		return broken(r.on, "tofu apply puts its policy back, where a savings_runner made the role; otherwise allow "+
			r.Action[0]+" on "+r.Resource[0], "it may not %s: %s %s", r.what, v.because(), r.Action[0])
	})
}

func lookRights(f *facts) []Finding {
	var rights, holds []right
	for _, e := range f.events {
		function := f.functions[e.function()]
		if function.err != nil || function.value == nil {
			continue
		}
		roleARN := aws.ToString(function.value.Configuration.Role)
		if r := f.roles[roleARN]; r.gone() {
			return []Finding{broken(last(roleARN), "tofu apply makes it again, where a savings_runner made it",
				"there is no role of that ARN, and the function runs with it")}
		} else if r.err != nil {
			return []Finding{unread(last(roleARN), r.err)}
		}
		for _, s := range needs(e, f.groupName) {
			one := right{roleARN, last(roleARN), e.key, s}
			if strings.HasPrefix(s.Action[0], "scheduler:") {
				holds = append(holds, one)
				continue
			}
			rights = append(rights, one)
		}
	}
	found := f.judge(rights, func(r right, v verdict) Finding {
		fix := "with runner_role_name in the savings_schedule tofu apply puts its policy back; otherwise attach " +
			"policy_json, which savings policy prints too"
		if v != no {
			fix = "change that policy, whoever made it"
		}
		return broken(r.on, fix, "it may not do what %s needs: %s %s on %s", r.what, v.because(), r.Action[0], r.Resource[0])
	})
	return append(found, slices.DeleteFunc(f.judge(holds, func(r right, _ verdict) Finding {
		return note(r.on, "attach policy_json", "it may not read the holds of %s: the runner goes on without a look at them",
			f.groupName)
	}), func(f Finding) bool { return f.Status != Note })...)
}

// needs are the rights that an event needs, each with one action and one resource.
func needs(e *event, group string) []iampolicy.Statement {
	if e.callsErr != nil || !e.payload.Holds {
		group = ""
	}
	scope := e.place()
	if a, err := arn.Parse(e.function()); err == nil { // as the provider takes it
		scope = command.Scope{Partition: a.Partition, Region: a.Region, Account: a.AccountID}
	}
	statements, err := iampolicy.Parse(eventpolicy.Document(e.calls, scope, group))
	if err != nil {
		return nil // an event without commands
	}
	return iampolicy.Split(statements)
}

// judge looks for rights in the policies of their roles. One finding stands for all that a role lacks.
func (f *facts) judge(rights []right, lacks func(right, verdict) Finding) []Finding {
	found := map[string]Finding{}
	for _, need := range rights {
		r := f.roles[need.roleARN].value
		if r == nil {
			continue
		}
		before, seen := found[need.roleARN]
		switch answer := r.may(need.Statement, f.Region); {
		case seen && before.Status == Broken:
		case r.err != nil:
			found[need.roleARN] = unread(need.on, r.err)
		case answer < unclear:
			found[need.roleARN] = lacks(need, answer)
		case answer == unclear:
			found[need.roleARN] = note(need.on, "run savings fire to see", "whether it may %s on %s, depends on conditions or "+
				"policies that are not known here", need.Action[0], need.Resource[0])
		case !seen:
			found[need.roleARN] = fine(need.on, "it may what the events need")
		}
	}
	var all []Finding
	for _, roleARN := range slices.Sorted(maps.Keys(found)) {
		all = append(all, found[roleARN])
	}
	return all
}

// lost finds events that were deleted outside: the runner's role has rights, in the policy that is for
// these events alone, that none of those that are left needs.
func (f *facts) lost() []Finding {
	if f.Group != "" || f.Event != "" || len(f.unread) > 0 || len(f.events) == 0 {
		return nil
	}
	needed := map[string]bool{}
	for _, e := range f.events {
		if e.payloadErr != nil || e.callsErr != nil {
			return nil
		}
		for _, s := range needs(e, f.groupName) {
			needed[document(s)] = true
		}
	}
	name := scheduleset.PolicyName(f.Region, scheduleset.Set{Name: f.Name})
	for _, functionARN := range f.found() {
		r := f.roles[aws.ToString(f.functions[functionARN].value.Configuration.Role)].value
		if r == nil {
			continue
		}
		granted, err := iampolicy.Parse(r.inline[name])
		if err != nil {
			continue
		}
		for _, s := range iampolicy.Split(granted) {
			if !needed[document(s)] {
				return []Finding{broken(f.groupName, "tofu plan shows it as + and tofu apply makes it again",
					"a schedule is missing, or an apply was cut short: the policy of %s on the runner's role allows %s on "+
						"%s, and no event that is there needs it", f.Name, s.Action[0], last(s.Resource[0]))}
			}
		}
	}
	return nil
}

func document(s iampolicy.Statement) string { return iampolicy.Document([]iampolicy.Statement{s}) }
