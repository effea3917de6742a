// Package universaltarget reads schedules that call an AWS API themselves, EventBridge Scheduler's
// universal targets, as commands of the runner (EventBridge Scheduler User Guide, "Using universal
// targets").
package universaltarget

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spin-dd/terraform-provider-savings/internal/payload"
)

// Command is what the runner does in the place of a call.
type Command struct {
	// Steps are the argument lists, one unless the call was one of a runner's own function.
	Steps [][]string
	// Notes say what of the call is not carried over, and what to do about it.
	Notes []string
}

// Error says why no command does what a call does.
type Error struct{ Reason string }

func (e *Error) Error() string { return e.Reason }

func refuse(format string, args ...any) error { return &Error{fmt.Sprintf(format, args...)} }

// arnPart stands in each universal target's ARN: arn:aws:scheduler:::aws-sdk:rds:stopDBCluster.
const arnPart = ":scheduler:::aws-sdk:"

// Is tells whether a target's ARN is a universal target's.
func Is(targetARN string) bool { return strings.Contains(targetARN, arnPart) }

// Translate returns the command for a universal target and its input, the call's JSON. Names of
// members may have letters of either case: Scheduler and the SDKs write them differently. The error is
// an *Error.
func Translate(targetARN, input string) (Command, error) {
	_, call, _ := strings.Cut(targetARN, arnPart)
	service, operation, ok := strings.Cut(call, ":")
	if !ok {
		return Command{}, refuse("%s is no universal target", targetARN)
	}
	members := map[string]any{}
	if err := json.Unmarshal([]byte(input), &members); err != nil {
		return Command{}, refuse("the input of %s:%s is no JSON object", service, operation)
	}
	return Call(service, operation, members)
}

// Known tells whether there is a command for an API call, whatever its members.
func Known(service, operation string) bool {
	_, known := calls[strings.ToLower(service+":"+operation)]
	return known
}

// Call returns the command for an API call with its members. The error is an *Error.
func Call(service, operation string, members map[string]any) (Command, error) {
	name := strings.ToLower(service + ":" + operation)
	translate, known := calls[name]
	if !known {
		return Command{}, refuse("no command does what %s:%s does", service, operation)
	}
	in := &arguments{call: service + ":" + operation, left: map[string]any{}, written: map[string]string{}}
	for member, value := range members {
		in.left[strings.ToLower(member)], in.written[strings.ToLower(member)] = value, member
	}
	if in.flag("DryRun") {
		return Command{}, refuse("%s is a dry run, which does nothing", in.call)
	}
	steps, err := translate(in)
	if err != nil {
		return Command{}, err
	}
	for _, member := range slices.Sorted(maps.Keys(in.left)) {
		if value := in.left[member]; value != nil && value != false {
			in.note("%s of the call is not carried over", in.written[member])
		}
	}
	return Command{Steps: steps, Notes: in.notes}, nil
}

// arguments are a call's members, by their names in small letters; what is read is taken out.
type arguments struct {
	call    string
	left    map[string]any
	written map[string]string
	notes   []string
}

func (a *arguments) note(format string, args ...any) {
	a.notes = append(a.notes, fmt.Sprintf(format, args...))
}

// text takes a member that has to be there.
func (a *arguments) text(member string) (string, error) {
	value, ok := a.left[strings.ToLower(member)].(string)
	delete(a.left, strings.ToLower(member))
	if !ok || value == "" {
		return "", refuse("%s has no %s", a.call, member)
	}
	return value, nil
}

// flag takes a bool, which may be left out.
func (a *arguments) flag(member string) bool {
	value, _ := a.left[strings.ToLower(member)].(bool)
	delete(a.left, strings.ToLower(member))
	return value
}

// number takes a number, which may be written as a text; ok is false where it is not there.
func (a *arguments) number(member string) (n int, ok bool) {
	member = strings.ToLower(member)
	switch value := a.left[member].(type) {
	case float64:
		n, ok = int(value), true
	case string:
		parsed, err := strconv.Atoi(value)
		n, ok = parsed, err == nil
	}
	delete(a.left, member)
	return n, ok
}

// list takes a list of texts that has to be there, or one text alone.
func (a *arguments) list(member string) ([]string, error) {
	value := a.left[strings.ToLower(member)]
	delete(a.left, strings.ToLower(member))
	var out []string
	switch value := value.(type) {
	case string:
		out = strings.Fields(value)
	case []any:
		for _, element := range value {
			text, ok := element.(string)
			if !ok {
				return nil, refuse("%s of %s is no list of texts", member, a.call)
			}
			out = append(out, text)
		}
	}
	if len(out) == 0 {
		return nil, refuse("%s has no %s", a.call, member)
	}
	return out, nil
}

// calls are the calls that a command does, by service and operation in small letters.
var calls = map[string]func(*arguments) ([][]string, error){
	"rds:stopdbcluster":              identifier("DBClusterIdentifier", "rds", "stop-cluster"),
	"rds:startdbcluster":             identifier("DBClusterIdentifier", "rds", "start-cluster"),
	"rds:stopdbinstance":             identifier("DBInstanceIdentifier", "rds", "stop-instance"),
	"rds:startdbinstance":            identifier("DBInstanceIdentifier", "rds", "start-instance"),
	"docdb:stopdbcluster":            identifier("DBClusterIdentifier", "docdb", "stop-cluster"),
	"docdb:startdbcluster":           identifier("DBClusterIdentifier", "docdb", "start-cluster"),
	"neptune:stopdbcluster":          identifier("DBClusterIdentifier", "neptune", "stop-cluster"),
	"neptune:startdbcluster":         identifier("DBClusterIdentifier", "neptune", "start-cluster"),
	"redshift:pausecluster":          identifier("ClusterIdentifier", "redshift", "pause-cluster"),
	"redshift:resumecluster":         identifier("ClusterIdentifier", "redshift", "resume-cluster"),
	"sagemaker:stopnotebookinstance": identifier("NotebookInstanceName", "sagemaker", "stop-notebook"),

	"sagemaker:startnotebookinstance":    identifier("NotebookInstanceName", "sagemaker", "start-notebook"),
	"ec2:stopinstances":                  stopInstances,
	"ec2:startinstances":                 startInstances,
	"ecs:updateservice":                  updateService,
	"autoscaling:updateautoscalinggroup": scaleGroup,
	"autoscaling:setdesiredcapacity":     scaleGroup,
	"eks:updatenodegroupconfig":          scaleNodegroup,
	"lambda:invoke":                      invoke,
}

func identifier(member string, command ...string) func(*arguments) ([][]string, error) {
	return func(a *arguments) ([][]string, error) {
		id, err := a.text(member)
		if err != nil {
			return nil, err
		}
		return [][]string{append(slices.Clone(command), id)}, nil
	}
}

func stopInstances(a *arguments) ([][]string, error) {
	ids, err := a.list("InstanceIds")
	if err != nil {
		return nil, err
	}
	args := append([]string{"ec2", "stop-instances"}, ids...)
	for _, flag := range []string{"Hibernate", "Force"} {
		if a.flag(flag) {
			args = append(args, "--"+strings.ToLower(flag))
		}
	}
	return [][]string{args}, nil
}

func startInstances(a *arguments) ([][]string, error) {
	ids, err := a.list("InstanceIds")
	if err != nil {
		return nil, err
	}
	return [][]string{append([]string{"ec2", "start-instances"}, ids...)}, nil
}

func updateService(a *arguments) ([][]string, error) {
	service, err := a.text("Service")
	if err != nil {
		return nil, err
	}
	cluster := "default" // Amazon ECS API Reference, UpdateService
	if _, there := a.left["cluster"]; there {
		if cluster, err = a.text("Cluster"); err != nil {
			return nil, err
		}
	}
	count, ok := a.number("DesiredCount")
	if !ok {
		return nil, refuse("%s sets no DesiredCount, and a command sets nothing else", a.call)
	}
	item := lastPart(cluster) + "/" + lastPart(service) + "/" + strconv.Itoa(count)
	return [][]string{{"ecs", "set-desired-count", item}}, nil
}

// lastPart is the name in an ARN, or the name itself.
func lastPart(nameOrARN string) string { return nameOrARN[strings.LastIndex(nameOrARN, "/")+1:] }

// scaleGroup reads a size of 0 as a stop. Any other size is a start, which gives back what a stop
// remembered.
func scaleGroup(a *arguments) ([][]string, error) {
	group, err := a.text("AutoScalingGroupName")
	if err != nil {
		return nil, err
	}
	delete(a.left, "honorcooldown")
	desired, ok := a.number("DesiredCapacity")
	least, hasLeast := a.number("MinSize")
	if !ok {
		desired, ok = least, hasLeast
	}
	if !ok {
		return nil, refuse("%s sets neither DesiredCapacity nor MinSize", a.call)
	}
	if desired == 0 {
		return [][]string{{"asg", "stop", group}}, nil
	}
	a.note("the command asg start gives back the size that asg stop remembered, which need not be %d", desired)
	return [][]string{{"asg", "start", group}}, nil
}

func scaleNodegroup(a *arguments) ([][]string, error) {
	cluster, err := a.text("ClusterName")
	if err != nil {
		return nil, err
	}
	group, err := a.text("NodegroupName")
	if err != nil {
		return nil, err
	}
	scaling, _ := a.left["scalingconfig"].(map[string]any)
	delete(a.left, "scalingconfig")
	sizes := &arguments{call: a.call, left: map[string]any{}}
	for member, value := range scaling {
		sizes.left[strings.ToLower(member)] = value
	}
	desired, ok := sizes.number("DesiredSize")
	if !ok {
		return nil, refuse("%s sets no DesiredSize", a.call)
	}
	item := cluster + "/" + group
	if desired == 0 {
		return [][]string{{"eks", "stop-nodegroup", item}}, nil
	}
	a.note("the command eks start-nodegroup gives back the size that eks stop-nodegroup remembered, which need not be %d",
		desired)
	return [][]string{{"eks", "start-nodegroup", item}}, nil
}

// invoke reads the call of a runner's function with an event of its form.
func invoke(a *arguments) ([][]string, error) {
	function, err := a.text("FunctionName")
	if err != nil {
		return nil, err
	}
	delete(a.left, "invocationtype")
	event, err := a.text("Payload")
	if err != nil {
		return nil, err
	}
	p, err := payload.Decode([]byte(event))
	if err != nil {
		return nil, refuse("function %s is sent something that is no command", lastPart(function))
	}
	return p.Commands(), nil
}
