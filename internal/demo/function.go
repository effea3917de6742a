package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// imageFunction is what ministack calls in place of a container: it hands events on to the program
// of the image, once that runs.
type imageFunction struct {
	listener net.Listener
	server   *http.Server
	stop     context.CancelFunc
	running  sync.WaitGroup
	exited   chan error

	mu     sync.Mutex
	target *url.URL
	lines  []string
}

// headerTimeout keeps a client that stalls from holding a connection.
const headerTimeout = 10 * time.Second

// listen opens the address that ministack is told of before there is an image.
func listen(ctx context.Context) (*imageFunction, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f := &imageFunction{listener: listener, exited: make(chan error, 1), stop: func() {}}
	f.server = &http.Server{Handler: f, ReadHeaderTimeout: headerTimeout}
	go func() { _ = f.server.Serve(listener) }() // close ends it
	return f, nil
}

func (f *imageFunction) url() string { return "http://" + f.listener.Addr().String() }

// proxySetting tells ministack where the function of a name runs.
func proxySetting(function, url string) string {
	return "MINISTACK_LAMBDA_PROXY_" + function + "=" + url
}

// ServeHTTP hands an event on.
func (f *imageFunction) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	target := f.target
	f.mu.Unlock()
	if target == nil {
		http.Error(w, "the image does not run yet", http.StatusServiceUnavailable)
		return
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.Out.URL, p.Out.Host = target, "" }}
	proxy.ServeHTTP(w, r)
}

// close ends the program and the listening.
func (f *imageFunction) close() error {
	err := f.server.Close()
	f.stop()
	f.running.Wait()
	return err
}

// listening is the program's line that tells where it takes events.
var listening = regexp.MustCompile(`listening on (http://\S+)`)

// start runs the entrypoint of an image that is unpacked in dir, waits until it listens, and says in
// words how it runs.
func (f *imageFunction) start(ctx context.Context, dir string, entrypoint, env []string) (string, error) {
	ctx, f.stop = context.WithCancel(ctx)
	cmd, how := inImage(ctx, dir, slices.Concat(entrypoint, []string{"serve", "--port", "0"}))
	cmd.Env = env
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return how, err
	}
	if err := cmd.Start(); err != nil {
		return how, fmt.Errorf("starting the image's entrypoint: %w", err)
	}
	found := make(chan *url.URL, 1)
	f.running.Go(func() {
		f.read(stderr, found)
		f.exited <- cmd.Wait()
	})
	select {
	case target := <-found:
		f.mu.Lock()
		defer f.mu.Unlock()
		f.target = target
		return how, nil
	case err := <-f.exited:
		return how, fmt.Errorf("the image's entrypoint ended: %w\n%s", err, strings.Join(f.log(), "\n"))
	case <-ctx.Done():
		return how, ctx.Err()
	}
}

// read keeps the program's lines until it ends.
func (f *imageFunction) read(stderr io.Reader, found chan<- *url.URL) {
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		f.mu.Lock()
		f.lines = append(f.lines, lines.Text())
		f.mu.Unlock()
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			if target, err := url.Parse(m[1]); err == nil {
				found <- target
			}
		}
	}
}

// log is what the program has written so far.
func (f *imageFunction) log() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.lines)
}
