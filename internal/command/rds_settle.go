package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
)

// maxRefusals bounds how often AWS may refuse, for its state, a database that looks ready.
const maxRefusals = 5

// codeMemberBusy is how AWS refuses a DB cluster for what one of its instances is doing.
const codeMemberBusy = "InvalidDBInstanceState"

// settling is the way of one database to where the call wants it.
type settling struct {
	*databaseRun
	region string
	db     database
	effect Effect
	look   *poll
	result Result
	// note is added to the detail, whatever it is.
	note string
	// accepted tells that AWS took the call; refusal is its last refusal for the database's state.
	accepted bool
	refusal  error
	refusals int
}

// settle brings one database where the call wants it.
func (r *databaseRun) settle(ctx context.Context, sel *selected) Result {
	s := &settling{
		databaseRun: r, region: sel.region, db: sel.db, effect: r.call.verb.Effect,
		look: r.newPoll(), result: r.result(sel.item, sel.db.id),
	}
	s.result.From, s.result.To = s.db.status, s.db.status
	if s.db.unsupported != "" {
		return s.end(Unsupported, s.db.unsupported)
	}
	s.note = engineNote(r.call.verb.Service, s.db.engine)
	for {
		if done := s.step(ctx); done {
			return s.result
		}
		if err := s.look.wait(ctx); err != nil {
			return s.outOfTime(err)
		}
		db, err := r.get(ctx, s.region, s.db.id)
		if err != nil {
			return r.failedGet(s.result, s.region, err)
		}
		s.db, s.result.To = db, db.status
		r.Log.LogAttrs(ctx, slog.LevelDebug, WaitingMessage, slog.String("target", db.id),
			slog.String("state", db.status), slog.String("after", minutes(s.look.waited())))
	}
}

// end sets the outcome and its detail.
func (s *settling) end(outcome Outcome, detail string) Result {
	switch {
	case detail == "":
		detail = s.note
	case s.note != "":
		detail += " (" + s.note + ")"
	}
	s.result.Outcome, s.result.Detail = outcome, detail
	return s.result
}

// step does what the database's state asks for, and tells whether the result is final.
func (s *settling) step(ctx context.Context) (done bool) {
	flags := s.call.flags
	switch next := nextStep(s.effect, s.db.status); {
	case next == stepBroken:
		s.end(Failed, fmt.Sprintf("%s: AWS does not %s it in this state, and it does not end by itself",
			s.db.status, s.verb()))
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
	case s.db.status == stateAvailable, s.db.status == stateStopped:
		s.end(Already, "")
	default:
		s.end(Already, "it is "+s.db.status)
	}
}

func (s *settling) dryRun(next step) {
	if next == stepBusy {
		s.end(DryRun, fmt.Sprintf("would wait while it is %s, then %s it", s.db.status, s.verb()))
		return
	}
	s.end(DryRun, "would "+s.verb()+" it")
}

// act calls AWS. A refusal for the database's state is no end: the state may have changed since it
// was described, or a member of the cluster is busy, so it is looked at again.
func (s *settling) act(ctx context.Context) (done bool) {
	api, err := s.client(s.region)
	if err == nil {
		err = s.limited(ctx, func() error { return s.kind.act[s.effect](ctx, api, &s.db.id) })
	}
	switch {
	case err == nil:
		s.accepted = true
		s.result.To = map[Effect]string{Start: stateStarting, Stop: stateStopping}[s.effect]
		if s.call.flags.wait {
			return false
		}
		s.end(Done, "")
	case hasCode(err, s.kind.notFoundCode):
		s.result = s.failedGet(s.result, s.region, errNotFound)
	case !hasCode(err, s.kind.stateCode, codeMemberBusy):
		s.result = s.result.fail(err, s.kind.actions[s.effect])
	default:
		s.refusal = err
		if hasCode(err, s.kind.stateCode) {
			s.refusals++
		}
		if s.refusals < maxRefusals {
			return false
		}
		s.refusedForGood()
	}
	return true
}

func (s *settling) refusedForGood() {
	if s.db.global != "" {
		s.end(Unsupported, fmt.Sprintf("a member of global database %s is stopped only where it is "+
			"its only cluster: leave it out; %s", s.db.global, explain(s.refusal)))
		return
	}
	s.end(Failed, explain(s.refusal))
}

// outOfTime ends a run whose time is over, or that was interrupted; AWS's retry comes back.
func (s *settling) outOfTime(err error) Result {
	if !errors.Is(err, errTimeShort) {
		return s.end(Failed, explain(err)+" while "+s.db.status)
	}
	detail := fmt.Sprintf("still %s after %s", s.db.status, minutes(s.look.waited()))
	if s.accepted {
		detail = s.verb() + " accepted, " + detail
	}
	if s.refusal != nil && !s.accepted {
		detail += "; " + explain(s.refusal)
	}
	return s.end(Failed, detail)
}

func (s *settling) verb() string {
	return map[Effect]string{Start: "start", Stop: "stop"}[s.effect]
}

// engineNote says, of a cluster that the rds verbs found, whose it is: Neptune and Amazon DocumentDB
// answer to the same API, so stopping them works.
func engineNote(service, engine string) string {
	switch {
	case service != "rds":
		return ""
	case engine == "neptune":
		return "a Neptune cluster"
	case engine == "docdb":
		return "an Amazon DocumentDB cluster"
	}
	return ""
}
