// Command profiled is the provider, and writes a profile of its CPU time into the folder
// BENCH_PROFILES.
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
	provider.CollectRarely()
	// OpenTofu starts a provider several times in one command.
	name := fmt.Sprint(os.Getpid())
	cpu, err := os.Create(filepath.Join(dir, name+".cpu")) //nolint:gosec // the benchmark says where
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return err
	}
	err = tf6server.Serve("registry.opentofu.org/spin-dd/savings", provider.NewServer("dev"))
	pprof.StopCPUProfile()
	return errors.Join(err, cpu.Close())
}
