package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
	"github.com/spin-dd/terraform-provider-savings/internal/importid"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerimage"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
)

var (
	_ resource.ResourceWithConfigure      = (*runnerResource)(nil)
	_ resource.ResourceWithValidateConfig = (*runnerResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*runnerResource)(nil)
	_ resource.ResourceWithImportState    = (*runnerResource)(nil)
)

type runnerResource struct {
	usesAWS
	bundled
	// registry changes how registries are called; tests do.
	registry []runnerimage.Option
}

func newRunnerResource() resource.Resource {
	return &runnerResource{bundled: bundled{bundle.Zip, runnerimage.New}}
}

func (r *runnerResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_runner"
}

func (r *runnerResource) keeper(ctx context.Context, diags *diag.Diagnostics) *runnerstack.Keeper {
	cfg, ok := r.config(ctx, diags)
	if !ok {
		return nil
	}
	return runnerstack.New(cfg, func(ctx context.Context, line string) { tflog.Info(ctx, line) }, r.registry...)
}

func (r *runnerResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan runnerModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := bounded(ctx, &resp.Diagnostics, plan.Timeouts.Create)
	defer cancel()
	want, ok := r.wanted(plan, &resp.Diagnostics)
	k := r.keeper(ctx, &resp.Diagnostics)
	if !ok || k == nil {
		return
	}
	if !plan.plannedFor(k.Region, &resp.Diagnostics) {
		return
	}
	outcome, err := k.Create(ctx, want)
	if err != nil {
		if !saysWhatIsLeft(err) {
			err = fmt.Errorf("%w\n\nNothing is left behind", err)
		}
		plan.addWriteError(&resp.Diagnostics, "Creating the runner failed", err)
		return // no state: a state with an error would be tainted, and replaced
	}
	plan.arrive(want, outcome)
	plan.warnOf(&resp.Diagnostics, outcome)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// plannedFor refuses to make a runner in another region than it was planned for: its role's name
// carries the region.
func (m runnerModel) plannedFor(region string, diags *diag.Diagnostics) bool {
	name := runnerstack.ExecutionRoleName(m.Name.ValueString(), region)
	if !m.ExecutionRoleARN.IsUnknown() || m.ExecutionRoleName.IsUnknown() || m.ExecutionRoleName.ValueString() == name {
		return true
	}
	diags.AddError("Planned for another region", fmt.Sprintf("The plan has role %s, and in %s the role is %s. Plan "+
		"again with the region that this apply has.", m.ExecutionRoleName.ValueString(), region, name))
	return false
}

// wanted returns the planned stack with the runner's package in it.
func (r *runnerResource) wanted(plan runnerModel, diags *diag.Diagnostics) (runnerstack.Stack, bool) {
	want := plan.expand()
	if err := r.complete(&want); err != nil {
		addBundleError(diags, err)
		return want, false
	}
	return want, true
}

// warnOf passes on what is no error.
func (m runnerModel) warnOf(diags *diag.Diagnostics, outcome runnerstack.Outcome) {
	for _, warning := range outcome.Warnings {
		diags.AddWarning(m.Name.ValueString()+": the runner's image may be lost", warning)
	}
}

func (r *runnerResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state runnerModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	k := r.keeper(ctx, &resp.Diagnostics)
	if k == nil {
		return
	}
	live, err := k.Read(ctx, state.expand())
	if err != nil {
		resp.Diagnostics.AddError("Reading the runner failed", fmt.Sprintf("%s: %s", state.Name.ValueString(), err))
		return
	}
	if live.Of(state.expand(), k.Region).Empty() {
		resp.State.RemoveResource(ctx)
		return
	}
	if live.ImageError != nil {
		resp.Diagnostics.AddWarning(state.Name.ValueString()+": the runner's image was not looked for",
			fmt.Sprintf("Whether it is still in its repository is not known: %s", live.ImageError))
	}
	state.flatten(live, refresh{k.Region, r.clients.tags(), r.zipDigest, r.imageDigest})
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

// Update keeps the prior state where it fails, but for an image that it pushed and that stays: what
// exists is read again, and the next plan shows the rest.
func (r *runnerResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state runnerModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := bounded(ctx, &resp.Diagnostics, plan.Timeouts.Update)
	defer cancel()
	want, ok := r.wanted(plan, &resp.Diagnostics)
	k := r.keeper(ctx, &resp.Diagnostics)
	if !ok || k == nil {
		return
	}
	if want.ImageURI != "" && state.ImageURI.IsNull() {
		want.Zip, _, _ = r.zip(want.Architecture) // a build without it cannot put the function back
	}
	outcome, err := k.Update(ctx, state.expand(), want)
	if err != nil {
		plan.addWriteError(&resp.Diagnostics, "Updating the runner failed", err)
		if outcome.Pushed { // else nothing would take the image away
			state.RepositoryURL, state.ImageURI, state.KeepImage = plan.RepositoryURL, text(want.ImageURI), plan.KeepImage
			resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
		}
		return
	}
	plan.arrive(want, outcome)
	plan.warnOf(&resp.Diagnostics, outcome)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

func (r *runnerResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state runnerModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := bounded(ctx, &resp.Diagnostics, state.Timeouts.Delete)
	defer cancel()
	k := r.keeper(ctx, &resp.Diagnostics)
	if k == nil {
		return
	}
	schedules, err := k.Delete(ctx, state.expand())
	if err != nil {
		state.addWriteError(&resp.Diagnostics, "Deleting the runner failed", err)
		return
	}
	state.warnOfLostRights(&resp.Diagnostics, schedules)
}

// warnOfLostRights names the policies of schedules that went with the role. Schedules of the same
// apply put theirs on the new role (see runner_role_id of savings_schedule); others notice at their
// own next plan.
func (m runnerModel) warnOfLostRights(diags *diag.Diagnostics, schedules []string) {
	if len(schedules) == 0 {
		return
	}
	diags.AddWarning(m.Name.ValueString()+": rights of schedules went with the role", fmt.Sprintf(
		"The role had these policies of savings_schedule: %s. If the runner is being replaced, a savings_schedule that "+
			"this apply updates puts its policy on the new role. One of another configuration does so at its own next apply, "+
			"where the plan shows + policy_json; until then its events may stop and start nothing.", strings.Join(schedules, ", ")))
}

// ImportState takes the function's name; Read finds the rest.
func (r *runnerResource) ImportState(ctx context.Context, req resource.ImportStateRequest,
	resp *resource.ImportStateResponse,
) {
	if _, err := importid.ParseRunner(req.ID); err != nil {
		resp.Diagnostics.AddError("Invalid import ID", sentenceOf("", err))
		return
	}
	resource.ImportStatePassthroughID(ctx, path.Root("name"), req, resp)
}

func (m runnerModel) addWriteError(diags *diag.Diagnostics, summary string, err error) {
	var exists *runnerstack.ExistsError
	if errors.As(err, &exists) && !saysWhatIsLeft(err) {
		diags.AddAttributeError(path.Root("name"), "Name is taken", fmt.Sprintf(
			"There is a %s %q already, and it is not in this state. If it is this resource's, import it:\n\n"+
				"import {\n  to = savings_runner.this # the resource's address\n  id = %q\n}\n\nOtherwise choose another name.",
			exists.Kind, exists.Name, exists.Stack))
		return
	}
	diags.AddError(summary, writeError(m.Name.ValueString(), err))
}

func saysWhatIsLeft(err error) bool {
	var leftover *runnerstack.LeftoverError
	var takenOver *runnerstack.TakenOverError
	return errors.As(err, &leftover) || errors.As(err, &takenOver)
}
