//go:build unix

package emulator

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// process is a program in a process group of its own, together with a watcher that kills the group
// and removes its folder when the pipe from us closes, which it does whatever ends this process.
type process struct {
	cmd    *exec.Cmd
	pipe   *os.File
	done   chan struct{}
	waited error
}

// watched runs its arguments after the first as a program. The shell becomes the program, so that
// $$ is both the program and its group.
const watched = `dir=$1; shift
( cat; kill -9 $$; rm -rf "$dir"; kill -9 -- -$$ ) <&3 >/dev/null 2>&1 &
exec "$@" 3<&-`

func startProcess(dir, logPath string, command, env []string) (*process, error) {
	logFile, err := os.Create(logPath)
	if err != nil {
		return nil, err
	}
	defer logFile.Close()
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	// No context: the program outlives the call that starts it, and kill or the watcher ends it.
	args := append([]string{"-c", watched, "sh", dir}, command...)
	cmd := exec.CommandContext(context.Background(), "/bin/sh", args...)
	cmd.Dir = dir
	cmd.Env = env
	cmd.Stdout, cmd.Stderr = logFile, logFile
	cmd.ExtraFiles = []*os.File{read}
	// A group of its own keeps Ctrl-C from it: who started it decides when it goes.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("running %s: %w", command[0], err), write.Close())
	}
	p := &process{cmd: cmd, pipe: write, done: make(chan struct{})}
	go func() {
		p.waited = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// kill ends the program and its group, and returns when the program is gone.
func (p *process) kill() error {
	err := syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		err = nil
	}
	<-p.done
	return errors.Join(err, p.pipe.Close())
}
