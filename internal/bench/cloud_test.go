//go:build linux

package bench_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// cloud is an EventBridge Scheduler that costs as little as it can: it keeps schedules as they came
// and checks nothing, so that what is measured are the programs that speak to it. It also answers the
// one question to AWS Lambda.
type cloud struct {
	server *httptest.Server

	mu        sync.Mutex
	schedules map[string][]byte
	groups    map[string][]tag
	calls     []apiCall
}

// apiCall is one call as the cloud saw it.
type apiCall struct {
	operation  string
	start, end time.Time
}

func startCloud(t *testing.T) *cloud {
	t.Helper()
	c := &cloud{schedules: map[string][]byte{}, groups: map[string][]tag{}}
	c.server = httptest.NewServer(c)
	t.Cleanup(c.server.Close)
	return c
}

// env is the environment of a program that speaks to the cloud.
func (c *cloud) env() []string {
	return []string{
		"AWS_ENDPOINT_URL=" + c.server.URL, "AWS_REGION=" + region, "AWS_EC2_METADATA_DISABLED=true",
		"AWS_ACCESS_KEY_ID=testing", "AWS_SECRET_ACCESS_KEY=testing",
	}
}

func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call := apiCall{start: time.Now()}
	body, err := io.ReadAll(r.Body)
	var status int
	var answer string
	if err != nil {
		status, answer = http.StatusBadRequest, "{}"
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		call.operation, status, answer = c.answer(r, body)
	}
	w.Header().Set("Content-Type", "application/json")
	if status == http.StatusNotFound {
		w.Header().Set("X-Amzn-Errortype", "ResourceNotFoundException")
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, answer)
	call.end = time.Now()
	c.calls = append(c.calls, call)
}

// answer lets a call take effect (EventBridge Scheduler API Reference; AWS Lambda API Reference,
// GetFunction).
func (c *cloud) answer(r *http.Request, body []byte) (operation string, status int, answer string) {
	collection, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch collection {
	case "schedules":
		if name == "" {
			return "ListSchedules", http.StatusOK, c.list(r.URL.Query().Get("NextToken"))
		}
		return c.schedule(r.Method, name, body)
	case "schedule-groups":
		return c.group(r.Method, name, body)
	case "tags":
		return c.tagged(r)
	case "":
		// The one call of AWS STS that is made (AWS STS API Reference, GetCallerIdentity).
		return "GetCallerIdentity", http.StatusOK, "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>" +
			account + "</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
	case "2015-03-31":
		return "GetFunction", http.StatusOK, `{"Configuration":{}}`
	}
	return "unknown " + r.URL.Path, http.StatusNotImplemented, `{"Message":"unknown"}`
}

const notFound = `{"Message":"not found"}`

func (c *cloud) schedule(method, name string, body []byte) (operation string, status int, answer string) {
	arn := "arn:aws:scheduler:" + region + ":" + account + ":schedule/bench/" + name
	kept, exists := c.schedules[name]
	switch {
	case method == http.MethodPost:
		c.schedules[name] = body
		return "CreateSchedule", http.StatusOK, `{"ScheduleArn":"` + arn + `"}`
	case !exists:
		return method + " of a schedule that is not there", http.StatusNotFound, notFound
	case method == http.MethodPut:
		c.schedules[name] = body
		return "UpdateSchedule", http.StatusOK, `{"ScheduleArn":"` + arn + `"}`
	case method == http.MethodDelete:
		delete(c.schedules, name)
		return "DeleteSchedule", http.StatusOK, "{}"
	}
	// What came as {…} goes back as it came, with two members more.
	return "GetSchedule", http.StatusOK, `{"Name":"` + name + `","Arn":"` + arn + `",` + string(kept[1:])
}

func (c *cloud) list(after string) string {
	names := slices.Sorted(maps.Keys(c.schedules))
	i, found := slices.BinarySearch(names, after)
	if found {
		i++
	}
	names = names[i:]
	next := ""
	if len(names) > 100 {
		names = names[:100]
		next = fmt.Sprintf(`,"NextToken":%q`, names[99])
	}
	for i, name := range names {
		names[i] = fmt.Sprintf(`{"Name":%q}`, name)
	}
	return `{"Schedules":[` + strings.Join(names, ",") + "]" + next + "}"
}

type tag struct{ Key, Value string }

func (c *cloud) group(method, name string, body []byte) (operation string, status int, answer string) {
	arn := "arn:aws:scheduler:" + region + ":" + account + ":schedule-group/" + name
	_, exists := c.groups[name]
	switch {
	case method == http.MethodPost:
		var in struct{ Tags []tag }
		_ = json.Unmarshal(body, &in) // of a body that is none there are no tags, and the program fails
		c.groups[name] = in.Tags
		return "CreateScheduleGroup", http.StatusOK, `{"ScheduleGroupArn":"` + arn + `"}`
	case !exists:
		return method + " of no group", http.StatusNotFound, notFound
	case method == http.MethodDelete:
		delete(c.groups, name)
		return "DeleteScheduleGroup", http.StatusOK, "{}"
	}
	return "GetScheduleGroup", http.StatusOK, `{"Name":"` + name + `","Arn":"` + arn + `","State":"ACTIVE"}`
}

func (c *cloud) tagged(r *http.Request) (operation string, status int, answer string) {
	name := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	tags, exists := c.groups[name]
	switch {
	case !exists:
		return r.Method + " tags of no group", http.StatusNotFound, notFound
	case r.Method == http.MethodDelete:
		gone := r.URL.Query()["TagKeys"]
		c.groups[name] = slices.DeleteFunc(tags, func(t tag) bool { return slices.Contains(gone, t.Key) })
		return "UntagResource", http.StatusOK, "{}"
	}
	list, err := json.Marshal(tags)
	if err != nil {
		return "ListTagsForResource", http.StatusInternalServerError, "{}"
	}
	return "ListTagsForResource", http.StatusOK, `{"Tags":` + string(list) + "}"
}

// activity is what happened on the cloud during one command.
type activity struct {
	// calls counts the calls by operation.
	calls map[string]int
	// took is the time of the program's own calls: from the first to the last of each operation of a
	// resource (read, create, update, delete). What OpenTofu does in between, before and after is left
	// out, and the one question for the account's number, which a plan asks.
	took time.Duration
}

// take returns what happened since the last take.
func (c *cloud) take() activity {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := activity{calls: map[string]int{}}
	slices.SortFunc(c.calls, func(a, b apiCall) int { return a.start.Compare(b.start) })
	var begin, end time.Time
	reading := true
	for _, call := range c.calls {
		if call.operation == "GetCallerIdentity" {
			continue
		}
		a.calls[call.operation]++
		if begin.IsZero() || call.begins() || reading && call.writes() {
			a.took += end.Sub(begin)
			begin, end = call.start, call.end
		}
		reading = reading && !call.writes()
		if call.end.After(end) {
			end = call.end
		}
	}
	a.took += end.Sub(begin)
	c.calls = nil
	return a
}

// begins tells that a resource's operation begins with this call: each looks at its group first. The
// plain resource has no group, so its reads and its writes are taken for one operation each.
func (a apiCall) begins() bool {
	return a.operation == "GetScheduleGroup" || a.operation == "GetFunction"
}

func (a apiCall) writes() bool {
	return !strings.HasPrefix(a.operation, "Get") && !strings.HasPrefix(a.operation, "List")
}
