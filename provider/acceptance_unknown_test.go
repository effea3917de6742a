package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/acctest"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// Everything that may be unknown at plan, one a resource: the plan goes through, the apply finds what
// was meant, and the plan after it is empty.
func TestAcc_unknownEverywhere(t *testing.T) {
	t.Parallel()
	a, env := fakeAWS(t)
	a.IAM().PutRole(fakeaws.Role{Name: "tools"})
	c := acctest.NewCLI(t, tfcli.Tofu, env...)
	const event = `args = local.stop, cron_expr = local.nightly`
	cases := map[string]string{
		"name":             `name = u("NAME")`,
		"function_arn":     `function_arn = u(local.function)`,
		"role_arn":         `role_arn = u(local.role)`,
		"runner_role_name": `runner_role_name = u("tools")`,
		"group_name":       `group_name = u("default")`,
		"dead_letter_arn":  `dead_letter_arn = u("arn:aws:sqs:ap-northeast-1:` + account + `:dead")`,
		"permissions":      `permissions = u("external")`,
		"attempts":         `retry = { maximum_attempts = u(3) }`,
		"age":              `retry = { maximum_event_age_seconds = u(600) }`,
		"retry":            `retry = u({ maximum_attempts = 3, maximum_event_age_seconds = 600 })`,
		"tag":              `tags = { team = u("web") }`,
		"tags":             `tags = u({ team = "web" })`,
		"service":          `events = { e = { args = [u("rds"), "stop-cluster", "db"], cron_expr = local.nightly } }`,
		"verb":             `events = { e = { args = ["rds", u("stop-cluster"), "db"], cron_expr = local.nightly } }`,
		"flag":             `events = { e = { args = ["rds", "stop-cluster", "db", u("--wait")], cron_expr = local.nightly } }`,
		"flag_value":       `events = { e = { args = ["rds", "stop-cluster", "db", "--region", u("eu-west-1")], cron_expr = local.nightly } }`,
		"step_word":        `events = { e = { steps = [local.stop, ["rds", "stop-cluster", u("db2")]], cron_expr = local.nightly } }`,
		"step":             `events = { e = { steps = [local.stop, u(["rds", "stop-cluster", "db2"])], cron_expr = local.nightly } }`,
		"steps":            `events = { e = { steps = u([["rds", "stop-cluster", "db"]]), cron_expr = local.nightly } }`,
		"cron_expr":        `events = { e = { args = local.stop, cron_expr = u("cron(0 22 * * ? *)") } }`,
		"event_timezone":   `events = { e = { ` + event + `, timezone = u("Europe/Berlin") } }`,
		"description":      `events = { e = { ` + event + `, description = u("the office") } }`,
		"enabled":          `events = { e = { ` + event + `, enabled = u(false) } }`,
		"start_date":       `events = { e = { ` + event + `, start_date = u("2027-04-01T00:00:00+09:00") } }`,
		"end_date":         `events = { e = { ` + event + `, end_date = u("2099-04-01T00:00:00+09:00") } }`,
		"except_date":      `events = { e = { ` + event + `, except_dates = ["2026-12-29", u("2026-12-30")] } }`,
		"except_dates":     `events = { e = { ` + event + `, except_dates = u(["2026-12-29"]) } }`,
		"event":            `events = { e = u({ ` + event + ` }), f = { args = ["rds", "stop-cluster", "db2"], cron_expr = local.nightly } }`,
		"events":           `events = u({ e = { ` + event + ` } })`,
		"timezone":         `timezone = u("Europe/Berlin")`,
	}
	var b strings.Builder
	b.WriteString(wrongHeader)
	for name, attribute := range cases {
		b.WriteString(unknownCase(name, attribute))
	}
	c.Write("main.tf", b.String())
	c.Init()
	if diags := c.Validate(); len(diags) > 0 {
		t.Errorf("validate: %v", diags)
	}
	c.Apply()
	c.PlanEmpty()
}

// unknownCase writes a savings_schedule; u(X) in its attribute is X, known after apply.
func unknownCase(name, attribute string) string {
	attribute = strings.ReplaceAll(attribute, "NAME", name)
	var b strings.Builder
	if at := strings.Index(attribute, "u("); at >= 0 {
		value := attribute[at+len("u("):]
		value = value[:closing(value)]
		attribute = attribute[:at] + "terraform_data." + name + ".output" + attribute[at+len("u()")+len(value):]
		fmt.Fprintf(&b, "resource \"terraform_data\" %q {\n  input = %s\n}\n", name, value)
	}
	fmt.Fprintf(&b, "resource \"savings_schedule\" %q {\n  %s\n", name, attribute)
	for _, right := range []string{
		fmt.Sprintf("name = %q", strings.ReplaceAll(name, "_", "-")), "function_arn = local.function", "role_arn = local.role",
		"timezone = \"Asia/Tokyo\"", "events = { e = { args = local.stop, cron_expr = local.nightly } }",
	} {
		if own, _, _ := strings.Cut(right, " "); !strings.HasPrefix(attribute, own+" ") {
			b.WriteString("  " + right + "\n")
		}
	}
	return b.String() + "}\n"
}

// closing is where the parenthesis ends that is open at the beginning.
func closing(text string) int {
	depth := 1
	for i, r := range text {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth == 0 {
			return i
		}
	}
	return len(text)
}

// Two resources whose names join to one schedule of a shared group are told apart at plan.
func TestAccSchedule_joinedNamesTwice(t *testing.T) {
	t.Parallel()
	_, env := fakeAWS(t)
	c := acctest.NewCLI(t, tfcli.Tofu, env...)
	const config = `
resource "savings_schedule" "one" {
  name         = "app"
  group_name   = "default"
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { web-stop = { args = local.stop, cron_expr = local.nightly } }
}
resource "savings_schedule" "two" {
  name         = "app-web"
  group_name   = GROUP
  function_arn = local.function
  role_arn     = local.role
  timezone     = "Asia/Tokyo"
  events       = { stop = { args = local.stop, cron_expr = local.nightly } }
}
`
	c.Write("main.tf", wrongHeader+strings.ReplaceAll(config, "GROUP", `"default"`))
	c.Init()
	got := acctest.Flat(c.PlanFails())
	for _, want := range []string{`would be schedule "app-web-stop" of group "default", and so would an event of the savings_schedule "app`,
		"Write another key, or another name."} {
		if !strings.Contains(got, want) {
			t.Errorf("want %q in\n%s", want, got)
		}
	}
	c.Write("main.tf", wrongHeader+strings.ReplaceAll(config, "GROUP", "null"))
	c.Plan()
}

// A queue in another region is a warning: AWS takes it, and documents no delivery there.
func TestAcc_queueInAnotherRegion(t *testing.T) {
	t.Parallel()
	_, env := fakeAWS(t)
	c := acctest.NewCLI(t, tfcli.Tofu, env...)
	c.Write("main.tf", wrongHeader+unknownCase("away", `dead_letter_arn = "arn:aws:sqs:us-west-2:`+account+`:dead"`)+
		unknownCase("here", `dead_letter_arn = "arn:aws:sqs:ap-northeast-1:`+account+`:dead"`)+`
resource "savings_runner" "tools" {
  name                    = "runner"
  failure_destination_arn = "arn:aws:sns:us-west-2:`+account+`:failures"
}
`)
	c.Init()
	got := acctest.Flat(c.Plan().Text)
	for _, want := range []string{
		"Warning: away: dead_letter_arn is in another region", "Warning: runner: failure_destination_arn is in another region",
		`is in us-west-2, and the function is in ap-northeast-1. AWS documents no delivery to another region`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("want %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "Warning: here: dead") {
		t.Error("a queue of the function's region is warned of")
	}
}
