package doctor_test

import (
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/doctor"
)

// An event by tag needs rights on a condition: the policy that is written for it is enough, one for
// another tag is not.
func TestLook_eventByTag(t *testing.T) {
	t.Parallel()
	args := func(tag string) []string { return []string{"ec2", "stop-instances", tag} }
	for granted, want := range map[string]doctor.Status{"deploy=devel": doctor.OK, "deploy=prod": doctor.Broken} {
		w := newWorld(t)
		w.grant([]string{"rds", "stop-cluster", "my-aurora"}, []string{"rds", "start-cluster", "my-aurora"}, args(granted))
		w.schedule("devel_stop", "cron(0 22 ? * SAT 2099)", args("deploy=devel"))
		for _, f := range w.look().Findings {
			if f.Check == "rights" && f.Status != want {
				t.Errorf("with the rights for %s: %s %q, want %s", granted, f.Status, f.Found, want)
			}
		}
	}
}
