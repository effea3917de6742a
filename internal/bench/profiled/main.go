// Command profiled is the provider, and writes profiles of itself into the folder BENCH_PROFILES: of
// its CPU time, and of what it had allocated when it ended.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/spin-dd/terraform-provider-savings/provider"
)

func main() {
	if err := run(os.Getenv("BENCH_PROFILES")); err != nil {
		fmt.Fprintln(os.Stderr, "profiled:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	// OpenTofu starts a provider several times in one command.
	name := fmt.Sprint(os.Getpid())
	cpu, err := os.Create(filepath.Join(dir, name+".cpu"))
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return err
	}
	err = tf6server.Serve("registry.opentofu.org/spin-dd/savings", provider.NewServer("dev"))
	pprof.StopCPUProfile()
	heap, createErr := os.Create(filepath.Join(dir, name+".heap"))
	if createErr != nil {
		return errors.Join(err, cpu.Close(), createErr)
	}
	return errors.Join(err, cpu.Close(), pprof.Lookup("allocs").WriteTo(heap, 0), heap.Close())
}
