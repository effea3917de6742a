package command

import (
	"errors"
	"fmt"
	"time"
)

// ec2Target is one instance that an item selected, on its way to where the call wants it.
type ec2Target struct {
	run   *ec2Run
	query *instanceQuery
	item  Item
	instance

	// want is what is brought about now; then tells that a start follows the stop.
	want        Effect
	then, force bool
	// sent is what AWS accepted last, sentAt when, before the instance as it was then. sawPending
	// tells that it has been pending since.
	sent       Effect
	sentAt     time.Time
	before     instance
	sawPending bool
	// refusal is AWS's last refusal that may pass.
	refusal error

	// result is final as soon as it has an outcome; logged tells that its line is written.
	result Result
	logged bool
}

func (t *ec2Target) end(outcome Outcome, detail string) {
	t.result.Outcome, t.result.Detail = outcome, detail
}

func (t *ec2Target) fail(err error, action string) { t.result = t.result.fail(err, action) }

// see takes in what a look showed.
func (t *ec2Target) see(i instance) {
	t.instance, t.result.To = i, i.state
	t.sawPending = t.sawPending || i.state == instancePending
}

// plan sets what the call wants of the instance, or ends it where the call wants nothing. It leaves
// open what the status checks of a running instance decide.
func (t *ec2Target) plan() {
	effect := t.run.call.verb.Effect
	group := t.tags[groupTag]
	switch {
	case t.gone():
		t.endGone()
	case group != "" && effect == Neither:
		t.end(Unsupported, fmt.Sprintf("a member of Auto Scaling group %s, which replaces impaired "+
			"instances by itself: leave it out", group))
	case group != "":
		word := effectWord(effect)
		t.end(Unsupported, fmt.Sprintf("a member of Auto Scaling group %s, which replaces what is "+
			"stopped: %s the group: asg %s %s", group, word, word, group))
	case effect != Neither:
		t.want = effect
	case t.state == instanceStopped:
		t.want = Start
	case t.state != instanceRunning:
		t.want, t.then = Stop, true
	}
}

// effectWord is an effect as a verb.
func effectWord(e Effect) string {
	if e == Start {
		return "start"
	}
	return "stop"
}

// endGone ends a target that is terminated, or about to be. Only a start misses it.
func (t *ec2Target) endGone() {
	if t.run.call.verb.Effect == Start || t.sent == Start {
		t.end(Failed, "it is "+t.state+", and nothing brings it back")
		return
	}
	t.end(Skipped, "it is "+t.state)
}

// waits tells whether the target is waited for until it has arrived.
func (t *ec2Target) waits() bool { return t.want == Start || t.then || t.run.call.flags.wait }

// due tells whether AWS must be called for the target now. It ends targets that have arrived.
func (t *ec2Target) due() bool {
	if t.then && t.state == instanceStopped {
		t.want, t.then = Start, false
	}
	dryRun := t.run.call.flags.dryRun
	switch t.state {
	case arrivedState(t.want):
		t.arrived()
	case movingState(t.want):
		if !t.waits() || dryRun && !t.then {
			t.arrived()
		} else if dryRun {
			t.dryRun()
		}
	case instanceShuttingDown, instanceTerminated:
		t.endGone()
	case instanceRunning, instanceStopped:
		return t.actsNow()
	default:
		if dryRun {
			t.dryRun()
		}
	}
	return false
}

func arrivedState(e Effect) string {
	if e == Start {
		return instanceRunning
	}
	return instanceStopped
}

func movingState(e Effect) string {
	if e == Start {
		return instancePending
	}
	return instanceStopping
}

// actsNow is due for an instance that runs and shall not, or the other way round.
func (t *ec2Target) actsNow() bool {
	switch {
	case t.want == Stop && t.instanceStore:
		t.end(Unsupported, "its root volume is an instance store, which a stop would lose: leave it out")
	case t.run.call.flags.dryRun:
		t.dryRun()
	case t.sent != t.want:
		return true
	case t.want == Start && t.stoppedAgain():
		t.end(Failed, t.whyStopped())
	}
	return false
}

func (t *ec2Target) arrived() {
	switch {
	case t.sent != Neither:
		t.end(Done, "")
	case t.state == arrivedState(t.want):
		t.end(Already, "")
	default:
		t.end(Already, "it is "+t.state)
	}
}

func (t *ec2Target) dryRun() {
	would := effectWord(t.want) + " it"
	switch {
	case t.force:
		would = "force it to stop, as a status check says impaired, and start it again"
	case t.then && t.state == instanceStopping:
		would = "start it"
	case t.then:
		would = "stop it and start it again"
	}
	if t.state == instancePending || t.state == instanceStopping {
		would = "wait while it is " + t.state + ", then " + would
	}
	t.end(DryRun, "would "+would)
}

// acceptedBy tells the target that AWS accepted what it wants.
func (t *ec2Target) acceptedBy(now time.Time) {
	t.sent, t.sentAt, t.before, t.sawPending = t.want, now, t.instance, false
	t.refusal = nil
	t.result.To = movingState(t.want)
	if !t.waits() {
		t.end(Done, "")
	}
}

// staleAfter is how long a Describe may lag behind an accepted start: EC2 is eventually consistent
// (Amazon EC2 Developer Guide, "Eventual consistency in the Amazon EC2 API").
const staleAfter = time.Minute

// userReasons are the reasons of a stop that somebody asked for (Amazon EC2 API Reference,
// StateReason, and for the second AWS's answers).
const (
	reasonUserStop      = "Client.UserInitiatedShutdown"
	reasonUserHibernate = "Client.UserInitiatedHibernate"
)

// stoppedAgain tells whether an instance whose start was accepted has come back to stopped, rather
// than being shown as it was before.
func (t *ec2Target) stoppedAgain() bool {
	newReason := t.reason != t.before.reason &&
		t.reasonCode != reasonUserStop && t.reasonCode != reasonUserHibernate
	return t.sawPending || newReason || t.run.Clock.Now().Sub(t.sentAt) >= staleAfter
}

// clientError is AWS's reason for an instance that it could not start for its caller's fault, most
// of all an encrypted volume whose key the caller may not use (Amazon EC2 User Guide, "Instance
// terminates immediately").
const clientError = "Client.InternalError"

func (t *ec2Target) whyStopped() string {
	reason := t.reason
	if reason == "" {
		reason = "AWS gives no reason"
	}
	detail := "start accepted, but it is stopped again: " + reason
	if t.reasonCode == clientError {
		detail += "; mostly the role lacks kms:CreateGrant on the key of an encrypted volume"
	}
	return detail
}

// accepted begins a sentence with what AWS accepted; "" where it was nothing.
func (t *ec2Target) accepted() string {
	if t.sent == Neither {
		return ""
	}
	return effectWord(t.sent) + " accepted, "
}

// outOfTime ends a target whose time is over, or whose run was interrupted. Lambda's retry comes
// back to it.
func (t *ec2Target) outOfTime(err error, waited time.Duration) {
	detail := fmt.Sprintf("%sstill %s after %s", t.accepted(), t.state, minutes(waited))
	if !errors.Is(err, errTimeShort) {
		detail = t.accepted() + explain(err) + " while " + t.state
	}
	if t.refusal != nil {
		detail += "; " + explain(t.refusal)
	}
	t.end(Failed, detail)
}
