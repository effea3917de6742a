package command

import "slices"

// step is what a resource's state asks for next.
type step int

const (
	stepAct     step = iota // start it, or stop it
	stepArrived             // it is there
	stepMoving              // it is on its way there
	stepBusy                // AWS refuses until it is done with something else
	stepBroken              // it will not come back by itself
)

// states are the names of a kind's states.
type states struct {
	up, starting, down, stopping string
	// busy are the states of a resource that is up, or coming up, and does something that ends by
	// itself.
	busy []string
	// broken need a person, or mean that the resource is going away.
	broken []string
	// startable are the states besides down that a start is accepted in.
	startable []string
	// examples are busy states for the help.
	examples string
}

// moving is the state on the way to where the effect leads.
func (s *states) moving(effect Effect) string {
	if effect == Start {
		return s.starting
	}
	return s.stopping
}

// next tells what to do with a resource in this state. A state that no page of AWS names is taken
// for busy, so it is looked at again while time is left.
func (s *states) next(effect Effect, state string) step {
	here, other := s.down, s.up
	if effect == Start {
		here, other = s.up, s.down
	}
	switch {
	case state == here:
		return stepArrived
	case state == s.moving(effect):
		return stepMoving
	case state == other, effect == Start && slices.Contains(s.startable, state):
		return stepAct
	case s.isBroken(state):
		return stepBroken
	case effect == Start && slices.Contains(s.busy, state):
		return stepMoving
	}
	return stepBusy
}

// isBroken tells whether the state needs a person.
func (s *states) isBroken(state string) bool { return slices.Contains(s.broken, state) }
