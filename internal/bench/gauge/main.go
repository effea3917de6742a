//go:build linux

// Command gauge stands in the place of another program, BENCH_PROGRAM, starts it with its own
// arguments, input and output, and adds a line to the file BENCH_USAGE when it has ended: the most
// memory that it held, in KiB, and the CPU time that it took, in microseconds. It is small, since
// Linux counts the memory of the starting process in as the child's.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

func main() {
	status, err := run(os.Getenv("BENCH_PROGRAM"), os.Getenv("BENCH_USAGE"))
	if err != nil {
		fmt.Fprintln(os.Stderr, "gauge:", err)
		os.Exit(1)
	}
	os.Exit(status)
}

func run(program, file string) (status int, err error) {
	// Who starts the program interrupts its whole process group; the program decides what follows.
	signal.Ignore(os.Interrupt)
	cmd := exec.CommandContext(context.Background(), program, os.Args[1:]...) //nolint:gosec // the benchmark says which
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		return 1, err
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 1, errors.New("this system does not tell what a process used")
	}
	out, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600) //nolint:gosec // the benchmark says where
	if err != nil {
		return 1, err
	}
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	_, err = fmt.Fprintln(out, usage.Maxrss, cpu.Microseconds())
	return cmd.ProcessState.ExitCode(), errors.Join(err, out.Close())
}
