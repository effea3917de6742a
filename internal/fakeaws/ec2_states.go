package fakeaws

import (
	"cmp"
	"net/http"
)

// startInstances starts all instances of the request, or none.
func (e *EC2) startInstances(c *call) (any, error) {
	return e.change(c, (*Instance).startable, func(i *Instance) {
		if i.State == "running" || i.State == "pending" {
			return
		}
		to := "running"
		i.failing = cmp.Or(i.StartFails, e.noGrant(c, i))
		if i.failing != "" {
			to = "stopped"
		}
		e.move(i, "pending", to)
	})
}

// stopInstances stops all instances of the request, or none.
func (e *EC2) stopInstances(c *call) (any, error) {
	hibernate, force := c.param("Hibernate") == "true", c.param("Force") == "true"
	stoppable := func(i *Instance) error {
		if hibernate && !i.Hibernation {
			return errf(http.StatusBadRequest, "UnsupportedHibernationConfiguration",
				"Instance '%s' does not have hibernation configured", i.ID)
		}
		return i.stoppable()
	}
	return e.change(c, stoppable, func(i *Instance) {
		if i.State == "stopped" || i.State == "stopping" {
			return
		}
		i.Hibernated, i.Forced = hibernate, force
		i.ReasonCode = "Client.UserInitiatedShutdown"
		i.Reason = "Client.UserInitiatedShutdown: User initiated shutdown"
		e.move(i, "stopping", "stopped")
	})
}

// change changes all instances of a request. One that cannot fails the whole call. The same state
// again is success (API Reference, StartInstances and StopInstances).
func (e *EC2) change(c *call, check func(*Instance) error, change func(*Instance)) (any, error) {
	ids := c.list("InstanceId")
	if len(ids) == 0 {
		return nil, errf(http.StatusBadRequest, "MissingParameter",
			"The request must contain the parameter InstanceId")
	}
	if err := e.known(ids); err != nil {
		return nil, err
	}
	for _, id := range ids {
		if e.denied[id] {
			return nil, e.unauthorized(c.param("Action"), id)
		}
	}
	for _, id := range ids {
		if err := check(e.instances[id]); err != nil {
			return nil, err
		}
	}
	var out stateChangesXML
	for _, id := range ids {
		i := e.instances[id]
		before := stateXML(i.State)
		change(i)
		out.Changes = append(out.Changes, stateChangeXML{id, stateXML(i.State), before})
	}
	return out, nil
}

func (e *EC2) move(i *Instance, through, to string) {
	slow := e.slow
	slow.To = to
	i.next = []Transition{slow}
	i.enter(through, e)
}

func (e *EC2) unauthorized(action, id string) error {
	return errf(http.StatusForbidden, "UnauthorizedOperation",
		"You are not authorized to perform this operation. User: arn:aws:iam::%s:user/test is not "+
			"authorized to perform: ec2:%s on resource: arn:aws:ec2:%s:%[1]s:instance/%[4]s because "+
			"no identity-based policy allows the ec2:%[2]s action",
		e.aws.account, action, e.aws.region, id)
}

// startable tells why an instance cannot be started: only one that is stopped, or on its way to
// run, can (public logs of the error).
func (i *Instance) startable() error {
	switch i.State {
	case "stopped", "pending", "running":
		return nil
	}
	return errf(http.StatusBadRequest, "IncorrectInstanceState",
		"The instance '%s' is not in a state from which it can be started.", i.ID)
}

// stoppable tells why an instance cannot be stopped (User Guide, "Stop and start Amazon EC2
// instances", "Enable stop protection for your EC2 instances" and "Manage your Spot Instances";
// Developer Guide, "Error codes for the Amazon EC2 API").
func (i *Instance) stoppable() error {
	switch {
	case i.State == "terminated" || i.State == "shutting-down" || i.State == "pending":
		return errf(http.StatusBadRequest, "IncorrectInstanceState",
			"The instance '%s' is not in a state from which it can be stopped.", i.ID)
	case i.StopProtection:
		return errf(http.StatusBadRequest, "OperationNotPermitted",
			"The instance '%s' may not be stopped. Modify its 'disableApiStop' instance attribute and "+
				"try again.", i.ID)
	case i.Spot == "one-time":
		return errf(http.StatusBadRequest, "UnsupportedOperation",
			"You can't stop the Spot Instance '%s' because it is associated with a one-time Spot "+
				"Instance request. You can only stop Spot Instances associated with persistent Spot "+
				"Instance requests.", i.ID)
	case i.InstanceStoreRoot:
		return errf(http.StatusBadRequest, "UnsupportedOperation",
			"The instance '%s' does not have an 'ebs' root device type and cannot be stopped.", i.ID)
	}
	return nil
}
