package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/spin-dd/terraform-provider-savings/internal/scheduleset"
)

const defaultTimeout = 10 * time.Minute

var (
	_ resource.ResourceWithConfigure      = (*scheduleResource)(nil)
	_ resource.ResourceWithValidateConfig = (*scheduleResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*scheduleResource)(nil)
	_ resource.ResourceWithImportState    = (*scheduleResource)(nil)
)

type scheduleResource struct {
	usesAWS
	now func() time.Time
}

func newScheduleResource() resource.Resource { return &scheduleResource{now: time.Now} }

func (r *scheduleResource) Metadata(
	_ context.Context,
	req resource.MetadataRequest,
	resp *resource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_schedule"
}

func (r *scheduleResource) keeper(ctx context.Context, diags *diag.Diagnostics) *scheduleset.Keeper {
	cfg, ok := r.config(ctx, diags)
	if !ok {
		return nil
	}
	c := scheduleset.ConfigFrom(cfg, r.clients.maxConcurrency)
	c.Logf = func(ctx context.Context, format string, args ...any) {
		tflog.Info(ctx, fmt.Sprintf(format, args...))
	}
	return scheduleset.New(c)
}

func (r *scheduleResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan scheduleModel
	resp.Diagnostics.Append(readModel(ctx, req.Plan, &plan, (*aside).plannedEvents)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := bounded(ctx, &resp.Diagnostics, plan.Timeouts.Create)
	defer cancel()
	k := r.keeper(ctx, &resp.Diagnostics)
	if k == nil {
		return
	}
	want := plan.expand()
	plan.arriveRoleID(ctx, k) // before: a kill after the create's last call leaves what only an import finds
	written, err := k.Create(ctx, want)
	if err != nil {
		plan.addWriteError(&resp.Diagnostics, "Creating schedules failed", err)
		return // no state: a state with an error would be tainted, and replaced
	}
	plan.addWarnings(&resp.Diagnostics, written.Warnings)
	plan.arrive(written.ARNs)
	resp.Diagnostics.Append(writeModel(ctx, &resp.State, plan)...)
}

func (r *scheduleResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state scheduleModel
	resp.Diagnostics.Append(readModel(ctx, req.State, &state, (*aside).priorEvents)...)
	importing, diags := req.Private.GetKey(ctx, importKey)
	resp.Diagnostics.Append(diags...)
	written := partial(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	k := r.keeper(ctx, &resp.Diagnostics)
	if k == nil {
		return
	}
	have := state.expand()
	live, err := k.Read(ctx, have)
	switch {
	case errors.Is(err, scheduleset.ErrNotFound):
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		resp.Diagnostics.AddError("Reading schedules failed", fmt.Sprintf("%s: %s", have.Name, err))
		return
	}
	if missing := missingKeys(have, live); importing != nil && len(missing) > 0 {
		resp.Diagnostics.AddError("Nothing to import", fmt.Sprintf("%s: there is no schedule for %s in group %q.",
			have.Name, strings.Join(missing, ", "), have.Group()))
		return
	}
	state.language = r.clients.summaries()
	state.flatten(live, r.clients.tags(), r.now(), written, importing != nil)
	if importing != nil {
		if err := state.importGrant(ctx, k); err != nil {
			resp.Diagnostics.AddError("Reading the runner's rights failed", fmt.Sprintf("%s: %s", have.Name, err))
			return
		}
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, importKey, nil)...)
	}
	resp.Diagnostics.Append(writeModel(ctx, &resp.State, state)...)
}

// missingKeys are the keys that an import of a shared group names and that are not there.
func missingKeys(have scheduleset.Set, live *scheduleset.Live) []string {
	var missing []string
	for _, key := range sortedKeys(have.Events) {
		if _, there := live.Schedules[key]; !there {
			missing = append(missing, key)
		}
	}
	return missing
}

func (r *scheduleResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state scheduleModel
	resp.Diagnostics.Append(readModel(ctx, req.Plan, &plan, (*aside).plannedEvents)...)
	resp.Diagnostics.Append(readModel(ctx, req.State, &state, (*aside).priorEvents)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := bounded(ctx, &resp.Diagnostics, plan.Timeouts.Update)
	defer cancel()
	k := r.keeper(ctx, &resp.Diagnostics)
	if k == nil {
		return
	}
	have, want := state.expand(), plan.expand()
	if !plan.RunnerRoleID.IsUnknown() && have.RunnerRoleID != "" {
		// The role may have been made again since the plan. The state learns of that at the next refresh.
		if id, err := k.RoleID(ctx, want.RunnerRoleName); err == nil {
			want.RunnerRoleID = id
		}
	}
	written, err := k.Update(ctx, have, want)
	if err != nil {
		plan.addWriteError(&resp.Diagnostics, "Updating schedules failed", err)
		state.keepWhatExists(plan, written)
		keepPartial(ctx, resp.Private, have, want, written.ARNs, &resp.Diagnostics)
		resp.Diagnostics.Append(writeModel(ctx, &resp.State, state)...)
		return
	}
	plan.addWarnings(&resp.Diagnostics, written.Warnings)
	plan.arrive(written.ARNs)
	plan.arriveRoleID(ctx, k)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, partialKey, nil)...)
	resp.Diagnostics.Append(writeModel(ctx, &resp.State, plan)...)
}

func (r *scheduleResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state scheduleModel
	resp.Diagnostics.Append(readModel(ctx, req.State, &state, (*aside).priorEvents)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := bounded(ctx, &resp.Diagnostics, state.Timeouts.Delete)
	defer cancel()
	k := r.keeper(ctx, &resp.Diagnostics)
	if k == nil {
		return
	}
	if err := k.Delete(ctx, state.expand()); err != nil {
		state.addWriteError(&resp.Diagnostics, "Deleting schedules failed", err)
	}
}

// bounded gives ctx the deadline of the resource's timeouts.
func bounded(ctx context.Context, diags *diag.Diagnostics,
	of func(context.Context, time.Duration) (time.Duration, diag.Diagnostics),
) (context.Context, context.CancelFunc) {
	d, found := of(ctx, defaultTimeout)
	diags.Append(found...)
	return context.WithTimeout(ctx, d)
}

// arrive completes the planned state with what only AWS knows.
func (m *scheduleModel) arrive(arns map[string]string) {
	events := m.events()
	for key, e := range events {
		if a, ok := arns[key]; ok {
			e.ScheduleARN = types.StringValue(a)
			events[key] = e
		}
	}
	m.Events = eventsMap(events)
}

// arriveRoleID asks for the identifier of a role that was not known at plan; null where it is denied.
func (m *scheduleModel) arriveRoleID(ctx context.Context, k *scheduleset.Keeper) {
	if !m.RunnerRoleID.IsUnknown() {
		return
	}
	id, _ := k.RoleID(ctx, m.RunnerRoleName.ValueString()) // the schedules are written: no failure
	m.RunnerRoleID = text(id)
}

// keepWhatExists turns the prior state into what an interrupted update has left: the resource's own
// attributes stay as they were, so that the next plan shows the rest.
func (m *scheduleModel) keepWhatExists(plan scheduleModel, written scheduleset.Written) {
	events := m.events()
	for _, key := range written.Removed {
		delete(events, key)
	}
	if plan.Name.Equal(m.Name) && plan.GroupName.Equal(m.GroupName) {
		planned := plan.events()
		for key, a := range written.ARNs {
			if e, ok := planned[key]; ok {
				e.ScheduleARN = types.StringValue(a)
				if !plan.Timezone.Equal(m.Timezone) {
					e.Timezone = e.zone(plan.Timezone) // m's is not what was written
				}
				events[key] = e
			}
		}
	}
	m.Events = eventsMap(maps.Clone(events))
}

func (m scheduleModel) addWarnings(diags *diag.Diagnostics, warnings []string) {
	for _, w := range warnings {
		diags.AddWarning(m.Name.ValueString()+": AWS does not know the function", w)
	}
}

func (m scheduleModel) addWriteError(diags *diag.Diagnostics, summary string, err error) {
	if exists, ok := errors.AsType[*scheduleset.GroupExistsError](err); ok {
		diags.AddAttributeError(path.Root("name"), "Schedule group exists", exists.Error())
		return
	}
	diags.AddError(summary, writeError(m.Name.ValueString(), err))
}

// writeError says what failed, and what to do after Ctrl-C.
func writeError(name string, err error) string {
	detail := fmt.Sprintf("%s: %s", name, err)
	if errors.Is(err, context.Canceled) {
		detail += "\n\nThe operation was interrupted. Run it again: it goes on from what is there."
	}
	return detail
}
