package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/importid"
	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
)

// importKey marks, in private state, a state that an import has begun: the Read that follows fills
// it from AWS.
const importKey = "import"

func (r *scheduleResource) ImportState(
	ctx context.Context,
	req resource.ImportStateRequest,
	resp *resource.ImportStateResponse,
) {
	id, err := importid.ParseSchedule(req.ID)
	if err != nil {
		resp.Diagnostics.AddError("Invalid import ID", sentenceOf("", err))
		return
	}
	events := map[string]eventModel{}
	for _, key := range id.Keys {
		events[key] = noEvent()
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("name"), id.Name)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("group_name"), text(id.Group))...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("events"), eventsMap(events))...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, importKey, []byte("true"))...)
}

// importGrant finds out whether the runner's role has a policy of this resource: AWS's schedules
// know the function, and the function its role.
func (m *scheduleModel) importGrant(ctx context.Context, k *scheduleset.Keeper) error {
	role, policy, err := k.FindPolicy(ctx, m.expand())
	if err != nil {
		return err
	}
	m.RunnerRoleName = text(role)
	if role != "" {
		id, _ := k.RoleID(ctx, role) // where it is denied, null as after an apply
		m.RunnerRoleID = text(id)
	}
	m.PolicyJSON = types.StringNull()
	if !m.FunctionARN.IsNull() {
		m.PolicyJSON = m.policy()
	}
	if role != "" && !iampolicy.Equal(policy, m.PolicyJSON.ValueString()) {
		m.PolicyJSON = text(policy)
	}
	return nil
}
