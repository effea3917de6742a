// Package acctest is for tests alone: it gives them local AWS emulators, and the real OpenTofu and
// Terraform with the provider as it was built. Failures end the test; logs are shown where it fails.
package acctest

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/spin-dd/terraform-provider-savings/internal/emulator"
)

// logLines is how much of an emulator's log a failing test shows.
const logLines = 60

// Emulator is a running emulator, shared by all tests of a process: tests use names of their own.
type Emulator struct{ *emulator.Server }

// shared is an emulator that is started at its first use. Nothing stops it: it goes with the test
// process, however that ends.
type shared struct {
	once   sync.Once
	server *emulator.Server
	err    error
}

var emulators = map[emulator.Kind]*shared{emulator.Ministack: {}, emulator.Moto: {}, emulator.AWS: {}}

// RealAWS is the environment variable that, set to 1, lets acceptance tests run against the account
// of the environment's credentials instead of the emulators: see make acc-aws.
const RealAWS = "TF_ACC_AWS"

// Ministack returns the process's ministack, which fires schedules and runs functions.
func Ministack(tb testing.TB) *Emulator {
	tb.Helper()
	return Start(tb, emulator.Ministack)
}

// Moto returns the process's moto.
func Moto(tb testing.TB) *Emulator {
	tb.Helper()
	return Start(tb, emulator.Moto)
}

// Start returns the process's emulator of a kind. With -short the test is skipped.
func Start(tb testing.TB, kind emulator.Kind) *Emulator {
	tb.Helper()
	if testing.Short() {
		tb.Skip("needs an emulator")
	}
	s := emulators[kind]
	s.once.Do(func() {
		// The emulator serves later tests too, so it does not hang on this one's context.
		if kind == emulator.AWS {
			s.server, s.err = startAccount(context.Background())
			return
		}
		s.server, s.err = emulator.Start(context.Background(), Root(tb), kind)
	})
	if s.err != nil {
		tb.Fatal(s.err)
	}
	tb.Cleanup(func() {
		if tb.Failed() && kind != emulator.AWS {
			tb.Logf("the end of %s's log:\n%s", kind, s.server.LogTail(logLines))
		}
	})
	return &Emulator{s.server}
}

// Config is the AWS configuration for clients of the emulator.
func (e *Emulator) Config(tb testing.TB) aws.Config {
	tb.Helper()
	cfg, err := e.Server.Config(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return cfg
}

// CheckEmpty fails the test where anything is left of what the provider makes whose name begins
// with prefix, the test's own.
func (e *Emulator) CheckEmpty(tb testing.TB, prefix string) {
	tb.Helper()
	left, err := e.Leftovers(tb.Context(), prefix)
	if err != nil {
		tb.Fatal(err)
	}
	if len(left) > 0 {
		tb.Errorf("left behind: %s", strings.Join(left, ", "))
	}
}

// Root is the module's folder.
func Root(tb testing.TB) string {
	tb.Helper()
	root, err := findRoot()
	if err != nil {
		tb.Fatal(err)
	}
	return root
}

func findRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		_, err := os.Stat(filepath.Join(dir, "go.mod"))
		if err == nil {
			return dir, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("finding the module's folder: no go.mod here or above")
		}
		dir = filepath.Dir(dir)
	}
}
