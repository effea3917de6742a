// Command cmd serves the fake AWS on a loopback address, for use with real programs. Its state is a
// file, so killing it loses nothing:
//
//	go run ./internal/fakeaws/cmd -state aws.jsonl -fail 0.2 -seed 7
//	AWS_ENDPOINT_URL=http://127.0.0.1:4599 AWS_REGION=us-east-1 tofu apply
//
// It takes any access key and ends at an interrupt.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, os.Args[1:], func(address string) { fmt.Println("http://" + address) })
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run serves until ctx ends. It calls listening with its address as soon as it answers.
func run(ctx context.Context, args []string, listening func(address string)) error {
	flags := flag.NewFlagSet("fakeaws", flag.ContinueOnError)
	port := flags.Int("port", 4599, "port on 127.0.0.1; 0 takes a free one")
	state := flags.String("state", "fakeaws.jsonl", "file that holds the state")
	region := flags.String("region", fakeaws.Region, "region")
	fail := flags.Float64("fail", 0, "part of the requests that fail: 0.2 is one in five")
	seed := flags.Uint64("seed", 1, "seed of the requests that fail")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *fail < 0 || *fail >= 1 {
		return fmt.Errorf("-fail: %g is no part of the requests; it is from 0 to below 1", *fail)
	}
	journal, err := fakeaws.OpenJournal(*state, time.Now, fakeaws.WithRegion(*region))
	if err != nil {
		return err
	}
	defer journal.Close() //nolint:errcheck // every line has been synced
	journal.Unreliable(*fail, *seed)
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		return err
	}
	listening(listener.Addr().String())
	return serve(ctx, listener, journal)
}

func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	stopped := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stopped()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
