package doctor

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
)

func lookTargets(f *facts) []Finding {
	var found []Finding
	for _, functionARN := range f.all((*event).function) {
		found = append(found, f.target(functionARN))
	}
	return found
}

// target looks whether a function is there, where the schedules can reach it.
func (f *facts) target(functionARN string) Finding {
	name := last(functionARN)
	r := f.functions[functionARN]
	a, err := arn.Parse(functionARN)
	if err != nil || a.Service != "lambda" {
		return broken(functionARN, apply, "the target of the schedules is no Lambda function")
	}
	here := f.events[0].place()
	bare, qualifier, qualified := strings.Cut(name, ":")
	switch {
	case a.AccountID != here.Account:
		return broken(name, "give the schedules a savings_runner of their own account, or "+apply,
			"the function is in account %s, the schedules are in %s; EventBridge Scheduler's role must be able to invoke it",
			a.AccountID, here.Account)
	case r.gone() && qualified:
		return broken(name, "write function_arn of the savings_runner, without "+qualifier+", or make the alias again",
			"function %s has no version or alias %s, or is not there in %s", bare, qualifier, a.Region)
	case r.gone():
		return broken(name, "tofu apply makes it again, where it is a savings_runner; otherwise correct function_arn",
			"there is no function of that name in %s", a.Region)
	case r.err != nil:
		return unread(name, r.err)
	case a.Region != here.Region:
		return note(name, "give the schedules a savings_runner in their own region",
			"the function is in %s, the schedules are in %s; AWS does not say that it delivers there", a.Region, here.Region)
	}
	return fine(name, "%s", describe(r.value.Configuration))
}

func describe(c *types.FunctionConfiguration) string {
	kind := "zip package"
	if c.PackageType == types.PackageTypeImage {
		kind = "image"
	}
	return fmt.Sprintf("%s, %d MB, %d s", kind, aws.ToInt32(c.MemorySize), aws.ToInt32(c.Timeout))
}

// found are the functions that are there, by ARN, in order.
func (f *facts) found() []string {
	return slices.DeleteFunc(f.all((*event).function), func(a string) bool { return f.functions[a].err != nil })
}

func lookImages(f *facts) []Finding {
	var found []Finding
	for _, functionARN := range f.found() {
		uri := imageOf(f.functions[functionARN].value)
		if uri == "" {
			continue
		}
		_, _, repository, digest := splitImage(uri)
		switch image := f.images[uri]; {
		case image.gone():
			found = append(found, broken(last(functionARN), "tofu apply pushes it again, where the savings_runner has "+
				"repository_url; then look for the lifecycle rule that removed it",
				"its image %s is gone from repository %s: AWS Lambda cannot fetch it again", short(digest), repository))
		case image.err != nil:
			found = append(found, unread(last(functionARN), image.err))
		default:
			found = append(found, fine(last(functionARN), "%s is in repository %s", short(digest), repository))
		}
	}
	return found
}

// short is the beginning of a digest.
func short(digest string) string { return digest[:min(len(digest), len("sha256:")+12)] }

func lookStates(f *facts) []Finding {
	var found []Finding
	for _, functionARN := range f.found() {
		found = append(found, f.state(functionARN, f.functions[functionARN].value)...)
	}
	return found
}

// state looks whether a function can run (Lambda Developer Guide, "Lambda function states").
func (f *facts) state(functionARN string, function *lambda.GetFunctionOutput) []Finding {
	name, c := last(functionARN), function.Configuration
	var found []Finding
	switch c.State {
	case types.StateActive, "":
	case types.StatePending:
		found = append(found, note(name, "look again in a minute", "it is being made: Pending"))
	case types.StateInactive:
		found = append(found, f.inactive(name, c))
	default:
		found = append(found, broken(name, "tofu apply makes it again, where it is a savings_runner",
			"its state is %s%s, so it does not run", c.State, reason(c)))
	}
	if c.LastUpdateStatus == types.LastUpdateStatusFailed {
		found = append(found, note(name, apply, "its last update failed (%s), so the code before runs on",
			aws.ToString(c.LastUpdateStatusReason)))
	}
	r := function.Concurrency
	if r != nil && r.ReservedConcurrentExecutions != nil && *r.ReservedConcurrentExecutions == 0 {
		found = append(found, broken(name, "aws lambda delete-function-concurrency --function-name "+name+"; for a "+
			"savings_runner tofu apply does the same", "its reserved concurrency is 0, so it never runs"))
	}
	found = append(found, f.timeout(functionARN, time.Duration(aws.ToInt32(c.Timeout))*time.Second)...)
	if len(found) == 0 {
		found = append(found, fine(name, "active"))
	}
	return found
}

// inactive is a function that rests: nobody invoked it for weeks, or AWS Lambda cannot use its image.
func (f *facts) inactive(name string, c *types.FunctionConfiguration) Finding {
	if c.StateReasonCode == types.StateReasonCodeIdle || c.StateReasonCode == "" {
		return broken(name, "wake it: "+f.fire("")+" --dry-run, once more after a minute; where it stays so, tofu apply",
			"AWS Lambda has put it to rest%s; the next invocation is refused while it comes back", reason(c))
	}
	return broken(name, "tofu apply", "AWS Lambda does not run it: it is inactive%s", reason(c))
}

func reason(c *types.FunctionConfiguration) string {
	words := slices.DeleteFunc([]string{string(c.StateReasonCode), aws.ToString(c.StateReason)},
		func(word string) bool { return word == "" })
	if len(words) == 0 {
		return ""
	}
	return " (" + strings.Join(words, ": ") + ")"
}

// fire is the command that runs an event, "" for the first, now.
func (f *facts) fire(key string) string {
	if key == "" {
		key = f.events[0].key
	}
	words := "savings fire --name " + f.Name + " --event " + key
	if f.Group != "" {
		words += " --group " + f.Group
	}
	return words
}

const (
	// shortest is a function's least time: a run looks at busy targets until ten seconds before its end.
	shortest = 30 * time.Second
	// patience is the time that databases and instances mostly take, and invocations how often AWS
	// Lambda runs an event that fails (Lambda Developer Guide, "Asynchronous invocation").
	patience    = 10 * time.Minute
	invocations = 3
	lastPoll    = 10 * time.Second
)

// timeout compares a function's time with what its events wait for.
func (f *facts) timeout(functionARN string, timeout time.Duration) []Finding {
	name := last(functionARN)
	const fix = "write timeout = 900 in the savings_runner, and apply"
	if timeout < shortest {
		return []Finding{broken(name, fix, "its timeout is %d s: what is busy, it cannot wait for", int(timeout.Seconds()))}
	}
	wait := invocations * (timeout - lastPoll)
	if wait >= patience {
		return nil
	}
	waiting := f.held(func(e *event) bool {
		return e.function() == functionARN && slices.ContainsFunc(e.calls, (*command.Call).Waits)
	})
	if len(waiting) == 0 {
		return nil
	}
	return []Finding{note(name, fix, "its timeout is %d s, and %s waits with --wait: %d invocations wait for %d s in all",
		int(timeout.Seconds()), listed(waiting), invocations, int(wait.Seconds()))}
}
