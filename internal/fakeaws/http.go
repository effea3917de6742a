package fakeaws

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Request is one request as it was received.
type Request struct {
	// Service is the signing name, Operation the API's name of the call.
	Service, Operation string
	// Region is the one that the client signed for; the fake answers all alike.
	Region string
	// Name tells what the request is about, such as "group/schedule" or an ARN.
	Name string
	// Input is the decoded body with the members from path and query, under their names on the wire.
	// Of a form each field is a string ("Tags.member.1.Key").
	Input map[string]any
	At    time.Time
}

// Error is an error answer of AWS.
type Error struct {
	Code, Message string
	// Status is the HTTP status; 0 is 400.
	Status int
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

func errf(status int, code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Status: status}
}

// service is what the HTTP side knows of a service.
type service struct {
	name     string // signing name
	protocol protocol
	// operations are run one at a time, under the AWS's lock.
	operations map[string]func(*call) (any, error)
	// nameKeys are the input members that make up Request.Name.
	nameKeys  []string
	leftovers func() []string
}

// protocol is how a service's calls travel. decode returns the operation's name too.
type protocol interface {
	decode(r *http.Request, body []byte) (string, *call, error)
	encode(operation string, output any) response
	encodeError(err *Error) response
}

// response is an answer ready to be sent.
type response struct {
	status int
	header http.Header
	body   []byte
}

func (r response) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), r.header)
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body) // the client may be gone
}

// signature is the Authorization header of Signature Version 4; its credential scope is
// key/date/region/service/aws4_request (IAM User Guide, "Elements of an AWS API request
// signature").
var signature = regexp.MustCompile(`Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request`)

// ServeHTTP answers one API call, or one request to ECR's registry, which is not signed.
func (a *AWS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	scope := signature.FindStringSubmatch(r.Header.Get("Authorization"))
	if scope == nil && strings.HasPrefix(r.URL.Path+"/", registryPath) {
		a.ecr.serveRegistry(w, r)
		return
	}
	// The whole body is read first: net/http's client fails now and then on an early answer.
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if scope == nil || a.services[scope[3]] == nil {
		http.Error(w, fmt.Sprintf("no service for %q", scope), http.StatusNotImplemented)
		return
	}
	s := a.services[scope[3]]
	operation, c, err := s.protocol.decode(r, body)
	if err != nil {
		s.protocol.encodeError(asError(err)).send(w)
		return
	}
	c.accessKey, c.region = scope[1], scope[2]
	request := a.record(s, c.region, operation, c)
	fault := cmp.Or(a.fault(request), &Fault{})
	switch {
	case fault.Reset:
		reset(w)
	case fault.Code != "" && !fault.Lost:
		s.protocol.encodeError(fault.err()).send(w)
	default:
		answer := a.run(s, operation, c)
		fault.holdBack(r)
		if fault.Lost {
			reset(w)
			return
		}
		answer.send(w)
	}
}

// record keeps the request and calls the hooks.
func (a *AWS) record(s *service, region, operation string, c *call) Request {
	request := Request{
		Service: s.name, Operation: operation, Region: region, Input: c.input(), At: a.now(),
	}
	request.Name = joinNames(request.Input, s.nameKeys)
	a.mu.Lock()
	a.requests = append(a.requests, request)
	hooks := slices.Clone(a.hooks)
	a.mu.Unlock()
	for _, hook := range hooks {
		hook(request)
	}
	return request
}

func joinNames(input map[string]any, keys []string) string {
	var parts []string
	for _, key := range keys {
		switch value := input[key].(type) {
		case string:
			if value != "" {
				parts = append(parts, value)
			}
		case []any:
			parts = append(parts, strings.Trim(fmt.Sprint(value), "[]"))
		}
	}
	return strings.Join(parts, "/")
}

// run lets the request take effect. The answer is encoded under the lock, since it may share memory
// with the state.
func (a *AWS) run(s *service, operation string, c *call) response {
	handle := s.operations[operation]
	if handle == nil {
		return s.protocol.encodeError(errf(http.StatusNotImplemented, "NotImplemented",
			"fakeaws has no %s %s", s.name, operation))
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.authorize(s, operation, c); err != nil {
		return s.protocol.encodeError(err)
	}
	output, err := handle(c)
	if err != nil {
		return s.protocol.encodeError(asError(err))
	}
	return s.protocol.encode(operation, output)
}

func (f *Fault) holdBack(r *http.Request) {
	if f.Then != nil {
		f.Then()
	}
	if f.Hold != nil {
		select {
		case <-f.Hold:
		case <-r.Context().Done():
		}
	}
	if f.Delay > 0 {
		select {
		case <-time.After(f.Delay):
		case <-r.Context().Done():
		}
	}
}

// reset closes the connection so that the client sees it reset.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

func asError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return errf(http.StatusBadRequest, "SerializationException", "%s", err)
}

// digest is a stable identifier for a name.
func digest(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
