package command

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// maxRefusals bounds how often AWS may refuse, for its state, a resource that looks ready and of
// which the description explains a refusal for good. Any other is tried while time is left.
const maxRefusals = 5

// settling is the way of one resource to where the call wants it.
type settling struct {
	*resourceRun
	region string
	got    resource
	effect Effect
	look   *poll
	result Result
	// accepted tells that AWS took the call; refusal is its last refusal for the resource's state.
	accepted bool
	refusal  error
	refusals int
}

// settle brings one resource where the call wants it.
func (r *resourceRun) settle(ctx context.Context, sel *selected) Result {
	s := &settling{
		resourceRun: r, region: sel.region, got: sel.got, effect: r.call.verb.Effect,
		look: r.newPoll(), result: r.result(sel.item, sel.got.id),
	}
	s.result.From, s.result.To = s.got.status, s.got.status
	if s.got.mistaken != "" {
		s.result.Outcome = Failed
		s.result.Detail = fmt.Sprintf("it is %s: write %s", s.got.note,
			quoteAll([]string{s.got.mistaken, s.call.verb.Name, s.got.id}))
		return s.result
	}
	if why := s.got.why(s.effect); why != "" {
		return s.end(Unsupported, why)
	}
	for {
		if done := s.step(ctx); done {
			return s.result
		}
		if err := s.look.wait(ctx); err != nil {
			return s.outOfTime(err)
		}
		got, err := r.get(ctx, s.region, s.got.id)
		if err != nil {
			return s.lost(err)
		}
		s.got, s.result.To = got, got.status
		s.look.log(ctx, got.id, got.status)
	}
}

// end sets the outcome and its detail, with the resource's note behind it.
func (s *settling) end(outcome Outcome, detail string) Result {
	switch note := s.got.note; {
	case detail == "":
		detail = note
	case note != "":
		detail += " (" + note + ")"
	}
	s.result.Outcome, s.result.Detail = outcome, detail
	return s.result
}

// step does what the resource's state asks for, and tells whether the result is final.
func (s *settling) step(ctx context.Context) (done bool) {
	flags := s.call.flags
	switch next := s.kind.states.next(s.effect, s.got.status); {
	case s.accepted && s.got.status != s.result.From && s.kind.states.isBroken(s.got.status):
		s.end(Failed, s.verb()+" accepted, and now it is "+s.got.status)
	case next == stepBroken:
		s.end(Failed, fmt.Sprintf("%s: AWS does not %s it in this state, and it does not end by itself",
			s.got.status, s.verb()))
	case next == stepArrived, next == stepMoving && (!flags.wait || flags.dryRun):
		s.arrived()
	case flags.dryRun:
		s.dryRun(next)
	case next == stepAct && !s.accepted:
		return s.act(ctx)
	default:
		return false
	}
	return true
}

// arrived ends at the wanted state, or on the way there.
func (s *settling) arrived() {
	switch {
	case s.accepted:
		s.end(Done, "")
	case s.got.status == s.kind.states.up, s.got.status == s.kind.states.down:
		s.end(Already, "")
	default:
		s.end(Already, "it is "+s.got.status)
	}
}

func (s *settling) dryRun(next step) {
	if next == stepBusy {
		s.end(DryRun, fmt.Sprintf("would wait while it is %s, then %s it", s.got.status, s.verb()))
		return
	}
	s.end(DryRun, "would "+s.verb()+" it")
}

// act calls AWS. A refusal for the resource's state is no end: the state may have changed since it
// was described, or a part of it is busy, so it is looked at again.
func (s *settling) act(ctx context.Context) (done bool) {
	f, err := s.fleet(s.region)
	if err == nil {
		err = s.limited(ctx, func() error { return f.act(ctx, s.effect, s.got.id) })
	}
	switch {
	case err == nil:
		s.accepted = true
		s.result.To = s.kind.states.moving(s.effect)
		if s.call.flags.wait {
			return false
		}
		s.end(Done, "")
	case hasCode(err, s.kind.busyCodes...):
		s.refusal = err
		return false
	case hasCode(err, s.kind.stateCodes...):
		s.refusal = err
		if s.refusals++; s.got.refused == "" || s.refusals < maxRefusals {
			return false
		}
		s.end(Unsupported, s.got.refused+"; "+explain(err))
	case hasCode(err, s.kind.notFoundCode):
		s.result = s.failedGet(s.result, s.region, errNotFound)
	default:
		s.result = s.result.fail(err, s.kind.actions[s.effect])
		if hasCode(err, s.kind.unsupportedCode) {
			s.result.Outcome = Unsupported
		}
	}
	return true
}

// lost ends a resource that cannot be looked at any more.
func (s *settling) lost(err error) Result {
	result := s.failedGet(s.result, s.region, err)
	if s.accepted && result.Outcome != NotFound {
		result.Detail = s.verb() + " accepted, then: " + result.Detail
	}
	return result
}

// outOfTime ends a run whose time is over, or that was interrupted; AWS's retry comes back.
func (s *settling) outOfTime(err error) Result {
	if !errors.Is(err, errTimeShort) {
		return s.end(Failed, explain(err)+" while "+s.got.status)
	}
	detail := fmt.Sprintf("still %s after %s", s.got.status, minutes(s.look.waited()))
	if s.accepted {
		detail = s.verb() + " accepted, " + detail
	}
	if s.refusal != nil && !s.accepted {
		detail += "; " + explain(s.refusal)
	}
	return s.end(Failed, detail)
}

// verb is the service's own word: "stop", "pause".
func (s *settling) verb() string {
	word, _, _ := strings.Cut(s.call.verb.Name, "-")
	return word
}
