package command

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
)

// resourceKind is what differs between the kinds of resources that start and stop as a whole, such
// as DB clusters and notebook instances.
type resourceKind struct {
	// noun is AWS's own: "DB cluster".
	noun string
	// arnService and arnPrefix are what an ARN of it holds before its identifier: "rds", "cluster:".
	arnService, arnPrefix string
	// What IAM calls the calls; listAction is set where describing all is another call than
	// describing one, tagsAction where reading tags is.
	describeAction, listAction, tagsAction string
	actions                                map[Effect]string
	// AWS's error codes: for an identifier that does not exist, for a state that it refuses, for
	// something of the resource's own that is under way and ends by itself, and for what cannot be
	// started or stopped at all. Where AWS refuses a state with the code of a missing identifier,
	// the next description tells which it was.
	notFoundCode    string
	stateCodes      []string
	busyCodes       []string
	unsupportedCode string
	states          *states
	// connect builds the client for one region.
	connect func(*Runner, aws.Config) fleet
	// look lists the rights that it takes to find what an item names.
	look func(item Item, arns arnsOf) []iampolicy.Statement
	// lookAgain lists those that it takes beyond look to see what becomes of it, which a dry run does
	// not. May be nil.
	lookAgain func(item Item, arns arnsOf) []iampolicy.Statement
}

// arnsOf gives the ARNs that a resource with this identifier may have, "*" for all.
type arnsOf func(id string) []string

// fleet is all resources of one kind in one region.
type fleet interface {
	// describe returns one page of resources, or the one with this identifier.
	describe(ctx context.Context, id, marker *string) (page, error)
	// act starts or stops one.
	act(ctx context.Context, effect Effect, id string) error
}

// tagger is a fleet whose pages come without tags.
type tagger interface {
	// tags returns the tags of one resource, nil where it is gone.
	tags(ctx context.Context, arn string) (map[string]string, error)
}

type page struct {
	resources []resource
	marker    *string
}

// resource is one resource as far as stopping and starting go.
type resource struct {
	id, arn, status string
	tags            map[string]string
	// note says what it is, "" where the verb's own words say it.
	note string
	// mistaken is the service whose words are meant, "" where the verb's own service is right.
	mistaken string
	// whole is the bigger resource that starts and stops with all its parts: "DB cluster x".
	whole string
	// unsupported says why AWS can neither stop nor start it, and what to do; "" if it can.
	// unstoppable says it of stopping alone.
	unsupported, unstoppable string
	// refused says what it means where AWS refuses it although its state is the right one.
	refused string
}

// why says why AWS cannot do it, "" where it can.
func (r resource) why(effect Effect) string {
	if r.unsupported == "" && effect == Stop {
		return r.unstoppable
	}
	return r.unsupported
}

// statements are the rights of a call on resources of this kind.
func (k *resourceKind) statements(c *Call, scope Scope) []iampolicy.Statement {
	var out []iampolicy.Statement
	for _, item := range c.items {
		arns := k.arnsIn(scope)
		if item.ARN != nil {
			arns = k.arnsIn(Scope{item.ARN.Partition, item.ARN.Region, item.ARN.Account})
		}
		out = append(out, k.look(item, arns)...)
		if c.flags.dryRun {
			continue
		}
		if k.lookAgain != nil {
			out = append(out, k.lookAgain(item, arns)...)
		}
		act := iampolicy.Statement{
			Action: []string{k.actions[c.verb.Effect]}, Resource: arns(item.ID),
		}
		if item.Tags != nil {
			act.Resource, act.Condition = arns("*"), ifTagged(item.Tags)
		}
		out = append(out, act)
	}
	return out
}

// arnsIn adds the lower case of an identifier with capitals, since Amazon SageMaker puts names into
// ARNs so, and IAM compares ARNs letter by letter.
func (k *resourceKind) arnsIn(scope Scope) arnsOf {
	begin := "arn:" + scope.Partition + ":" + k.arnService + ":" + scope.Region + ":" +
		scope.Account + ":" + k.arnPrefix
	return func(id string) []string {
		arns := []string{begin + id}
		if lower := strings.ToLower(id); lower != id {
			arns = append(arns, begin+lower)
		}
		return arns
	}
}

// ifTagged is a condition that holds for resources that have all these tags.
func ifTagged(tags []Tag) map[string]map[string][]string {
	values := map[string][]string{}
	for _, t := range tags {
		values["aws:ResourceTag/"+t.Key] = []string{t.Value}
	}
	return map[string]map[string][]string{"StringEquals": values}
}

// resourceWords are how a service names one kind of resource.
type resourceWords struct {
	service string
	// word is the noun's part of a verb's name: "cluster"; target begins the names of Targets.
	word, target string
	// one is the noun of summaries: "Aurora cluster".
	one string
	// items says how the items are written.
	items string
	form  itemForm
	// verbs are "start" and "stop", or what the service says instead.
	verbs map[Effect]string
	// long is what is worth knowing, beside what is true of all kinds.
	long map[Effect]string
	// restarts tells that AWS undoes a stop after seven days.
	restarts bool
}

// resourceVerbs are the start and the stop of one kind of resource.
func resourceVerbs(k *resourceKind, w resourceWords) []Verb {
	verb := func(effect Effect, arrived string) Verb {
		word := w.verbs[effect]
		name := word + "-" + w.word
		long := "What is " + arrived + " already, or on its way there, is left alone. What is busy (" +
			k.states.examples + ") is waited for while time is left."
		if w.long[effect] != "" {
			long += "\n" + w.long[effect]
		}
		if w.restarts && effect == Stop {
			long += "\nAWS starts it again after seven days."
		}
		form := w.form
		form.word = word
		return Verb{
			Service: w.service, Name: name, Effect: effect,
			AWSRestarts: w.restarts && effect == Stop,
			Short:       word + " " + w.one + "s", Long: long, Items: w.items,
			Examples: [][]string{
				{w.service, name, "my-" + w.word},
				{w.service, name, "team=web", "--dry-run"},
				{w.service, name, "my-" + w.word, "--wait", "--region", "us-west-2"},
			},
			phrase:     phrase{word, w.one, w.one + "s", arrived},
			target:     w.target,
			item:       form,
			statements: k.statements,
			run: func(ctx context.Context, s *session) []Result {
				return (&resourceRun{session: s, kind: k}).run(ctx)
			},
		}
	}
	return []Verb{verb(Start, k.states.up), verb(Stop, k.states.down)}
}
