package enforcement_test

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// simulatorFolder names the variable with the folder where npm installed the policy simulator
// @cloud-copilot/iam-simulate. It judges again what these tests were judged by, and is no part of the
// project: where the variable is empty, it is not asked.
const simulatorFolder = "IAM_SIMULATE"

//go:embed testdata/simulate.mjs
var simulate []byte

// verdicts are those of all tests, each once, as JSON.
var verdicts sync.Map

func collect(v fakeaws.Verdict) {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings and lists
	}
	verdicts.Store(string(text), nil)
}

func TestMain(m *testing.M) {
	folder := os.Getenv(simulatorFolder)
	if m.Run() == 0 && folder != "" {
		if err := askSimulator(folder); err != nil {
			panic(err)
		}
	}
}

// askSimulator gives every verdict to the simulator and returns where it says otherwise.
func askSimulator(folder string) error {
	var lines []string
	verdicts.Range(func(key, _ any) bool {
		lines = append(lines, key.(string))
		return true
	})
	slices.Sort(lines)
	cmd := exec.CommandContext(context.Background(), "node", "--input-type=module", "-e", string(simulate))
	cmd.Dir, cmd.Stdin = folder, strings.NewReader(strings.Join(lines, "\n"))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	fmt.Printf("the simulator judged %d requests\n%s", len(lines), out)
	if err != nil {
		return fmt.Errorf("the simulator disagrees: %w\n%s", err, stderr.String())
	}
	return nil
}
