package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/spin-dd/terraform-provider-savings/internal/emulator"
	"github.com/spin-dd/terraform-provider-savings/internal/tfcli"
)

// lead is how far ahead the event is at least: time for a plan, an apply, and ministack's tick of
// ten seconds, which must have seen the schedule before it is due.
const lead = 35 * time.Second

// demo is what the steps share.
type demo struct {
	out   io.Writer
	cloud *emulator.Server
	cli   *tfcli.CLI
	aws   aws.Config
	// prefix names everything, anew in each run.
	prefix  string
	nightly string
	due     time.Time
	args    string
	// image runs the function from its image; nil where it is a zip package.
	image *imageFunction
}

func newDemo(out io.Writer) *demo {
	return &demo{
		out:     out,
		prefix:  "demo-" + time.Now().UTC().Format("150405"),
		nightly: "cron(0 21 ? * Mon-Sun *)",
		args:    "stop-cluster",
	}
}

// begin brings OpenTofu, in the folder dir, and the demo's modules.
func (d *demo) begin(ctx context.Context, root, dir string, cloud *emulator.Server) (err error) {
	d.cloud = cloud
	if d.aws, err = cloud.Config(ctx); err != nil {
		return err
	}
	if d.cli, err = tfcli.New(root, dir, tfcli.Tofu, cloud.Env()); err != nil {
		return err
	}
	return d.cli.Copy(filepath.Join(root, "examples", "modules"), "modules")
}

func (d *demo) cluster() string { return d.prefix + "-aurora-cluster" }

// function is the name that the module gives the function.
func (d *demo) function() string { return d.prefix + "-tool" }

// tools is the part of the configuration that brings the runner. The emulator runs the function on
// this machine, so it is of this machine's architecture.
func (d *demo) tools() string {
	architecture := map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH]
	return fmt.Sprintf(`terraform {
  required_providers {
    savings = {
      source = "spin-dd/savings"
    }
  }
}

module "tools" {
  source       = "./modules/tools"
  symbol       = { service = "demo", env = "local", prefix = %q }
  architecture = %q%s
}
`, d.prefix, architecture, d.ecr())
}

// ecr is the module's argument for an image; "" for a zip package.
func (d *demo) ecr() string {
	if d.image == nil {
		return ""
	}
	return fmt.Sprintf("\n  ecr          = { repository_url = %q }", d.repositoryURL())
}

// saving is the part of the configuration that brings the schedules.
func (d *demo) saving() string {
	return fmt.Sprintf(`module "saving" {
  source           = "./modules/saving"
  name             = "%[1]s-saving"
  function_arn     = module.tools.lambda.arn
  role_arn         = module.tools.lambda.role
  runner_role_name = module.tools.lambda.execution_role_name
  timezone         = "Asia/Tokyo"

  events = {
    rds_stop = {
      params    = { args = ["rds", "stop-cluster", %[2]q] }
      cron_expr = %[3]q
    }
    rds_stop_soon = {
      args      = ["rds", %[4]q, %[2]q]
      cron_expr = "cron(%[5]d %[6]d * * ? *)"
      timezone  = "UTC"
    }
  }
}
`, d.prefix, d.cluster(), d.nightly, d.args, d.due.UTC().Minute(), d.due.UTC().Hour())
}

func (d *demo) say(format string, args ...any) {
	fmt.Fprintf(d.out, "\n==> "+format+"\n", args...)
}

// show prints what a program printed, set off from the demo's own words.
func (d *demo) show(text string) {
	for line := range strings.Lines(strings.TrimSpace(text)) {
		fmt.Fprintf(d.out, "    %s\n", strings.TrimRight(line, "\n"))
	}
}

func (d *demo) applyTools(ctx context.Context) error {
	if err := d.cli.Write("tools.tf", d.tools()); err != nil {
		return err
	}
	// The first plan of all modules needs their sources, so both are there from the start.
	d.due = time.Now().Add(lead).Truncate(time.Minute).Add(time.Minute)
	if err := d.cli.Write("saving.tf", d.saving()); err != nil {
		return err
	}
	d.say("tofu apply -target=module.tools: a Lambda function, its roles and its log group")
	if d.image != nil {
		d.show("The provider pushes the function's image to " + d.repositoryURL())
	}
	if err := d.cli.Init(ctx); err != nil {
		return err
	}
	plan, err := d.cli.Plan(ctx, "-target=module.tools")
	if err != nil {
		return err
	}
	return d.apply(ctx, plan)
}

func (d *demo) applySaving(ctx context.Context) error {
	d.due = time.Now().Add(lead).Truncate(time.Minute).Add(time.Minute)
	if err := d.cli.Write("saving.tf", d.saving()); err != nil {
		return err
	}
	d.say("tofu plan -target=module.saving: the nightly stop, and one at %s UTC that we can wait for",
		d.due.UTC().Format("15:04"))
	d.show(d.saving())
	plan, err := d.cli.Plan(ctx, "-target=module.saving")
	if err != nil {
		return err
	}
	d.say("The plan")
	d.show(plan.Text)
	return d.apply(ctx, plan)
}

// apply applies a plan that must have something to apply, and shows the last line.
func (d *demo) apply(ctx context.Context, plan *tfcli.Plan) error {
	if !plan.Changed {
		return fmt.Errorf("planning: nothing to apply\n%s", plan.Text)
	}
	res, err := d.cli.Apply(ctx, plan.File)
	if err != nil {
		return err
	}
	for line := range strings.Lines(res.Stdout) {
		if strings.HasPrefix(line, "Apply complete!") {
			d.show(line)
		}
	}
	return nil
}

func (d *demo) changeOne(ctx context.Context) error {
	d.nightly = "cron(30 22 ? * Mon-Sun *)"
	d.say("Changing one event: the nightly stop, from 21:00 to 22:30")
	if err := d.cli.Write("saving.tf", d.saving()); err != nil {
		return err
	}
	plan, err := d.cli.Plan(ctx)
	if err != nil {
		return err
	}
	d.show(plan.Text)
	if err := d.apply(ctx, plan); err != nil {
		return err
	}
	after, err := d.cli.Plan(ctx)
	if err != nil {
		return err
	}
	if after.Changed {
		return fmt.Errorf("planning after the apply: the plan is not empty\n%s", after.Text)
	}
	return nil
}

func (d *demo) mistype(ctx context.Context) error {
	d.say(`A typo, "stoo-cluster", is found before anything is applied`)
	good := d.args
	d.args = "stoo-cluster"
	if err := d.cli.Write("saving.tf", d.saving()); err != nil {
		return err
	}
	_, err := d.cli.Plan(ctx)
	if err == nil {
		return errors.New("planning a typo: the plan found nothing wrong")
	}
	var exit *tfcli.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	text := exit.Result.Stdout + exit.Result.Stderr
	if !strings.Contains(text, "stop-cluster") {
		return fmt.Errorf("planning a typo: the right word is not suggested\n%s", text)
	}
	d.show(text)
	d.args = good
	return d.cli.Write("saving.tf", d.saving())
}

func (d *demo) destroy(ctx context.Context) error {
	d.say("tofu destroy")
	res, err := d.cli.Destroy(ctx)
	if err != nil {
		return err
	}
	for line := range strings.Lines(res.Stdout) {
		if strings.HasPrefix(line, "Destroy complete!") {
			d.show(line)
		}
	}
	left, err := d.cloud.Leftovers(ctx, d.prefix)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		return fmt.Errorf("destroying: left behind are %s", strings.Join(left, ", "))
	}
	d.show("Nothing is left: no schedule, no group, no function, no role, no log group.")
	if d.image != nil {
		return d.checkRepository(ctx)
	}
	return nil
}
