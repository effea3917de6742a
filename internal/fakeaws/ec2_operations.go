package fakeaws

import (
	"encoding/xml"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ec2Query is the protocol ec2Query: as awsQuery, but for the form of the answers (Smithy, "AWS EC2
// query protocol").
type ec2Query struct{ query }

func (ec2Query) encode(operation string, output any) response {
	return xmlResponse(http.StatusOK, queryResult{operation + "Response", output})
}

type ec2Error struct {
	XMLName   xml.Name `xml:"Response"`
	Code      string   `xml:"Errors>Error>Code"`
	Message   string   `xml:"Errors>Error>Message"`
	RequestID string   `xml:"RequestID"`
}

func (ec2Query) encodeError(err *Error) response {
	return xmlResponse(err.status(), ec2Error{
		Code: err.Code, Message: err.Message, RequestID: requestID,
	})
}

type ec2TagXML struct {
	Key   string `xml:"key"`
	Value string `xml:"value"`
}

type ec2StateXML struct {
	Code int    `xml:"code"`
	Name string `xml:"name"`
}

// stateCodes are the numbers of the states (API Reference, InstanceState).
var stateCodes = map[string]int{
	"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80,
}

func stateXML(state string) ec2StateXML { return ec2StateXML{stateCodes[state], state} }

type ec2ReasonXML struct {
	Code    string `xml:"code"`
	Message string `xml:"message"`
}

type ec2InstanceXML struct {
	ID        string        `xml:"instanceId"`
	State     ec2StateXML   `xml:"instanceState"`
	Reason    *ec2ReasonXML `xml:"stateReason"`
	RootType  string        `xml:"rootDeviceType"`
	Lifecycle string        `xml:"instanceLifecycle,omitempty"`
	Tags      []ec2TagXML   `xml:"tagSet>item"`
}

func (i *Instance) xml() ec2InstanceXML {
	x := ec2InstanceXML{ID: i.ID, State: stateXML(i.State), RootType: i.rootType()}
	if i.Spot != "" {
		x.Lifecycle = "spot"
	}
	if i.ReasonCode != "" {
		x.Reason = &ec2ReasonXML{i.ReasonCode, i.Reason}
	}
	for _, key := range sortedKeys(i.Tags) {
		x.Tags = append(x.Tags, ec2TagXML{key, i.Tags[key]})
	}
	return x
}

func (i *Instance) rootType() string {
	if i.InstanceStoreRoot {
		return "instance-store"
	}
	return "ebs"
}

// maxFilterValues is the most values of one filter (API Reference, Filter).
const maxFilterValues = 200

// ec2Filters reads a request's filters.
func (c *call) ec2Filters() (map[string][]string, error) {
	filters := map[string][]string{}
	for n := 1; ; n++ {
		prefix := "Filter." + strconv.Itoa(n)
		name := c.param(prefix + ".Name")
		if name == "" {
			return filters, nil
		}
		filters[name] = c.list(prefix + ".Value")
		if len(filters[name]) > maxFilterValues {
			return nil, errf(http.StatusBadRequest, "FilterLimitExceeded",
				"The maximum number of filter values specified on a single call is %d", maxFilterValues)
		}
	}
}

// wildcard tells whether a value fits one of a filter's: * stands for any characters, ? for one,
// and case matters (User Guide, "List and filter your resources").
func wildcard(patterns []string, value string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		p = regexp.QuoteMeta(p)
		p = strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(p)
		return regexp.MustCompile(`(?s)^` + p + `$`).MatchString(value)
	})
}

// fits tells whether the instance passes one filter.
func (i *Instance) fits(name string, patterns []string) (bool, error) {
	switch key, isTag := strings.CutPrefix(name, "tag:"); {
	case isTag:
		value, has := i.Tags[key]
		return has && wildcard(patterns, value), nil
	case name == "tag-key":
		return slices.ContainsFunc(sortedKeys(i.Tags), func(k string) bool {
			return wildcard(patterns, k)
		}), nil
	case name == "instance-id":
		return wildcard(patterns, i.ID), nil
	case name == "instance-state-name":
		return wildcard(patterns, i.State), nil
	case name == "instance-status.status":
		return wildcard(patterns, i.InstanceStatus), nil
	case name == "system-status.status":
		return wildcard(patterns, i.SystemStatus), nil
	}
	return false, errf(http.StatusBadRequest, "InvalidParameterValue",
		"The filter '%s' is invalid", name)
}

// page returns the instances that a description asks for, and the token of the next page. All
// filters must fit. Ids and a page size exclude each other; one unknown id fails the call (API
// Reference, DescribeInstances).
func (e *EC2) page(c *call, maxIDs int) ([]*Instance, string, error) {
	filters, err := c.ec2Filters()
	if err != nil {
		return nil, "", err
	}
	ids := c.list("InstanceId")
	size, ok := c.size("MaxResults", 5, 1000, 1000)
	switch {
	case len(ids) > 0 && c.param("MaxResults") != "":
		return nil, "", errf(http.StatusBadRequest, "InvalidParameterCombination",
			"The parameter instancesSet cannot be used with the parameter maxResults")
	case len(ids) > maxIDs || !ok:
		return nil, "", errf(http.StatusBadRequest, "InvalidParameterValue",
			"The request names too many instances, or has a page size out of bounds")
	}
	if err := e.known(ids); err != nil {
		return nil, "", err
	}
	if len(ids) == 0 {
		ids = sortedKeys(e.instances)
	}
	var matching []*Instance
	for _, id := range ids {
		instance, all := e.instances[id], true
		for name, patterns := range filters {
			fits, err := instance.fits(name, patterns)
			if err != nil {
				return nil, "", err
			}
			all = all && fits
		}
		if all {
			matching = append(matching, instance)
		}
	}
	part, next, ok := cut(matching, func(i *Instance) string { return i.ID }, c.param("NextToken"),
		min(size, e.pageSize))
	if !ok {
		return nil, "", errf(http.StatusBadRequest, "InvalidParameterValue",
			"The token '%s' is invalid", c.param("NextToken"))
	}
	return part, next, nil
}

var instanceIDForm = regexp.MustCompile(`^i-([0-9a-f]{8}|[0-9a-f]{17})$`)

// known fails for ids that are malformed or unknown.
func (e *EC2) known(ids []string) error {
	var missing []string
	for _, id := range ids {
		if !instanceIDForm.MatchString(id) {
			return errf(http.StatusBadRequest, "InvalidInstanceID.Malformed",
				"Invalid id: \"%s\"", id)
		}
		if e.instances[id] == nil {
			missing = append(missing, id)
		}
	}
	switch len(missing) {
	case 0:
		return nil
	case 1:
		return errf(http.StatusBadRequest, "InvalidInstanceID.NotFound",
			"The instance ID '%s' does not exist", missing[0])
	}
	return errf(http.StatusBadRequest, "InvalidInstanceID.NotFound",
		"The instance IDs '%s' do not exist", strings.Join(missing, ", "))
}

type reservationXML struct {
	Instances []ec2InstanceXML `xml:"instancesSet>item"`
}

func (e *EC2) describeInstances(c *call) (any, error) {
	page, next, err := e.page(c, 1000)
	if err != nil {
		return nil, err
	}
	reservations := []reservationXML{}
	for _, instance := range page {
		reservations = append(reservations, reservationXML{[]ec2InstanceXML{instance.xml()}})
		instance.reads++
	}
	return struct {
		Reservations []reservationXML `xml:"reservationSet>item"`
		NextToken    string           `xml:"nextToken,omitempty"`
	}{reservations, next}, nil
}

type statusXML struct {
	ID       string      `xml:"instanceId"`
	State    ec2StateXML `xml:"instanceState"`
	System   string      `xml:"systemStatus>status"`
	Instance string      `xml:"instanceStatus>status"`
}

// describeInstanceStatus shows running instances only, unless told otherwise, and takes a hundred
// ids (API Reference, DescribeInstanceStatus).
func (e *EC2) describeInstanceStatus(c *call) (any, error) {
	page, next, err := e.page(c, 100)
	if err != nil {
		return nil, err
	}
	statuses := []statusXML{}
	for _, i := range page {
		if i.State == "running" || c.param("IncludeAllInstances") == "true" {
			statuses = append(statuses,
				statusXML{i.ID, stateXML(i.State), i.SystemStatus, i.InstanceStatus})
		}
	}
	return struct {
		Statuses  []statusXML `xml:"instanceStatusSet>item"`
		NextToken string      `xml:"nextToken,omitempty"`
	}{statuses, next}, nil
}

type stateChangeXML struct {
	ID       string      `xml:"instanceId"`
	Current  ec2StateXML `xml:"currentState"`
	Previous ec2StateXML `xml:"previousState"`
}

type stateChangesXML struct {
	Changes []stateChangeXML `xml:"instancesSet>item"`
}
