package chaos_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// runnerTrips are all verbs of a savings_runner, as a zip package and as an image. Each call's
// configurations share the address of a repository, which is an account's own.
func runnerTrips() []trip {
	zip, image := aRunner(false), aRunner(true)
	changedZip, changedImage, renamedZip, renamedImage, turned := zip, image, zip, image, zip
	changedZip.memory, changedZip.timeout, changedZip.retention = 256, 600, 30
	changedZip.architecture, changedZip.tags = "x86_64", map[string]string{"team": "data", "env": "dev"}
	changedImage.memory, changedImage.architecture = 512, "x86_64"
	renamedZip.name, renamedImage.name = "renamed", "renamed"
	turned.image = true
	return []trip{
		{"create of a zip package", "destroy of a zip package", nothing{}, zip},
		{"create of an image", "destroy of an image", nothing{}, image},
		{"update of a zip package", "update back of a zip package", zip, changedZip},
		{"update of an image", "update back of an image", image, changedImage},
		{"zip package to image", "image to zip package", zip, turned},
		{"replace of a zip package", "replace back of a zip package", zip, renamedZip},
		{"replace of an image", "replace back of an image", image, renamedImage},
	}
}

// runnerTrip is one of them, with what it finds in its account.
func runnerTrip(number int) (trip, func(*fakeaws.AWS)) {
	tr := runnerTrips()[number]
	return tr, tr.to.(runner).prepare
}

func TestChaos_killRunner(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	for number, tr := range runnerTrips() {
		t.Run(strings.ReplaceAll(tr.there, " ", "_"), func(t *testing.T) {
			t.Parallel()
			of := func() (trip, func(*fakeaws.AWS)) { return runnerTrip(number) }
			killTrip(t, of, number, "savings_runner")
		})
	}
}

func TestChaos_interruptRunner(t *testing.T) {
	t.Parallel()
	once := &tally{experiment: "SIGINT once in each verb, savings_runner", imports: true}
	twice := &tally{experiment: "SIGINT twice in each verb, savings_runner", imports: true}
	t.Run("trips", func(t *testing.T) {
		for i := range runnerTrips() {
			tr, prepare := runnerTrip(i)
			tool, first, step := tfcli.Tofu, 1, 3
			if i%2 == 1 {
				tool = tfcli.Terraform
			}
			if !*full {
				first, step = 6+2*i, 1000
			}
			t.Run(strings.ReplaceAll(tr.there, " ", "_"), func(t *testing.T) {
				t.Parallel()
				interrupts(t, tool, prepare, tr, once, twice, first, step)
			})
		}
	})
	once.report(t)
	twice.report(t)
}
