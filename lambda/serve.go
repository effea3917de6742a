package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Limits of the local endpoint. An event and a run are bounded as in Lambda (Lambda Developer Guide,
// "Lambda quotas"); the others keep a client that stalls from holding a connection.
const (
	maxEvent      = 6 << 20 // bytes
	maxRun        = 15 * time.Minute
	headerTimeout = 10 * time.Second
	readTimeout   = time.Minute
	idleTimeout   = time.Minute
	// stopTimeout is what runs get at the end, to report that they were interrupted.
	stopTimeout = 5 * time.Second
)

// invocations is where Lambda's local endpoint takes events.
const invocations = "/2015-03-31/functions/function/invocations"

// serve plays Lambda's local endpoint until ctx ends, and returns the exit code.
func serve(ctx context.Context, args []string, h *handler, stderr io.Writer) int {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.SetOutput(stderr)
	port := flags.Uint("port", 9000, "the `PORT` to listen on, 0 for a free one")
	address := flags.String("address", "127.0.0.1", "the IP `ADDRESS` to listen on")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return exitUsage
	}
	if flags.NArg() > 0 || *port > 65535 || net.ParseIP(*address) == nil {
		fmt.Fprintf(stderr, "serve takes a --port from 0 to 65535 and an IP --address\n")
		return exitUsage
	}
	where := net.JoinHostPort(*address, strconv.FormatUint(uint64(*port), 10))
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", where)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	fmt.Fprintf(stderr, "listening on http://%s%s\n", listener.Addr(), invocations)
	if err := serveOn(ctx, listener, &endpoint{h, *address}); err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

// serveOn serves until ctx ends. Then runs are interrupted, and have a moment to answer.
func serveOn(ctx context.Context, listener net.Listener, e http.Handler) error {
	server := &http.Server{
		Handler: e, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout,
		WriteTimeout: readTimeout + maxRun + stopTimeout, IdleTimeout: idleTimeout,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		stopped <- server.Shutdown(ctx)
	})
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// endpoint answers POST /2015-03-31/functions/function/invocations.
type endpoint struct {
	handler *handler
	// address is the one that the endpoint listens on, and may be called by.
	address string
}

// ServeHTTP runs one event. What the run fails with is, as in Lambda, an answer with status 200
// (Lambda API Reference, "Invoke").
func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Header.Get("Origin") != "" || !e.local(r.Host):
		// A web page in the user's browser must not stop databases, nor one that gives its own name
		// this machine's address.
		refuse(w, http.StatusForbidden, "ForbiddenException",
			"this endpoint is for programs on this machine, not for web pages")
		return
	case r.URL.Path != invocations:
		refuse(w, http.StatusNotFound, "ResourceNotFoundException", "events go to "+invocations)
		return
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		refuse(w, http.StatusMethodNotAllowed, "MethodNotAllowedException", "events are sent by POST")
		return
	}
	event, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEvent))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		refuse(w, http.StatusRequestEntityTooLarge, "RequestTooLargeException",
			fmt.Sprintf("an event has at most %d bytes", maxEvent))
		return
	} else if err != nil {
		refuse(w, http.StatusBadRequest, "InvalidRequestContentException", err.Error())
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), maxRun)
	defer cancel()
	answer, err := e.handler.Invoke(ctx, event)
	if err != nil {
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
		refuse(w, http.StatusOK, "runError", err.Error())
		return
	}
	send(w, http.StatusOK, answer)
}

// local tells whether a Host header names this machine: a name that is somebody's else could be made
// to point here (DNS rebinding).
func (e *endpoint) local(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && (ip.IsLoopback() || ip.Equal(net.ParseIP(e.address)))
}

// refuse answers in the shape of Lambda's errors.
func refuse(w http.ResponseWriter, status int, kind, message string) {
	body, err := json.Marshal(struct {
		Message string `json:"errorMessage"`
		Type    string `json:"errorType"`
	}{message, kind})
	if err != nil {
		panic(err) // two strings always encode
	}
	send(w, status, body)
}

func send(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // the client may be gone
}
