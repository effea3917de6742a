//go:build !linux

package main

import (
	"context"
	"os/exec"
)

// inImage is never called: the demo needs Linux.
func inImage(ctx context.Context, _ string, command []string) (*exec.Cmd, string) {
	return exec.CommandContext(ctx, command[0], command[1:]...), ""
}
