package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// nobody is a user without rights, as the one that Lambda runs images as.
const nobody = 65534

// inImage returns a command of an image that is unpacked in dir, and says in words how it runs. Root
// can give it the image as its root folder, and nothing else to see.
func inImage(ctx context.Context, dir string, command []string) (*exec.Cmd, string) {
	if os.Getuid() != 0 {
		cmd := exec.CommandContext(ctx, filepath.Join(dir, command[0]), command[1:]...)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
		return cmd, "It runs from the unpacked folder, since chroot is for root: the files around it are this machine's"
	}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Setpgid: true, Pdeathsig: syscall.SIGKILL, Chroot: dir,
		Credential: &syscall.Credential{Uid: nobody, Gid: nobody},
	}
	return cmd, "It runs in the image alone (chroot), as a user without rights"
}
