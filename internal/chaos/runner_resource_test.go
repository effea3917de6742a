package chaos_test

import (
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// runnerTrips are all verbs of a savings_runner, as a zip package and as an image.
func runnerTrips() []trip {
	zip, image := aRunner(false), aRunner(true)
	changedZip, changedImage, renamed := zip, image, zip
	changedZip.memory, changedZip.timeout, changedZip.retention = 256, 600, 30
	changedZip.architecture, changedZip.tags = "x86_64", map[string]string{"team": "data", "env": "dev"}
	changedImage.memory, changedImage.architecture = 512, "x86_64"
	renamed.name = "renamed"
	otherImage := image
	otherImage.name = "renamed"
	turned := zip
	turned.image = true
	return []trip{
		{"create of a zip package", "destroy of a zip package", nothing{}, zip},
		{"create of an image", "destroy of an image", nothing{}, image},
		{"update of a zip package", "update back of a zip package", zip, changedZip},
		{"update of an image", "update back of an image", image, changedImage},
		{"zip package to image", "image to zip package", zip, turned},
		{"replace of a zip package", "replace back of a zip package", zip, renamed},
		{"replace of an image", "replace back of an image", image, otherImage},
	}
}

// runnerOf is a runner of the trip, which has the repository's address for all of it.
func runnerOf(tr trip) runner { return tr.to.(runner) }

func TestChaos_killRunner(t *testing.T) {
	t.Parallel()
	tallies := map[string]*tally{}
	trips := runnerTrips()
	for _, tr := range trips {
		for _, verb := range []string{tr.there, tr.back} {
			tallies[verb] = &tally{experiment: "SIGKILL at each call, savings_runner: " + verb}
		}
	}
	t.Run("trips", func(t *testing.T) {
		for i := range trips {
			for j, tool := range []tfcli.Tool{tfcli.Tofu, tfcli.Terraform} {
				first, step := 1, 1
				switch {
				case everything:
				case !*full && i%2 != j:
					continue
				case !*full:
					first, step = 5+i, 17
				case tool == tfcli.Terraform:
					first, step = 4, 7
				}
				tr := runnerTrips()[i] // the address of a repository is each account's own
				t.Run(strings.ReplaceAll(tr.there, " ", "_")+" "+string(tool), func(t *testing.T) {
					t.Parallel()
					killAll(t, tool, runnerOf(tr).prepare, tr, tallies, first, step)
				})
			}
		}
	})
	for _, tr := range trips {
		tallies[tr.there].report(t)
		tallies[tr.back].report(t)
	}
}

func TestChaos_interruptRunner(t *testing.T) {
	t.Parallel()
	once := &tally{experiment: "SIGINT once in each verb, savings_runner"}
	twice := &tally{experiment: "SIGINT twice in each verb, savings_runner"}
	t.Run("trips", func(t *testing.T) {
		for i := range runnerTrips() {
			tr := runnerTrips()[i] // the address of a repository is each account's own
			tool, first, step := tfcli.Tofu, 1, 3
			if i%2 == 1 {
				tool = tfcli.Terraform
			}
			if !*full {
				first, step = 6+2*i, 1000
			}
			t.Run(strings.ReplaceAll(tr.there, " ", "_"), func(t *testing.T) {
				t.Parallel()
				interrupts(t, tool, runnerOf(tr).prepare, tr, once, twice, first, step)
			})
		}
	})
	once.report(t)
	twice.report(t)
}
