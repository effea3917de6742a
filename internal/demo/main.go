// Command demo shows the main job on local emulators, with the real OpenTofu, the provider as it
// was built and a real Lambda process: a schedule fires by itself and a running Aurora cluster
// stops. It says what it does, and fails where a step does not happen. Run it with make demo.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/emulator"
)

// timeout bounds the whole demo; mostly it waits for the minute in which the schedule fires.
const timeout = 8 * time.Minute

func main() {
	image := flag.Bool("image", false, "run the function from its container image, by way of a registry")
	flag.Parse()
	if runtime.GOOS != "linux" {
		fmt.Println("The demo runs the Lambda function as a process of this machine, so it needs Linux.")
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, ".", os.Stdout, *image)
	if ctx.Err() != nil {
		err = errors.New("interrupted; the local AWS and all in it are gone")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// run runs the demo in a folder of its own; root is the module's folder.
func run(ctx context.Context, root string, out io.Writer, image bool) (err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	began := time.Now()
	dir, err := os.MkdirTemp("", "savings-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	d := newDemo(out)
	var settings []string
	if image {
		if d.image, err = listen(ctx); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, d.image.close()) }()
		settings = []string{proxySetting(d.function(), d.image.url())}
	}
	cloud, err := emulator.Start(ctx, root, emulator.Ministack, settings...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cloud.Close()) }()
	if err := d.begin(ctx, root, dir, cloud); err != nil {
		return err
	}
	for _, step := range d.steps() {
		if err := step(ctx); err != nil {
			return err
		}
	}
	d.say("Done in %s.", time.Since(began).Round(time.Second))
	return nil
}

// steps are what the demo shows, in order.
func (d *demo) steps() []func(context.Context) error {
	tools := []func(context.Context) error{d.createCluster, d.applyTools}
	if d.image != nil {
		tools = []func(context.Context) error{d.createCluster, d.createRepository, d.applyTools, d.runImage}
	}
	return append(tools, d.applySaving, d.waitForStop, d.changeOne, d.mistype, d.destroy)
}
