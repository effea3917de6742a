package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/payload"
)

// wordsType is the type of an argument list.
var wordsType = types.ListType{ElemType: types.StringType}

// noEvent is an event that says nothing. A list of the framework has no use before it has a type.
func noEvent() eventModel {
	return eventModel{
		Args:        types.ListNull(types.StringType),
		Steps:       types.ListNull(wordsType),
		ExceptDates: types.ListNull(types.StringType),
	}
}

// words returns a list's texts; ok is false while the list or any of them is null or unknown.
func words(list types.List) (all []string, ok bool) {
	if list.IsNull() || list.IsUnknown() {
		return nil, false
	}
	for _, v := range list.Elements() {
		s, isString := v.(types.String)
		if !isString || s.IsNull() || s.IsUnknown() {
			return nil, false
		}
		all = append(all, s.ValueString())
	}
	return all, true
}

// commands returns the argument lists that the event runs, in order: its steps, or args alone. ok
// is false while any part of them is null or unknown.
func (e eventModel) commands() (all [][]string, ok bool) {
	if e.Steps.IsNull() {
		args, ok := words(e.Args)
		return [][]string{args}, ok
	}
	if e.Steps.IsUnknown() || e.Args.IsUnknown() {
		return nil, false
	}
	for _, v := range e.Steps.Elements() {
		list, isList := v.(types.List)
		step, known := words(list)
		if !isList || !known {
			return nil, false
		}
		all = append(all, step)
	}
	return all, true
}

// calls are the event's commands, taken apart; nil while one of them is not known, or where one is
// wrong, which ValidateConfig reports.
func (e eventModel) calls() []*command.Call {
	commands, known := e.commands()
	if !known {
		return nil
	}
	var calls []*command.Call
	for _, args := range commands {
		call, err := command.Parse(args)
		if err != nil {
			return nil
		}
		calls = append(calls, call)
	}
	return calls
}

// exceptDates returns the event's days off; ok is false while any of them is unknown.
func (e eventModel) exceptDates() (dates []string, ok bool) {
	if e.ExceptDates.IsNull() {
		return nil, true
	}
	return words(e.ExceptDates)
}

// withInput returns the event with what a live schedule's input says; a list without elements stays
// null or empty, as it was.
func (e eventModel) withInput(p payload.Payload) eventModel {
	e.Args = liveList(e.Args, stringList(p.Args), types.StringType)
	e.Steps = liveList(e.Steps, stepList(p.Steps), wordsType)
	e.ExceptDates = liveList(e.ExceptDates, stringList(p.ExceptDates), types.StringType)
	return e
}

func liveList(prior, live types.List, element attr.Type) types.List {
	switch {
	case len(live.Elements()) > 0:
		return live
	case len(prior.Elements()) == 0:
		return prior
	}
	return types.ListNull(element)
}
