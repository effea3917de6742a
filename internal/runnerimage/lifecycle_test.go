package runnerimage

import (
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// rule is one of a lifecycle policy, as JSON.
func rule(priority, selection string) string {
	return `{"rulePriority":` + priority + `,"selection":{` + selection + `},"action":{"type":"expire"}}`
}

func TestLifecycleRisk(t *testing.T) {
	t.Parallel()
	const newest = `"countType":"imageCountMoreThan","countNumber":10`
	const days = `"countType":"sinceImagePushed","countUnit":"days","countNumber":14`
	for name, test := range map[string]struct {
		rules []string
		// want is a part of the words, "" where there is no risk.
		want string
	}{
		"no rules": {nil, ""},
		"all but the newest": {
			[]string{rule("1", `"tagStatus":"any",`+newest)},
			`rule 1 of the lifecycle policy of repository "tools", which expires all but the newest 10 images,`,
		},
		"by age": {
			[]string{rule("2", `"tagStatus":"any",`+days)}, "expires images 14 days after being pushed",
		},
		"untagged": {[]string{rule("1", `"tagStatus":"untagged",`+days)}, ""},
		"another prefix": {
			[]string{rule("1", `"tagStatus":"tagged","tagPrefixList":["release-"],`+days)}, "",
		},
		"our prefix": {
			[]string{rule("1", `"tagStatus":"tagged","tagPrefixList":["savings-"],`+days)}, "rule 1",
		},
		"our prefix and another, which one tag cannot both have": {
			[]string{rule("1", `"tagStatus":"tagged","tagPrefixList":["savings-","prod-"],`+days)}, "",
		},
		"a pattern of ours": {
			[]string{rule("3", `"tagStatus":"tagged","tagPatternList":["*-arm64-*"],`+days)}, "rule 3",
		},
		"another pattern": {
			[]string{rule("3", `"tagStatus":"tagged","tagPatternList":["*-x86_64-*"],`+days)}, "",
		},
		"a pattern is no regular expression": {
			[]string{rule("3", `"tagStatus":"tagged","tagPatternList":["s.vings-*"],`+days)}, "",
		},
		"an earlier rule keeps ours": {
			[]string{
				rule("5", `"tagStatus":"any",`+newest),
				rule("1", `"tagStatus":"tagged","tagPatternList":["savings-*"],`+
					`"countType":"imageCountMoreThan","countNumber":1000`),
			}, "",
		},
		"a later rule keeps ours": {
			[]string{
				rule("1", `"tagStatus":"any",`+newest),
				rule("5", `"tagStatus":"tagged","tagPatternList":["savings-*"],`+
					`"countType":"imageCountMoreThan","countNumber":1000`),
			}, "rule 1",
		},
		"archived": {
			[]string{`{"rulePriority":1,"selection":{"tagStatus":"any","countType":"sinceImagePulled",` +
				`"countUnit":"days","countNumber":30},"action":{"type":"transition","targetStorageClass":"archive"}}`},
			"archives images 30 days after the last pull",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.AWS.ECR().Change("tools", func(r *fakeaws.ECRRepository) {
				r.LifecyclePolicy = `{"rules":[` + strings.Join(test.rules, ",") + `]}`
			})
			got, err := c.LifecycleRisk(t.Context(), c.repo, "savings-one-arm64-0123456789ab")
			if err != nil {
				t.Fatal(err)
			}
			if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q in it", got, test.want)
			}
		})
	}
}

func TestLifecycleRisk_unknown(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	look := func(repo Repository) {
		t.Helper()
		if got, err := c.LifecycleRisk(t.Context(), repo, "savings-one"); err != nil || got != "" {
			t.Errorf("got %q, %v; want no risk", got, err)
		}
	}
	look(c.repo)
	c.AWS.ECR().Change("tools", func(r *fakeaws.ECRRepository) {
		r.LifecyclePolicy = `{"rules":[` + rule("1", `"tagStatus":"any","countType":"imageCountMoreThan"`) + `]}`
	})
	look(c.local(t))
	c.Fail(fakeaws.Match{Service: "ecr", Operation: "GetLifecyclePolicy"}, fakeaws.Fault{Code: "AccessDeniedException"})
	look(c.repo)
	c.ClearFaults()
	c.AWS.ECR().RemoveRepository("tools")
	look(c.repo)

	c.Fail(fakeaws.Match{Service: "ecr", Operation: "GetLifecyclePolicy"}, fakeaws.Fault{Code: "InvalidParameterException"})
	if _, err := c.LifecycleRisk(t.Context(), c.repo, "savings-one"); err == nil {
		t.Error("an unexpected answer is no error")
	}
}
