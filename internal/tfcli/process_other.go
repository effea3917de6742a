//go:build !unix

package tfcli

import (
	"errors"
	"os"
	"os/exec"
)

func ownGroup(*exec.Cmd) {}

func killGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }

func interruptGroup(cmd *exec.Cmd) error { return cmd.Process.Signal(os.Interrupt) }

// KillProvider needs Linux or macOS.
func (r *Running) KillProvider() (int, error) {
	return 0, errors.New("killing a provider needs Linux or macOS")
}
