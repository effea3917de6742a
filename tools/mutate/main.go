// Command mutate changes the sources in small ways, one at a time, and counts how many of the changes
// the tests catch:
//
//	go run ./tools/mutate -sample 100 -seed 1 -test ./internal/awscron internal/awscron/*.go
//
// A mutant that does not compile is none. The sources on disk stay as they are: go test gets the
// changed file as an overlay.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	sample := flag.Int("sample", 0, "try so many mutants, left to chance; 0 tries all")
	seed := flag.Uint64("seed", 1, "seed of the sample")
	test := flag.String("test", "", "folders of the packages whose tests judge, separated by commas (required)")
	pattern := flag.String("run", "", "pattern of the tests that judge; all by default")
	timeout := flag.Duration("timeout", 3*time.Minute, "a test that runs so long has caught its mutant")
	flag.Parse()
	if *test == "" || flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: mutate -test PACKAGES [-sample N] FILE…")
		os.Exit(2)
	}
	j := judge{packages: strings.Split(*test, ","), pattern: *pattern, timeout: *timeout}
	if err := run(j, flag.Args(), *sample, *seed); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(j judge, files []string, sample int, seed uint64) error {
	var all []mutant
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		found, err := mutants(file)
		if err != nil {
			return err
		}
		all = append(all, found...)
	}
	random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // repeatable, no secret
	random.Shuffle(len(all), func(a, b int) { all[a], all[b] = all[b], all[a] })
	counts := map[verdict]int{}
	var survivors []string
	for _, m := range all {
		if sample > 0 && counts[caught]+counts[survived] == sample {
			break
		}
		got, err := j.try(m)
		if err != nil {
			return err
		}
		counts[got]++
		fmt.Printf("%s  %s\n", got, m)
		if got == survived {
			survivors = append(survivors, m.String())
		}
	}
	tried := counts[caught] + counts[survived]
	fmt.Printf("\n%d of %d mutants (seed %d, of %d places), %d caught (%.1f %%), %d not viable\n", tried,
		len(all)-counts[notViable], seed, len(all), counts[caught],
		100*float64(counts[caught])/float64(max(tried, 1)), counts[notViable])
	slices.Sort(survivors)
	fmt.Println(strings.Join(survivors, "\n"))
	return nil
}

// verdict is what became of a mutant.
type verdict string

const (
	caught    verdict = "caught    "
	survived  verdict = "SURVIVED  "
	notViable verdict = "not viable"
)

// judge runs the tests.
type judge struct {
	packages []string
	pattern  string
	timeout  time.Duration
}

// try runs the tests with a mutant in the place of its file.
func (j judge) try(m mutant) (verdict, error) {
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	overlay, err := m.overlay(dir)
	if err != nil {
		return "", err
	}
	for i, folder := range j.packages {
		program := filepath.Join(dir, fmt.Sprintf("%d.test", i))
		build := exec.CommandContext(context.Background(), "go", "test", "-c", "-vet=off", "-ldflags=-s -w",
			"-overlay", overlay, "-o", program, folder)
		if passed, err := passes(build); !passed || err != nil {
			return notViable, err
		}
		if passed, err := j.passes(program, folder); !passed || err != nil {
			return caught, err
		}
	}
	return survived, nil
}

// passes runs a package's tests in its folder, up to the first that fails. The program knows its limit
// only from main on: one that hangs before, in a package's variables, is killed a little later.
func (j judge) passes(program, folder string) (bool, error) {
	args := []string{"-test.short", "-test.failfast", "-test.timeout", j.timeout.String()}
	if j.pattern != "" {
		args = append(args, "-test.run", j.pattern)
	}
	ctx, cancel := context.WithTimeout(context.Background(), j.timeout+j.timeout/10)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = folder
	return passes(cmd)
}

// passes tells whether a command ends with status 0; an error is that it did not run.
func passes(cmd *exec.Cmd) (bool, error) {
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return false, nil
	}
	return err == nil, err
}

// overlay writes the changed file and the overlay that names it.
func (m mutant) overlay(dir string) (string, error) {
	path, err := filepath.Abs(m.file)
	if err != nil {
		return "", err
	}
	changed := filepath.Join(dir, "mutant.go")
	if err := os.WriteFile(changed, m.source, 0o600); err != nil {
		return "", err
	}
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{path: changed}})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, text, 0o600)
}
