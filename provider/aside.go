package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// The plugin framework walks from the root to each nested value, so its work grows with the square
// of the number of events. This server takes the events of savings_schedule out of each request,
// hands them to the resource aside, and puts the resource's answer back. What the framework would do
// for nested values (defaults, plan modifiers, marking unknowns) the resource does itself. Without
// the server, as in tests that serve the framework directly, everything works as well, and slower.

const (
	scheduleTypeName = "savings_schedule"
	runnerTypeName   = "savings_runner"
	eventsName       = "events"
)

// NewServer returns the constructor of the provider's protocol server.
func NewServer(version string) func() tfprotov6.ProviderServer {
	framework := providerserver.NewProtocol6(New(version)())
	return func() tfprotov6.ProviderServer {
		ctx := context.Background()
		var schedule, runner resource.SchemaResponse
		newScheduleResource().Schema(ctx, resource.SchemaRequest{}, &schedule)
		newRunnerResource().Schema(ctx, resource.SchemaRequest{}, &runner)
		var block provider.SchemaResponse
		New(version)().Schema(ctx, provider.SchemaRequest{}, &block)
		types := map[string]tftypes.Type{
			scheduleTypeName: schedule.Schema.Type().TerraformType(ctx),
			runnerTypeName:   runner.Schema.Type().TerraformType(ctx),
		}
		return &asideServer{
			ProviderServer: &legibleServer{
				ProviderServer: framework(), resources: types, provider: block.Schema.Type().TerraformType(ctx),
			},
			schedule: types[scheduleTypeName],
			version:  schedule.Schema.Version,
		}
	}
}

type asideServer struct {
	tfprotov6.ProviderServer
	schedule tftypes.Type
	version  int64
}

// aside holds the events of one request, and of its answer.
type aside struct{ config, prior, planned, result types.Map }

type asideKey struct{}

func asideOf(ctx context.Context) *aside {
	a, _ := ctx.Value(asideKey{}).(*aside)
	return a
}

// readModel reads a configuration, plan or state whose events may have been taken out.
func readModel(
	ctx context.Context, from interface {
		Get(context.Context, any) diag.Diagnostics
	}, m *scheduleModel, events func(*aside) types.Map,
) diag.Diagnostics {
	diags := from.Get(ctx, m)
	if a := asideOf(ctx); a != nil {
		m.Events = events(a)
	}
	return diags
}

// writeModel writes a plan or state, and hands over its events where they were taken out.
func writeModel(
	ctx context.Context, into interface {
		Set(context.Context, any) diag.Diagnostics
	}, m scheduleModel,
) diag.Diagnostics {
	if a := asideOf(ctx); a != nil {
		a.result = m.Events
		m.Events = emptied(m.Events)
	}
	return into.Set(ctx, &m)
}

func emptied(events types.Map) types.Map {
	if events.IsNull() || events.IsUnknown() {
		return events
	}
	return eventsMap(nil)
}

func (a *aside) configEvents() types.Map  { return a.config }
func (a *aside) priorEvents() types.Map   { return a.prior }
func (a *aside) plannedEvents() types.Map { return a.planned }

// UpgradeResourceState reads a state of this very schema without the framework, which would look at each
// value of each event for blocks that it does not have. Anything else is the framework's.
func (s *asideServer) UpgradeResourceState(
	ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest,
) (*tfprotov6.UpgradeResourceStateResponse, error) {
	if req.TypeName == scheduleTypeName && req.Version == s.version && req.RawState != nil {
		// As in the framework, attributes of a later release are left out.
		options := tftypes.ValueFromJSONOpts{IgnoreUndefinedAttributes: true}
		state, err := req.RawState.UnmarshalWithOpts(s.schedule, tfprotov6.UnmarshalOpts{ValueFromJSONOpts: options})
		if err == nil {
			value, err := tfprotov6.NewDynamicValue(s.schedule, state)
			return &tfprotov6.UpgradeResourceStateResponse{UpgradedState: &value}, err
		}
	}
	return s.ProviderServer.UpgradeResourceState(ctx, req)
}

func (s *asideServer) ValidateResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	if req.TypeName != scheduleTypeName {
		return s.ProviderServer.ValidateResourceConfig(ctx, req)
	}
	a, r := &aside{}, *req
	ctx, err := s.without(ctx, a, part{&r.Config, &a.config})
	if err != nil {
		return nil, err
	}
	return s.ProviderServer.ValidateResourceConfig(ctx, &r)
}

func (s *asideServer) PlanResourceChange(
	ctx context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	if req.TypeName != scheduleTypeName {
		return s.ProviderServer.PlanResourceChange(ctx, req)
	}
	a, r := &aside{}, *req
	ctx, err := s.without(ctx, a,
		part{&r.Config, &a.config}, part{&r.PriorState, &a.prior}, part{&r.ProposedNewState, &a.planned})
	if err != nil {
		return nil, err
	}
	a.result = a.planned
	resp, err := s.ProviderServer.PlanResourceChange(ctx, &r)
	if err == nil {
		resp.PlannedState, err = s.putBack(ctx, resp.PlannedState, a.result)
	}
	return resp, err
}

func (s *asideServer) ApplyResourceChange(
	ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	if req.TypeName != scheduleTypeName {
		return s.ProviderServer.ApplyResourceChange(ctx, req)
	}
	a, r := &aside{}, *req
	ctx, err := s.without(ctx, a,
		part{&r.Config, &a.config}, part{&r.PriorState, &a.prior}, part{&r.PlannedState, &a.planned})
	if err != nil {
		return nil, err
	}
	a.result = a.prior // a failed update keeps the state as it was
	resp, err := s.ProviderServer.ApplyResourceChange(ctx, &r)
	if err == nil {
		resp.NewState, err = s.putBack(ctx, resp.NewState, a.result)
	}
	return resp, err
}

func (s *asideServer) ReadResource(
	ctx context.Context, req *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	if req.TypeName != scheduleTypeName {
		return s.ProviderServer.ReadResource(ctx, req)
	}
	a, r := &aside{}, *req
	ctx, err := s.without(ctx, a, part{&r.CurrentState, &a.prior})
	if err != nil {
		return nil, err
	}
	a.result = a.prior
	resp, err := s.ProviderServer.ReadResource(ctx, &r)
	if err == nil {
		resp.NewState, err = s.putBack(ctx, resp.NewState, a.result)
	}
	return resp, err
}

// part is an object of a request, and where its events go.
type part struct {
	object **tfprotov6.DynamicValue
	events *types.Map
}

// without takes the events out of the parts of a request, and returns the context that carries them.
func (s *asideServer) without(ctx context.Context, a *aside, parts ...part) (context.Context, error) {
	for _, p := range parts {
		var err error
		if *p.object, *p.events, err = s.takeOut(ctx, *p.object); err != nil {
			return nil, err
		}
	}
	return context.WithValue(ctx, asideKey{}, a), nil
}

// takeOut returns the object with an empty map of events, and its events.
func (s *asideServer) takeOut(
	ctx context.Context, from *tfprotov6.DynamicValue,
) (*tfprotov6.DynamicValue, types.Map, error) {
	none := types.MapNull(eventType)
	attributes, err := s.attributes(from)
	if attributes == nil || err != nil {
		return from, none, err
	}
	value, err := types.MapType{ElemType: eventType}.ValueFromTerraform(ctx, attributes[eventsName])
	if err != nil {
		return nil, none, fmt.Errorf("reading the events: %w", err)
	}
	events, _ := value.(types.Map)
	into, err := s.with(ctx, attributes, emptied(events))
	return into, events, err
}

// putBack returns the object with these events.
func (s *asideServer) putBack(
	ctx context.Context, into *tfprotov6.DynamicValue, events types.Map,
) (*tfprotov6.DynamicValue, error) {
	attributes, err := s.attributes(into)
	if attributes == nil || err != nil {
		return into, err
	}
	return s.with(ctx, attributes, events)
}

// attributes takes an object of the schema apart; nil where there is none, as in a create or destroy.
func (s *asideServer) attributes(from *tfprotov6.DynamicValue) (map[string]tftypes.Value, error) {
	if from == nil {
		return nil, nil
	}
	object, err := from.Unmarshal(s.schedule)
	if err != nil {
		return nil, fmt.Errorf("reading a %s: %w", scheduleTypeName, err)
	}
	if object.IsNull() || !object.IsKnown() {
		return nil, nil
	}
	var attributes map[string]tftypes.Value
	return attributes, object.As(&attributes)
}

func (s *asideServer) with(
	ctx context.Context, attributes map[string]tftypes.Value, events attr.Value,
) (*tfprotov6.DynamicValue, error) {
	value, err := events.ToTerraformValue(ctx)
	if err != nil {
		return nil, fmt.Errorf("writing the events: %w", err)
	}
	attributes[eventsName] = value
	out, err := tfprotov6.NewDynamicValue(s.schedule, tftypes.NewValue(s.schedule, attributes))
	return &out, err
}
