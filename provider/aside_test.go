package provider

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// wire is a model as OpenTofu sends it; nil is no object.
func wire(tb testing.TB, m *scheduleModel) *tfprotov6.DynamicValue {
	tb.Helper()
	ctx := context.Background()
	var schema resource.SchemaResponse
	newScheduleResource().Schema(ctx, resource.SchemaRequest{}, &schema)
	typ := schema.Schema.Type().TerraformType(ctx)
	state := tfsdk.State{Schema: schema.Schema, Raw: tftypes.NewValue(typ, nil)}
	if m != nil {
		none := map[string]attr.Type{"create": types.StringType, "update": types.StringType, "delete": types.StringType}
		full := *m
		full.Timeouts = timeouts.Value{Object: types.ObjectNull(none)}
		if full.TagsAll.ElementType(ctx) == nil {
			full.TagsAll = types.MapNull(types.StringType)
		}
		if full.OffHours.IsNull() {
			full.OffHours = types.MapNull(types.NumberType)
		}
		if diags := state.Set(ctx, &full); diags.HasError() {
			tb.Fatal(diags)
		}
	}
	value, err := tfprotov6.NewDynamicValue(typ, state.Raw)
	if err != nil {
		tb.Fatal(err)
	}
	return &value
}

// planCall asks a server for a plan. The proposed state is the configuration, as in a create.
func planCall(tb testing.TB, s tfprotov6.ProviderServer, config, prior *scheduleModel) *tfprotov6.PlanResourceChangeResponse {
	tb.Helper()
	resp, err := s.PlanResourceChange(context.Background(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: scheduleTypeName, Config: wire(tb, config), ProposedNewState: wire(tb, config), PriorState: wire(tb, prior),
	})
	if err != nil {
		tb.Fatal(err)
	}
	return resp
}

// What goes past the framework comes to the same as what goes through it.
func TestAsideServer_samePlans(t *testing.T) {
	t.Parallel()
	through, past := providerserver.NewProtocol6(New("test")())(), NewServer("test")()
	typ := past.(*asideServer).schedule
	base := configured(twenty())
	one := twenty()
	one["stop_07"] = stopAt("cron(30 22 ? * MON-FRI *)")
	changed := configured(one)
	unknown := configured(twenty())
	unknown.Events = types.MapUnknown(eventType)
	part := configured(twenty())
	elements := part.Events.Elements()
	elements["stop_03"] = types.ObjectUnknown(eventTypes)
	part.Events = types.MapValueMust(eventType, elements)
	empty := configured(nil)
	for name, tt := range map[string]struct{ config, prior *scheduleModel }{
		"create":           {&base, nil},
		"no change":        {&base, applied(base)},
		"one event":        {&changed, applied(base)},
		"all unknown":      {&unknown, nil},
		"one unknown":      {&part, applied(base)},
		"no events":        {&empty, applied(base)},
		"events after all": {&base, applied(empty)},
		"destroy":          {nil, applied(base)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, got := planCall(t, through, tt.config, tt.prior), planCall(t, past, tt.config, tt.prior)
			if diff := cmp.Diff(want.Diagnostics, got.Diagnostics); diff != "" {
				t.Errorf("diagnostics (-through +past):\n%s", diff)
			}
			wantValue, err := want.PlannedState.Unmarshal(typ)
			if err != nil {
				t.Fatal(err)
			}
			gotValue, err := got.PlannedState.Unmarshal(typ)
			if err != nil {
				t.Fatal(err)
			}
			if !wantValue.Equal(gotValue) {
				t.Errorf("planned state:\nthrough %s\npast    %s", wantValue, gotValue)
			}
		})
	}
}

func TestAsideServer_sameErrors(t *testing.T) {
	t.Parallel()
	through, past := providerserver.NewProtocol6(New("test")())(), NewServer("test")()
	events := twenty()
	events["stop_04"] = stopAt("cron(0 21 * * MON *)")
	bad := noEvent()
	bad.CronExpr = types.StringValue("rate(1 day)")
	events["stop_05"] = bad
	config := configured(events)
	call := func(s tfprotov6.ProviderServer) []*tfprotov6.Diagnostic {
		resp, err := s.ValidateResourceConfig(context.Background(), &tfprotov6.ValidateResourceConfigRequest{
			TypeName: scheduleTypeName, Config: wire(t, &config),
		})
		if err != nil {
			t.Fatal(err)
		}
		return resp.Diagnostics
	}
	want, got := call(through), call(past)
	if diff := cmp.Diff(want, got); diff != "" || len(got) != 2 {
		t.Errorf("got %d diagnostics, want 2 (-through +past):\n%s", len(got), diff)
	}
}

// A state is read the same way past the framework, and refused in the same words.
func TestAsideServer_sameStates(t *testing.T) {
	t.Parallel()
	through, past := providerserver.NewProtocol6(New("test")())(), NewServer("test")()
	typ := past.(*asideServer).schedule
	for name, tt := range map[string]struct {
		state   string
		version int64
		refused bool
	}{
		"plain": {state: `{"name":"app","events":{"stop":{"args":["rds","stop-cluster","db"],"cron_expr":"rate(1 day)",
			"enabled":true,"steps":null}},"off_hours_per_week":{"rds/cluster/db":103},"tags_all":{"a":"b"}}`},
		"nothing":         {state: `{}`},
		"a later release": {state: `{"name":"app","colour":"red","events":{"stop":{"args":["rds"],"mood":1}}}`},
		"another type":    {state: `{"name":"app","events":["stop"]}`, refused: true},
		"another version": {state: `{"name":"app"}`, version: 1, refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			call := func(s tfprotov6.ProviderServer) (tftypes.Value, []*tfprotov6.Diagnostic) {
				resp, err := s.UpgradeResourceState(context.Background(), &tfprotov6.UpgradeResourceStateRequest{
					TypeName: scheduleTypeName, Version: tt.version, RawState: &tfprotov6.RawState{JSON: []byte(tt.state)},
				})
				if err != nil {
					t.Fatal(err)
				}
				if resp.UpgradedState == nil {
					return tftypes.Value{}, resp.Diagnostics
				}
				value, err := resp.UpgradedState.Unmarshal(typ)
				if err != nil {
					t.Fatal(err)
				}
				return value, resp.Diagnostics
			}
			want, wantDiags := call(through)
			got, gotDiags := call(past)
			if diff := cmp.Diff(wantDiags, gotDiags); diff != "" || (len(gotDiags) > 0) != tt.refused {
				t.Errorf("refused: %v; diagnostics (-through +past):\n%s", tt.refused, diff)
			}
			if !want.Equal(got) {
				t.Errorf("through %s\npast    %s", want, got)
			}
		})
	}
}

func BenchmarkPlanCall(b *testing.B) {
	for name, n := range map[string]int{"100": 100, "1000": 1000, "10000": 10000} {
		config := configured(manyEvents(n))
		prior := applied(config)
		b.Run(name, func(b *testing.B) {
			s := NewServer("test")()
			for b.Loop() {
				planCall(b, s, &config, prior)
			}
		})
	}
}

// inner is what stands behind an asideServer, and keeps the objects that reach it.
type inner struct {
	tfprotov6.ProviderServer
	objects []*tfprotov6.DynamicValue
}

func (s *inner) keep(objects ...*tfprotov6.DynamicValue) { s.objects = append(s.objects, objects...) }

func (s *inner) ValidateResourceConfig(
	_ context.Context, r *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	s.keep(r.Config)
	return &tfprotov6.ValidateResourceConfigResponse{}, nil
}

func (s *inner) ReadResource(
	_ context.Context, r *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	s.keep(r.CurrentState)
	return &tfprotov6.ReadResourceResponse{NewState: r.CurrentState}, nil
}

func (s *inner) PlanResourceChange(
	_ context.Context, r *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	s.keep(r.Config, r.PriorState, r.ProposedNewState)
	return &tfprotov6.PlanResourceChangeResponse{PlannedState: r.ProposedNewState}, nil
}

func (s *inner) ApplyResourceChange(
	_ context.Context, r *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	s.keep(r.Config, r.PriorState, r.PlannedState)
	return &tfprotov6.ApplyResourceChangeResponse{NewState: r.PlannedState}, nil
}

// The framework, whose work grows with the square of the events that it sees, sees none; and what
// comes back has them all.
func TestAsideServer_frameworkSeesNoEvents(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	config := configured(twenty())
	object := wire(t, &config)
	kept := &inner{}
	s := *NewServer("test")().(*asideServer)
	s.ProviderServer = kept
	for name, call := range map[string]func() (*tfprotov6.DynamicValue, error){
		"validate": func() (*tfprotov6.DynamicValue, error) {
			_, err := s.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: scheduleTypeName, Config: object})
			return object, err
		},
		"read": func() (*tfprotov6.DynamicValue, error) {
			resp, err := s.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: scheduleTypeName, CurrentState: object})
			return resp.NewState, err
		},
		"plan": func() (*tfprotov6.DynamicValue, error) {
			resp, err := s.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
				TypeName: scheduleTypeName, Config: object, PriorState: object, ProposedNewState: object,
			})
			return resp.PlannedState, err
		},
		"apply": func() (*tfprotov6.DynamicValue, error) {
			resp, err := s.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
				TypeName: scheduleTypeName, Config: object, PriorState: object, PlannedState: object,
			})
			return resp.NewState, err
		},
	} {
		kept.objects = nil
		answer, err := call()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(kept.objects) == 0 {
			t.Errorf("%s: nothing reached the framework", name)
		}
		for _, seen := range kept.objects {
			if n := eventsIn(t, &s, seen); n != 0 {
				t.Errorf("%s: the framework sees %d events", name, n)
			}
		}
		if n := eventsIn(t, &s, answer); n != len(twenty()) {
			t.Errorf("%s: the answer has %d events, want %d", name, n, len(twenty()))
		}
	}
}

// eventsIn is how many events an object on the wire has.
func eventsIn(t *testing.T, s *asideServer, object *tfprotov6.DynamicValue) int {
	t.Helper()
	attributes, err := s.attributes(object)
	if err != nil {
		t.Fatal(err)
	}
	var events map[string]tftypes.Value
	if err := attributes[eventsName].As(&events); err != nil {
		t.Fatal(err)
	}
	return len(events)
}
