package fakeaws

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"
)

// EC2 is Amazon EC2, as far as stopping and starting instances go.
type EC2 struct {
	aws       *AWS
	instances map[string]*Instance
	pageSize  int
	slow      Transition
	denied    map[string]bool
}

// Instance is an EC2 instance.
type Instance struct {
	ID string
	// State is "running" unless set. Next are the states that follow by themselves, when it is put.
	State string
	Next  []Transition
	// ReasonCode and Reason are the StateReason that AWS shows, Reason beginning with the code.
	ReasonCode, Reason string
	// SystemStatus and InstanceStatus are the status checks of a running instance, "ok" unless set.
	SystemStatus, InstanceStatus string
	// Spot is the kind of a Spot instance's request, "one-time" or "persistent"; "" for On-Demand.
	Spot string
	// StopProtection is the attribute disableApiStop, Hibernation the hibernation option.
	StopProtection, Hibernation bool
	// InstanceStoreRoot tells that the root volume is an instance store.
	InstanceStoreRoot bool
	// StartFails is the code of the reason for which a start that AWS accepts ends in "stopped".
	StartFails string
	// VolumeKey is the ARN of the customer managed key of an encrypted volume.
	VolumeKey string
	Tags      map[string]string
	// Hibernated and Forced tell how it was stopped last.
	Hibernated, Forced bool

	next    []Transition
	failing string // why the start that is under way will end in "stopped"
	entered time.Time
	reads   int // descriptions since the state was entered
}

func newEC2(a *AWS) *EC2 {
	return &EC2{aws: a, instances: map[string]*Instance{}, pageSize: 1000, denied: map[string]bool{}}
}

// EC2 gives a test direct access to EC2.
func (a *AWS) EC2() *EC2 { return a.ec2 }

// SetPageSize sets how many instances a page of a description holds at most; AWS allows 5 to 1,000.
func (e *EC2) SetPageSize(n int) {
	e.aws.mu.Lock()
	defer e.aws.mu.Unlock()
	e.pageSize = n
}

// SlowStates keeps what is stopped in "stopping", and what is started in "pending", until a
// transition's Reads and After are over. Without it the next description shows the end.
func (e *EC2) SlowStates(slow Transition) {
	e.aws.mu.Lock()
	defer e.aws.mu.Unlock()
	e.slow = slow
}

// Deny refuses every start and stop that names one of these instances.
func (e *EC2) Deny(ids ...string) {
	e.aws.mu.Lock()
	defer e.aws.mu.Unlock()
	for _, id := range ids {
		e.denied[id] = true
	}
}

// Put makes or replaces an instance.
func (e *EC2) Put(instance Instance) {
	e.aws.mu.Lock()
	defer e.aws.mu.Unlock()
	setDefault(&instance.SystemStatus, "ok")
	setDefault(&instance.InstanceStatus, "ok")
	instance.Tags = maps.Clone(instance.Tags)
	instance.next = slices.Clone(instance.Next)
	instance.enter(cmp.Or(instance.State, "running"), e)
	e.instances[instance.ID] = &instance
}

// Instance returns an instance by id; looking counts as no description.
func (e *EC2) Instance(id string) (Instance, bool) {
	e.aws.mu.Lock()
	defer e.aws.mu.Unlock()
	instance := e.instances[id]
	if instance == nil {
		return Instance{}, false
	}
	instance.settle(e)
	shown := *instance
	shown.Tags = maps.Clone(instance.Tags)
	return shown, true
}

// Remove removes an instance.
func (e *EC2) Remove(id string) {
	e.aws.mu.Lock()
	defer e.aws.mu.Unlock()
	delete(e.instances, id)
}

// enter enters a state.
func (i *Instance) enter(state string, e *EC2) {
	i.State, i.entered, i.reads = state, e.aws.now(), 0
}

// settle enters the states that are due.
func (i *Instance) settle(e *EC2) {
	for len(i.next) > 0 {
		next := i.next[0]
		if i.reads < next.Reads || e.aws.now().Before(i.entered.Add(next.After)) {
			return
		}
		i.next = i.next[1:]
		if next.To == "stopped" && i.State == "pending" {
			i.ReasonCode = i.failing
			i.Reason = i.failing + ": Client error on launch"
		}
		i.enter(next.To, e)
	}
}

func (e *EC2) leftovers() []string {
	var left []string
	for _, id := range sortedKeys(e.instances) {
		if e.instances[id].State != "terminated" {
			left = append(left, "ec2 instance "+id)
		}
	}
	return left
}

// maxInstanceNames is how many instances Request.Name tells.
const maxInstanceNames = 1000

func (e *EC2) service() *service {
	operations := map[string]func(*call) (any, error){
		"DescribeInstances":      e.describeInstances,
		"DescribeInstanceStatus": e.describeInstanceStatus,
		"StartInstances":         e.startInstances,
		"StopInstances":          e.stopInstances,
	}
	for name, handle := range operations {
		operations[name] = func(c *call) (any, error) {
			for _, instance := range e.instances {
				instance.settle(e)
			}
			return handle(c)
		}
	}
	var nameKeys []string
	for n := range maxInstanceNames {
		nameKeys = append(nameKeys, "InstanceId."+strconv.Itoa(n+1))
	}
	return &service{
		name: "ec2", protocol: ec2Query{},
		operations: operations, nameKeys: nameKeys, leftovers: e.leftovers,
	}
}
