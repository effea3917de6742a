// Command demo shows the main job on local emulators, with the real OpenTofu, the provider as it
// was built and a real Lambda process: a schedule fires by itself and a running Aurora cluster
// stops. It says what it does, and fails where a step does not happen. Run it with make demo.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/emulator"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// timeout bounds the whole demo; mostly it waits for the minute in which the schedule fires.
const timeout = 8 * time.Minute

func main() {
	if runtime.GOOS != "linux" {
		fmt.Println("The demo runs the Lambda function as a process of this machine, so it needs Linux.")
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, ".", os.Stdout)
	if ctx.Err() != nil {
		err = errors.New("interrupted; the local AWS and all in it are gone")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// run runs the demo in a folder of its own; root is the module's folder.
func run(ctx context.Context, root string, out io.Writer) (err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	began := time.Now()
	dir, err := os.MkdirTemp("", "savings-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	cloud, err := emulator.Start(ctx, root, emulator.Ministack)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cloud.Close()) }()
	cli, err := tfcli.New(root, dir, tfcli.Tofu, cloud.Env())
	if err != nil {
		return err
	}
	d, err := newDemo(ctx, root, out, cloud, cli)
	if err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{
		d.createCluster, d.applyTools, d.applySaving, d.waitForStop, d.changeOne, d.mistype, d.destroy,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	d.say("Done in %s.", time.Since(began).Round(time.Second))
	return nil
}
