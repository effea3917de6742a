package command

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// everyService stands for all services of a cluster: CLUSTER/*.
const everyService = "*"

// maxTasks is the highest count that an item may name. AWS's own limit is an account's quota, 5,000
// tasks a service unless raised (Amazon ECS Developer Guide, "Amazon ECS service quotas").
const maxTasks = 10000

// ecsForm is how the items of an ECS verb are written.
type ecsForm struct {
	// setsCount demands CLUSTER/SERVICE/COUNT. Otherwise COUNT may be left out, and CLUSTER/* and
	// tags select too.
	setsCount bool
	// lowest is the lowest count.
	lowest int
}

func (f ecsForm) forms() string {
	if f.setsCount {
		return "an item is CLUSTER/SERVICE/COUNT"
	}
	return "an item is CLUSTER/SERVICE, CLUSTER/SERVICE/COUNT, CLUSTER/* or key=value"
}

// ecsName is the naming rule of clusters and services (Amazon ECS API Reference, CreateCluster,
// CreateService): up to 255 letters, digits, underscores and hyphens.
var ecsName = newPattern(`^[A-Za-z0-9_-]{1,255}$`)

func (f ecsForm) parse(text string) (Item, *UsageError) {
	switch {
	case strings.HasPrefix(text, "arn:"):
		return Item{}, f.refuseARN(text)
	case strings.Contains(text, "=") && f.setsCount:
		return Item{}, &UsageError{
			Found: fmt.Sprintf("%q selects by tag", text), Allowed: f.forms(),
			Write: `name each service, or use "stop-services" and "start-services"`,
		}
	case strings.Contains(text, "="):
		return parseTags(text)
	}
	parts := strings.Split(text, "/")
	if len(parts) != 2 && len(parts) != 3 {
		return Item{}, &UsageError{Found: fmt.Sprintf("%q is no item", text), Allowed: f.forms()}
	}
	for i, part := range parts[:2] {
		if !ecsName.MatchString(part) && (i == 0 || part != everyService) {
			return Item{}, &UsageError{
				Found: fmt.Sprintf("%q in %q is no name of an ECS %s", part, text,
					[]string{"cluster", "service"}[i]),
				Allowed: "one has 1 to 255 letters, digits, underscores and hyphens",
			}
		}
	}
	item := Item{Text: text, ID: parts[0] + "/" + parts[1]}
	if parts[1] == everyService && (f.setsCount || len(parts) == 3) {
		return Item{}, &UsageError{
			Found:   fmt.Sprintf("%q gives one count to every service of %s", text, parts[0]),
			Allowed: f.forms(), Write: "name each service with its count",
		}
	}
	if len(parts) == 2 && f.setsCount {
		return Item{}, &UsageError{
			Found: fmt.Sprintf("%q has no count", text), Allowed: f.forms(),
			Write: fmt.Sprintf("write for example %q", text+"/1"),
		}
	}
	if len(parts) == 3 {
		count, err := f.parseCount(text, parts[2])
		if err != nil {
			return Item{}, err
		}
		item.Count = &count
	}
	return item, nil
}

var digits = newPattern(`^[0-9]{1,5}$`)

func (f ecsForm) parseCount(text, count string) (int32, *UsageError) {
	n, err := strconv.Atoi(count)
	if !digits.MatchString(count) || err != nil || n < f.lowest || n > maxTasks {
		return 0, &UsageError{
			Found:   fmt.Sprintf("%q in %q is no count of tasks", count, text),
			Allowed: fmt.Sprintf("one is %d to %d", f.lowest, maxTasks),
		}
	}
	return int32(n), nil //nolint:gosec // at most maxTasks
}

// refuseARN says what to write instead of a service's ARN, where it holds a cluster.
func (f ecsForm) refuseARN(text string) *UsageError {
	err := &UsageError{Found: fmt.Sprintf("%q is an ARN", text), Allowed: f.forms()}
	if _, name, ok := strings.Cut(text, ":service/"); ok && strings.Count(name, "/") == 1 {
		if f.setsCount {
			name += "/1"
		}
		err.Write = fmt.Sprintf("write for example %q", name)
	}
	return err
}

// checkCounts refuses items that give one service two counts.
func checkCounts(items []Item) *UsageError {
	first := map[string]Item{}
	for _, item := range items {
		if item.Count == nil {
			continue
		}
		other, seen := first[item.ID]
		if seen && *other.Count != *item.Count {
			return &UsageError{
				Index: -1,
				Found: fmt.Sprintf("%q and %q give one service two counts", other.Text, item.Text),
				Write: "keep one of them",
			}
		}
		first[item.ID] = item
	}
	return nil
}

// ecsTarget names an item's target: ecs/service/web/api, ecs/services/web/*, ecs/tag/team=web.
func ecsTarget(item Item) string {
	switch {
	case item.Tags != nil:
		return "ecs/tag/" + joinTags(item.Tags)
	case strings.HasSuffix(item.ID, "/"+everyService):
		return "ecs/services/" + item.ID
	}
	return "ecs/service/" + item.ID
}

// byCount parts items by the count that they name, in the order of the items.
func byCount(items []Item) [][]Item {
	var parts [][]Item
	for _, item := range items {
		i := slices.IndexFunc(parts, func(p []Item) bool { return *p[0].Count == *item.Count })
		if i < 0 {
			parts = append(parts, nil)
			i = len(parts) - 1
		}
		parts[i] = append(parts[i], item)
	}
	return parts
}

// countEffect is a stop where every count is 0, a start where none is.
func countEffect(items []Item) Effect {
	zeros := 0
	for _, item := range items {
		if *item.Count == 0 {
			zeros++
		}
	}
	switch zeros {
	case len(items):
		return Stop
	case 0:
		return Start
	}
	return Neither
}
