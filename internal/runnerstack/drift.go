package runnerstack

import (
	"fmt"
	"strings"
)

// Drift says in words, in a stable order, where live differs from want in what no attribute of the
// resource shows: missing pieces, roles, policies, fixed settings, tags of roles and log group.
// Nil if nowhere, and where nothing exists at all.
func Drift(want Stack, live *Live, region string) []string {
	if live.Empty() {
		return nil
	}
	place, ok := live.Place(region)
	if !ok { // an image alone: to say what is missing takes no account
		place.Region = region
	}
	want = want.own(place)
	d := &differences{}
	d.function(want, live, place)
	if want.pushed() && live.lacksImage() { // who reads is told of an ImageError
		d.image(want, live)
	}
	if live.LogGroup == nil {
		d.add("log group %s is missing", LogGroupName(want.Name))
	} else {
		d.tags("log group", want.Tags, live.LogGroup.Tags)
		if url := live.LogGroup.Tags[pushingTag]; url != "" {
			d.add("an update that did not come through may have left images in %s", url)
		}
	}
	p := &pass{want: want, place: place}
	if want.ExecutionRoleARN == "" {
		d.role("execution role", p.executionRoleWant(), live.ExecutionRole, want)
	}
	if want.SchedulerRoleARN == "" {
		d.role("scheduler's role", p.schedulerRoleWant(), live.SchedulerRole, want)
	}
	return d.lines
}

type differences struct{ lines []string }

func (d *differences) add(format string, args ...any) {
	d.lines = append(d.lines, fmt.Sprintf(format, args...))
}

// value adds a line where a setting is not as wanted.
func (d *differences) value(what, want, got string) {
	if got != want {
		d.add("%s is %s instead of %s", what, orNone(got), orNone(want))
	}
}

func (d *differences) function(want Stack, live *Live, place Place) {
	function := live.Function
	if function == nil {
		d.add("function %s is missing", want.Name)
		return
	}
	d.value("function's role", want.executionRole(place), function.RoleARN)
	d.code(want, function)
	d.value("function's log group", LogGroupName(want.Name), function.LogGroup)
	d.value("function's log format", string(logFormat), function.LogFormat)
	d.extras(function)
	if isMarked(function.Tags) {
		d.add("function's tag %s is left over", creatingTag)
	}
	d.async(live.Async)
}

func (d *differences) image(want Stack, live *Live) {
	if live.ImageUntagged {
		d.add("image %s has lost its tag %s", want.ImageURI, want.imageTag())
		return
	}
	d.add("image %s is missing in its repository", want.ImageURI)
}

func (d *differences) code(want Stack, function *Function) {
	d.value("function's package type", string(want.packageType()), function.PackageType)
	if want.ImageURI == "" && function.ImageURI == "" {
		d.value("function's runtime", string(runtime), function.Runtime)
		d.value("function's handler", handler, function.Handler)
	}
	// An image of the user's is an attribute, and so is the digest of the code.
	if want.pushed() && function.ImageURI != "" && function.CodeDigest == want.CodeDigest {
		d.value("function's image", want.ImageURI, function.ImageURI)
	}
	if function.Broken != "" {
		d.add("function is %s", function.Broken)
	}
}

func (d *differences) extras(function *Function) {
	for _, extra := range []struct {
		what string
		got  []string
	}{
		{"environment variables", function.Extras.Variables},
		{"layers", function.Extras.Layers},
		{"VPC subnets", function.Extras.Subnets},
		{"overrides of its image", function.Extras.Overrides},
	} {
		if len(extra.got) > 0 {
			d.add("function has %s: %s", extra.what, strings.Join(extra.got, ", "))
		}
	}
	switch reserved := function.ReservedConcurrency; {
	case reserved == nil:
	case *reserved == 0:
		d.add("function's reserved concurrency is 0 instead of none: it never runs")
	default:
		d.add("function's reserved concurrency is %d instead of none", *reserved)
	}
}

func (d *differences) async(async *AsyncConfig) {
	if async == nil {
		d.add("function's event invoke config is missing: events are kept for 6 hours")
		return
	}
	if got := async.MaximumRetryAttempts; got != maximumRetryAttempts {
		d.add("function's retries of a failed event are %d instead of %d", got,
			maximumRetryAttempts)
	}
	if got := async.MaximumEventAge; got != maximumEventAge {
		d.add("function's maximum event age is %d instead of %d seconds", got, maximumEventAge)
	}
}

func (d *differences) role(what string, want roleWant, live *Role, stack Stack) {
	if live == nil {
		d.add("%s %s is missing", what, want.name)
		return
	}
	d.value(what+"'s ARN", want.arn, live.ARN)
	if !sameJSON(live.Trust, want.trust) {
		d.add("%s's trust policy was changed: %s", what, inWords(live.Trust))
	}
	switch {
	case live.Policy == "":
		d.add("%s's policy %s is missing", what, policyName)
	case !sameJSON(live.Policy, want.policy):
		d.add("%s's policy %s was changed: %s", what, policyName, inWords(live.Policy))
	}
	d.value(what+"'s permissions boundary", stack.PermissionsBoundaryARN,
		live.PermissionsBoundaryARN)
	d.tags(what, stack.Tags, live.Tags)
}

// tags compares the tags of what carries the resource's tags beside the function.
func (d *differences) tags(what string, want, got map[string]string) {
	set, remove := tagChanges(got, want)
	for _, key := range sortedKeys(set) {
		if old, ok := got[key]; ok {
			d.add("%s's tag %s is %s instead of %s", what, key, old, set[key])
		} else {
			d.add("%s's tag %s is missing", what, key)
		}
	}
	for _, key := range remove {
		d.add("%s's tag %s = %s was added", what, key, got[key])
	}
	if isMarked(got) {
		d.add("%s's tag %s is left over", what, creatingTag)
	}
}

func orNone(value string) string {
	if value == "" {
		return "none"
	}
	return value
}
