package fakeaws

import (
	"net/http"
	"strings"
	"time"
)

// Match selects requests. Empty fields match everything. The SDK's retries are requests too.
type Match struct {
	// Service is the signing name, Operation the API's name of the call: "scheduler",
	// "CreateSchedule".
	Service, Operation string
	// Name is a part of the request's Name.
	Name string
	// Nth selects only the nth of the requests that match so far, counted from 1.
	Nth int
	// After leaves out the first requests that match.
	After int
	// Times bounds how often the fault strikes; 0 is without bound.
	Times int
}

// Fault is what happens to a request instead of, or beside, its effect. Reset and Lost come before
// Code.
type Fault struct {
	// Code answers an error of this code and nothing takes effect. Status is its HTTP status, 400
	// unless set.
	Code, Message string
	Status        int
	// Reset closes the connection; nothing takes effect.
	Reset bool
	// Lost lets the request take effect and closes the connection instead of an answer.
	Lost bool
	// Delay, in real time, and Hold keep back an answer whose request has taken effect: Hold until it
	// is closed, or the client goes.
	Delay time.Duration
	Hold  <-chan struct{}
	// Then is called when the request has taken effect, before its answer; it may block.
	Then func()
}

// Throttled is the answer to too many requests.
func Throttled() Fault {
	return Fault{
		Code: "ThrottlingException", Message: "Rate exceeded", Status: http.StatusTooManyRequests,
	}
}

// ServerError is the answer of a service in trouble.
func ServerError() Fault {
	return Fault{
		Code: "InternalServerException", Message: "Internal server error",
		Status: http.StatusInternalServerError,
	}
}

type armedFault struct {
	Match
	Fault
	seen, struck int
}

// Fail makes requests that match m meet f. Of several faults that match, the one armed first
// strikes.
func (a *AWS) Fail(m Match, f Fault) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.faults = append(a.faults, &armedFault{Match: m, Fault: f})
}

// Inject has decide called with each request that no armed fault strikes, before it takes effect;
// the request meets the fault that decide returns. decide may block, and replaces an earlier one.
func (a *AWS) Inject(decide func(Request) Fault) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.decide = decide
}

// ClearFaults disarms all faults.
func (a *AWS) ClearFaults() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.faults, a.decide = nil, nil
}

// fault returns what shall happen to the request, or nil.
func (a *AWS) fault(r Request) *Fault {
	found, decide := a.armed(r)
	if found == nil && decide != nil {
		decided := decide(r)
		return &decided
	}
	return found
}

func (a *AWS) armed(r Request) (found *Fault, decide func(Request) Fault) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, f := range a.faults {
		if f.strikes(r) && found == nil {
			f.struck++
			found = &f.Fault
		}
	}
	return found, a.decide
}

// strikes counts the request, if it matches, and tells whether the fault applies to it.
func (f *armedFault) strikes(r Request) bool {
	if f.Service != "" && f.Service != r.Service ||
		f.Operation != "" && f.Operation != r.Operation || !strings.Contains(r.Name, f.Name) {
		return false
	}
	f.seen++
	if f.Times > 0 && f.struck >= f.Times {
		return false
	}
	if f.Nth > 0 {
		return f.seen == f.Nth
	}
	return f.seen > f.After
}

func (f *Fault) err() *Error {
	return &Error{Code: f.Code, Message: f.Message, Status: f.Status}
}
