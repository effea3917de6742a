package provider

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// The framework converts a configuration before anybody's validation sees it, and calls what it cannot
// convert an error in the provider, to be reported: 128.5 where a whole number belongs, or a number of
// more than 32 bits. And some of its own messages leave out which attribute they are about.
// legibleServer looks at the numbers first, and puts the attribute's path before such messages.
type legibleServer struct {
	tfprotov6.ProviderServer
	provider  tftypes.Type
	resources map[string]tftypes.Type
}

func (s *legibleServer) ValidateProviderConfig(
	ctx context.Context, req *tfprotov6.ValidateProviderConfigRequest,
) (*tfprotov6.ValidateProviderConfigResponse, error) {
	faults, err := numberFaults(req.Config, s.provider)
	if err != nil || len(faults) > 0 {
		return &tfprotov6.ValidateProviderConfigResponse{Diagnostics: faults}, err
	}
	resp, err := s.ProviderServer.ValidateProviderConfig(ctx, req)
	if err == nil {
		namePaths(resp.Diagnostics)
	}
	return resp, err
}

func (s *legibleServer) ValidateResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	faults, err := numberFaults(req.Config, s.resources[req.TypeName])
	if err != nil || len(faults) > 0 {
		return &tfprotov6.ValidateResourceConfigResponse{Diagnostics: faults}, err
	}
	resp, err := s.ProviderServer.ValidateResourceConfig(ctx, req)
	if err == nil {
		namePaths(resp.Diagnostics)
	}
	return resp, err
}

// numberFaults reports each number of a configuration that is no whole one of 32 bits. No argument of
// this provider takes any other.
func numberFaults(config *tfprotov6.DynamicValue, of tftypes.Type) ([]*tfprotov6.Diagnostic, error) {
	if config == nil || of == nil {
		return nil, nil
	}
	whole, err := config.Unmarshal(of)
	if err != nil {
		return nil, fmt.Errorf("reading a configuration: %w", err)
	}
	var faults []*tfprotov6.Diagnostic
	err = tftypes.Walk(whole, func(at *tftypes.AttributePath, v tftypes.Value) (bool, error) {
		if !v.Type().Is(tftypes.Number) || v.IsNull() || !v.IsKnown() {
			return true, nil
		}
		var n big.Float
		if err := v.As(&n); err != nil {
			return false, err
		}
		if wrong := wrongNumber(&n); wrong != "" {
			faults = append(faults, &tfprotov6.Diagnostic{
				Severity: tfprotov6.DiagnosticSeverityError, Attribute: at, Summary: "Invalid " + nameOf(at),
				Detail: fmt.Sprintf("%s is %s, %s. Write a whole number.", pathText(at), n.Text('g', 20), wrong),
			})
		}
		return true, nil
	})
	return faults, err
}

// wrongNumber says what is wrong with a number, "" for nothing.
func wrongNumber(n *big.Float) string {
	whole, accuracy := n.Int64()
	switch {
	case n.IsInt() && (accuracy != big.Exact || whole < math.MinInt32 || whole > math.MaxInt32):
		return "which is out of any range"
	case !n.IsInt():
		return "which has a fraction"
	}
	return ""
}

// advice is how some of the framework's messages end. Nobody has to be asked what a null is.
const advice = "\n\nRefer to the provider documentation or contact the provider developers"

// namePaths puts the attribute's path before each message that names neither it nor an event.
func namePaths(diags []*tfprotov6.Diagnostic) {
	for _, d := range diags {
		d.Detail, _, _ = strings.Cut(d.Detail, advice)
		if name := nameOf(d.Attribute); name != "" && !strings.Contains(d.Summary+d.Detail, name) &&
			!strings.HasPrefix(d.Detail, "Event ") {
			d.Detail = pathText(d.Attribute) + ": " + d.Detail
		}
	}
}

// nameOf is the last name of a path, "" where it has none.
func nameOf(at *tftypes.AttributePath) string {
	name := ""
	for _, step := range at.Steps() {
		if n, ok := step.(tftypes.AttributeName); ok {
			name = string(n)
		}
	}
	return name
}

// pathText is a path as it is written in a configuration: retry.maximum_attempts.
func pathText(at *tftypes.AttributePath) string {
	var b strings.Builder
	for _, step := range at.Steps() {
		switch step := step.(type) {
		case tftypes.AttributeName:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(string(step))
		case tftypes.ElementKeyString:
			fmt.Fprintf(&b, "[%s]", quote(string(step)))
		case tftypes.ElementKeyInt:
			fmt.Fprintf(&b, "[%d]", int64(step))
		}
	}
	return b.String()
}
