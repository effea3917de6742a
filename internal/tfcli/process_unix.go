//go:build unix

package tfcli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// ownGroup puts the program and the providers that it starts into a process group of their own,
// and has the group interrupted when its context ends.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
}

// killGroup leaves errors alone: mostly the group is gone already.
func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

func interruptGroup(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }

// KillProvider kills the provider's processes and leaves the program alone. It returns how many it
// killed: none where no provider runs yet. It reads /proc, so it needs Linux.
func (r *Running) KillProvider() (int, error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, err
	}
	killed := 0
	for _, path := range stats {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			return killed, err
		}
		if parent(path) != r.cmd.Process.Pid || !isProvider(pid) {
			continue
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			return killed, fmt.Errorf("killing the provider: %w", err)
		}
		killed++
	}
	return killed, nil
}

// parent reads a process's parent from its stat file: "pid (name) state parent …". It is 0 for a
// process that has just ended.
func parent(statPath string) int {
	stat, err := os.ReadFile(statPath)
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 2 {
		return 0
	}
	pid, err := strconv.Atoi(fields[1])
	if err != nil {
		return 0
	}
	return pid
}

func isProvider(pid int) bool {
	command, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return err == nil && strings.Contains(string(command), "terraform-provider-savings")
}
