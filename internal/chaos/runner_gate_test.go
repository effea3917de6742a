package chaos_test

import (
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
)

// verdict is what becomes of a call to AWS.
type verdict int

const (
	pass verdict = iota
	// killBefore kills the program that calls, and nothing takes effect.
	killBefore
	// killAfter lets the call take effect, and kills the program before it hears of it.
	killAfter
)

// gate stands between one program and AWS. It is an http.Handler for a program of its own, and an
// HTTP client for a run in this process.
type gate struct {
	aws http.Handler
	// judge decides on each call before it takes effect; it may block.
	judge func() verdict
	// kill ends the program. When it returns, the program does nothing any more.
	kill func()

	mu   sync.Mutex
	dead bool
}

// errKilled is what a run in this process gets instead of answers once it is dead.
var errKilled = errors.New("killed")

// pass lets the call through. Its error is errKilled.
func (g *gate) pass(r *http.Request) (*http.Response, error) {
	v := g.judge()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.dead {
		return nil, errKilled
	}
	answer := httptest.NewRecorder()
	if v != killBefore {
		g.aws.ServeHTTP(answer, r)
	}
	if v != pass {
		g.dead = true
		g.kill()
		return nil, errKilled
	}
	return answer.Result(), nil
}

// ServeHTTP is the way of a program of its own.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, err := g.pass(r)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer answer.Body.Close()
	maps.Copy(w.Header(), answer.Header)
	w.WriteHeader(answer.StatusCode)
	_, _ = io.Copy(w, answer.Body) // the program may be gone
}

// Do is the way of a run in this process.
func (g *gate) Do(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	answer, err := g.pass(r)
	if err != nil {
		return nil, err
	}
	answer.Request = r
	return answer, nil
}
