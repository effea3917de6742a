package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
)

// A plan asks AWS what helps to review it, and does without where it cannot be told: the plan of a
// new resource works without credentials. lookTime bounds these calls.
const lookTime = 10 * time.Second

// checkScope reports targets that are in another account than the function.
func (m scheduleModel) checkScope(diags *diag.Diagnostics) {
	scope, err := scopeOf(m.FunctionARN)
	if err != nil {
		return // not known, or reported by ValidateConfig
	}
	events := m.events()
	for _, key := range sortedKeys(events) {
		for _, call := range events[key].calls() {
			if err := call.CheckScope(scope); err != nil {
				diags.AddAttributeError(path.Root("events").AtMapKey(key), "Target in another account",
					fmt.Sprintf("Event %s has a target elsewhere: %s", quote(key), sentenceOf("", err)))
			}
		}
	}
}

// checkJoinedNames reports a schedule of a shared group that another resource of the configuration
// plans as well: "app" with the key "web-stop" and "app-web" with "stop" make the same name.
func (r *scheduleResource) checkJoinedNames(m scheduleModel, diags *diag.Diagnostics) {
	if !isKnown(m.GroupName) || !isKnown(m.Name) {
		return
	}
	group, name := m.GroupName.ValueString(), m.Name.ValueString()
	for _, key := range sortedKeys(m.Events.Elements()) {
		schedule := name + "-" + key
		if other := r.clients.claim(group, schedule, name); other != "" {
			diags.AddAttributeError(path.Root("events").AtMapKey(key), "Schedule twice", fmt.Sprintf("Event %s of %q would be "+
				"schedule %q of group %q, and so would an event of the savings_schedule %q. Write another key, or another name.",
				quote(key), name, schedule, group, other))
		}
	}
}

// warnOfRegion warns of a queue, topic or event bus in another region than the function: AWS documents
// no delivery across regions, and refuses none when it is configured.
func warnOfRegion(diags *diag.Diagnostics, name, attribute string, value types.String, region string) {
	found, err := arn.Parse(value.ValueString())
	if err != nil || region == "" || found.Region == "" || found.Region == region {
		return
	}
	diags.AddAttributeWarning(path.Root(attribute), name+": "+attribute+" is in another region", fmt.Sprintf(
		"%s %s is in %s, and the function is in %s. AWS documents no delivery to another region: what fails may be lost "+
			"without a word. Write the ARN of one in %[4]s.", attribute, quoted(value), found.Region, region))
}

// checkPlace reports a function that is not where the provider writes schedules.
func (r *scheduleResource) checkPlace(ctx context.Context, m scheduleModel, diags *diag.Diagnostics) {
	function, err := arn.Parse(m.FunctionARN.ValueString())
	if err != nil {
		return
	}
	wrong := func(what, found, allowed, remedy string) {
		diags.AddAttributeError(path.Root("function_arn"), "Function in another "+what, fmt.Sprintf(
			"%s: function_arn %s is in %s %s, and the provider works in %s. EventBridge Scheduler invokes functions of its "+
				"own region and account: %s, or name a function in %[5]s.",
			m.Name.ValueString(), quoted(m.FunctionARN), what, found, allowed, remedy))
	}
	if region := r.region(ctx); region != "" && region != function.Region {
		wrong("region", function.Region, region,
			fmt.Sprintf("give this resource a provider with region = %q", function.Region))
		return
	}
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	if account := r.clients.account(ctx); account != "" && account != function.AccountID {
		wrong("account", function.AccountID, account, "give this resource a provider with credentials of there")
	}
}

// noticeNewRole makes the plan an update where nothing changes but that the role was made again under
// its name, so that the apply puts the policy there. This is what is left of the replacement of a
// runner when Terraform plans again at apply: then the ARN of its function is known, and the old one.
//
// The second plan must not contradict the first one, and AWS may tell them different things. So AWS
// is not asked where anything else changes, since Update looks for itself, and what the answer
// changes is only whether the identifier is known. configKnown tells that all but events is: what is not known
// may turn out to change nothing.
func (r *scheduleResource) noticeNewRole(ctx context.Context, m, state *scheduleModel, configKnown bool) {
	switch {
	case state == nil || !isKnown(m.RunnerRoleID):
		return
	case !configKnown || m.TagsAll.IsUnknown() || !m.eventsKnown():
		m.RunnerRoleID = types.StringUnknown()
		return
	case m.differs(*state):
		return
	}
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	k, ok := r.looker(ctx)
	if !ok {
		return
	}
	id, err := k.RoleID(ctx, m.RunnerRoleName.ValueString())
	if err == nil && id != m.RunnerRoleID.ValueString() {
		m.RunnerRoleID = types.StringUnknown()
	}
}

// eventsKnown tells that all of a plan's events are known but for what AWS gives them.
func (m scheduleModel) eventsKnown() bool {
	if m.Events.IsUnknown() {
		return false
	}
	for _, v := range m.Events.Elements() {
		if e, ok := eventOf(v); !ok || e.Summary.IsUnknown() || e.Description.IsUnknown() {
			return false
		}
	}
	return true
}

// looker is a keeper for what a plan may do without.
func (r *scheduleResource) looker(ctx context.Context) (*scheduleset.Keeper, bool) {
	if r.clients == nil {
		return nil, false
	}
	cfg, err := r.clients.aws(ctx)
	if err != nil {
		return nil, false
	}
	return scheduleset.NewFromConfig(cfg, r.clients.maxConcurrency), true
}

// maxPolicyLength is what the inline policies of a role may have together, white space not counted
// (IAM User Guide, "IAM and AWS STS quotas").
const maxPolicyLength = 10_240

const policyRemedy = "Select targets by a tag instead of identifiers, or split the events over two savings_schedule " +
	"with a savings_runner each."

// checkPolicySize reports a policy that has no room on the role. The other policies of the role are
// asked for only where ours changes.
func (r *scheduleResource) checkPolicySize(ctx context.Context, m scheduleModel, state *scheduleModel, diags *diag.Diagnostics) {
	if m.RunnerRoleName.IsNull() || !isKnown(m.PolicyJSON) {
		return
	}
	n := scheduleset.PolicyLength(m.PolicyJSON.ValueString())
	if n > maxPolicyLength {
		diags.AddAttributeError(path.Root("events"), "Policy too large", fmt.Sprintf("%s: the rights of these events "+
			"(policy_json) have %d characters, and AWS allows a role %d in all its inline policies. %s",
			m.Name.ValueString(), n, maxPolicyLength, policyRemedy))
		return
	}
	unchanged := state != nil && m.RunnerRoleName.Equal(state.RunnerRoleName) &&
		iampolicy.Equal(m.PolicyJSON.ValueString(), state.PolicyJSON.ValueString())
	if unchanged || m.RunnerRoleName.IsUnknown() || m.Name.IsUnknown() || m.GroupName.IsUnknown() {
		return
	}
	others := r.otherPolicies(ctx, m, state)
	if n+others > maxPolicyLength {
		diags.AddAttributeError(path.Root("events"), "Policy too large", fmt.Sprintf("%s: the rights of these events "+
			"(policy_json) have %d characters and the other inline policies of role %s have %d, and AWS allows a role %d in "+
			"all. %s", m.Name.ValueString(), n, m.RunnerRoleName.ValueString(), others, maxPolicyLength, policyRemedy))
	}
}

// otherPolicies is the length of the role's inline policies but for this resource's; 0 where they
// cannot be read. Then the apply finds out before it writes a schedule.
func (r *scheduleResource) otherPolicies(ctx context.Context, m scheduleModel, state *scheduleModel) int {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	k, ok := r.looker(ctx)
	if !ok {
		return 0
	}
	lengths, err := k.RolePolicies(ctx, m.RunnerRoleName.ValueString())
	if err != nil {
		return 0
	}
	region := r.region(ctx)
	delete(lengths, scheduleset.PolicyName(region, scheduleset.Set{
		Name: m.Name.ValueString(), GroupName: m.GroupName.ValueString(),
	}))
	if state != nil {
		delete(lengths, scheduleset.PolicyName(region, scheduleset.Set{
			Name: state.Name.ValueString(), GroupName: state.GroupName.ValueString(),
		}))
	}
	total := 0
	for _, n := range lengths {
		total += n
	}
	return total
}
