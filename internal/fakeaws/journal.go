package fakeaws

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"time"
)

// Journal is an account that outlives its process: each request is in a file before its answer is
// sent, and the next process asks everything in the file again. Requests run one at a time, so that
// the file has them in the order in which they took effect.
type Journal struct {
	aws *AWS
	now func() time.Time
	// clock stands at the time of the request that runs, be it new or from the file.
	clock Clock

	mu     sync.Mutex
	file   *os.File
	random *rand.Rand // nil without Unreliable
	part   float64
}

// entry is one request in the file, a line of JSON.
type entry struct {
	At                   time.Time
	Method, Host, Target string
	Header               http.Header
	Body                 []byte `json:",omitempty"`
}

// maxJournalBody is above what Lambda takes as a package, 50 MB, in Base64.
const maxJournalBody = 80 << 20

// OpenJournal makes the account that the requests in a file lead to, or an empty one where there is
// no file. now is the account's clock; a WithClock among opts has no effect. A last line that a
// killed process left half written was never answered, and is cut off.
func OpenJournal(path string, now func() time.Time, opts ...Option) (*Journal, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	j := &Journal{now: now, file: file}
	j.aws = New(append(opts, WithClock(j.clock.Now))...)
	if err := j.replay(); err != nil {
		return nil, errors.Join(fmt.Errorf("reading %s: %w", path, err), file.Close())
	}
	return j, nil
}

// AWS is the account itself. What is changed there directly is not in the file.
func (j *Journal) AWS() *AWS { return j.aws }

// Unreliable makes a part of the requests fail, from 0 to below 1, each in a way left to chance:
// throttled, refused by a service in trouble, reset, or with an answer that is lost or cut.
func (j *Journal) Unreliable(part float64, seed uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.random, j.part = rand.New(rand.NewPCG(seed, 0)), part //nolint:gosec // repeatable, no secret
}

func (j *Journal) chance() *Fault {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.random == nil || j.random.Float64() >= j.part {
		return &Fault{}
	}
	faults := []Fault{Throttled(), ServerError(), {Reset: true}, {Lost: true}, {Cut: true}}
	return &faults[j.random.IntN(len(faults))]
}

// refusal words a fault's error as the service would.
func (a *AWS) refusal(header http.Header, fault *Fault) response {
	scope := signature.FindStringSubmatch(header.Get("Authorization"))
	if scope == nil || a.services[scope[3]] == nil {
		return registryError(fault.err().status(), fault.Code, fault.Message)
	}
	return a.services[scope[3]].protocol.encodeError(fault.err())
}

// Close closes the file.
func (j *Journal) Close() error { return j.file.Close() }

// ServeHTTP answers one request once it is in the file.
func (j *Journal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxJournalBody))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	e := entry{Method: r.Method, Host: r.Host, Target: r.URL.RequestURI(), Header: r.Header, Body: body}
	fault := j.chance()
	switch {
	case fault.Reset:
		reset(w)
	case fault.refuses():
		j.aws.refusal(e.Header, fault).send(w)
	default:
		answer, err := j.serve(e)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fault.send(w, answer)
	}
}

func (j *Journal) serve(e entry) (response, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	e.At = j.now()
	line, err := json.Marshal(e)
	if err != nil {
		return response{}, err
	}
	if _, err := j.file.Write(append(line, '\n')); err != nil {
		return response{}, err
	}
	if err := j.file.Sync(); err != nil {
		return response{}, err
	}
	return j.ask(e)
}

// ask lets a request take effect.
func (j *Journal) ask(e entry) (response, error) {
	r, err := http.NewRequestWithContext(context.Background(), e.Method, e.Target, bytes.NewReader(e.Body))
	if err != nil {
		return response{}, err
	}
	r.Host, r.Header, r.RequestURI = e.Host, e.Header, e.Target
	j.clock.set(e.At)
	answer := httptest.NewRecorder()
	j.aws.ServeHTTP(answer, r)
	return response{answer.Code, answer.Header(), answer.Body.Bytes()}, nil
}

// replay asks everything in the file again and leaves the file's end behind the last whole line.
func (j *Journal) replay() error {
	reader := bufio.NewReader(j.file)
	var end int64
	for {
		line, err := reader.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("at byte %d: %w", end, err)
		}
		if _, err := j.ask(e); err != nil {
			return fmt.Errorf("at byte %d: %w", end, err)
		}
		end += int64(len(line))
	}
	if err := j.file.Truncate(end); err != nil {
		return err
	}
	_, err := j.file.Seek(end, io.SeekStart)
	return err
}
