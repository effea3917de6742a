package command

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

const (
	// instanceBatch is how many instances one Start or Stop names. AWS counts them against a bucket
	// of 1,000 that fills slowly (Amazon EC2 Developer Guide, "Request throttling for the Amazon EC2
	// API"), so a larger batch may never get through.
	instanceBatch = 500
	// sampleSize is how many instances of a large refused batch are tried alone, and then its rest in
	// two halves, before all of it is taken for refused.
	sampleSize = 8
	// smallBatch is up to how many instances a refused batch is halved down to the last one.
	smallBatch = 64
)

// AWS's error codes (Amazon EC2 Developer Guide, "Error codes for the Amazon EC2 API").
const (
	codeInstanceState   = "IncorrectInstanceState"
	codeInstanceUnknown = "InvalidInstanceID.NotFound"
	codeInstanceBadID   = "InvalidInstanceID.Malformed"
	codeNotPermitted    = "OperationNotPermitted"
	codeUnsupported     = "UnsupportedOperation"
	codeNoHibernation   = "UnsupportedHibernationConfiguration"
	// capacityPrefix begins the codes for what AWS has too little of.
	capacityPrefix = "Insufficient"
)

// round makes the calls that are due.
func (r *ec2Run) round(ctx context.Context) {
	var starts, stops, forced []*ec2Target
	for _, t := range r.open() {
		switch {
		case !t.due():
		case t.want == Start:
			starts = append(starts, t)
		case t.force:
			forced = append(forced, t)
		default:
			stops = append(stops, t)
		}
	}
	for _, targets := range [][]*ec2Target{starts, stops, forced} {
		for batch := range slices.Chunk(targets, instanceBatch) {
			r.send(ctx, batch)
		}
	}
}

// send makes one call for a batch of targets that want the same. AWS refuses a whole batch for one
// instance: those that its error names are taken out; where it names none the batch is halved until
// the bad one is alone (part and sample).
func (r *ec2Run) send(ctx context.Context, batch []*ec2Target) {
	if len(batch) == 0 {
		return
	}
	if err := r.try(ctx, batch); err != nil {
		r.part(ctx, batch, err)
	}
}

// try makes one call for a batch. Its error is a refusal that may be for a part of the batch; any
// other is given to the targets.
func (r *ec2Run) try(ctx context.Context, batch []*ec2Target) error {
	err := r.request(ctx, batch)
	switch {
	case err == nil:
		r.mayAct[batch[0].want] = true
		for _, t := range batch {
			t.acceptedBy(r.Clock.Now())
		}
	case hasCode(err, throttledCodes...):
		for _, t := range batch {
			t.refusal = err
		}
	case len(batch) == 1 || !concernsOne(err):
		r.refuse(batch, err)
	default:
		return err
	}
	return nil
}

// part finds out which of a refused batch the refusal is for.
func (r *ec2Run) part(ctx context.Context, batch []*ec2Target, err error) {
	bad, rest := named(batch, err)
	half := len(batch) / 2
	switch {
	case len(batch) > smallBatch && !r.mayAct[batch[0].want] &&
		(len(bad) == 0 || hasCode(err, deniedCodes...)):
		r.sample(ctx, batch, err)
	case len(bad) == 0:
		r.send(ctx, batch[:half])
		r.send(ctx, batch[half:])
	default:
		r.refuse(bad, err)
		r.send(ctx, rest)
	}
}

// request makes the call.
func (r *ec2Run) request(ctx context.Context, batch []*ec2Target) error {
	ids := make([]string, len(batch))
	for i, t := range batch {
		ids[i] = t.id
	}
	return r.limited(ctx, func() error {
		if batch[0].want == Start {
			_, err := r.api.StartInstances(ctx, &ec2.StartInstancesInput{InstanceIds: ids})
			return err
		}
		in := &ec2.StopInstancesInput{InstanceIds: ids}
		if batch[0].force || r.call.flags.has(flagForce) {
			in.Force = aws.Bool(true)
		}
		if r.call.flags.has(flagHibernate) {
			in.Hibernate = aws.Bool(true)
		}
		_, err := r.api.StopInstances(ctx, in)
		return err
	})
}

// concernsOne tells whether an error may be for one instance of a batch: one that AWS answered,
// neither for who calls nor for trouble of its own. A lack of capacity, which is for one type or zone,
// comes as a server error (Amazon EC2 Developer Guide, "Error codes for the Amazon EC2 API").
func concernsOne(err error) bool {
	var api smithy.APIError
	var response *smithyhttp.ResponseError
	return errors.As(err, &api) && errors.As(err, &response) &&
		(response.HTTPStatusCode() < http.StatusInternalServerError ||
			strings.HasPrefix(api.ErrorCode(), capacityPrefix)) &&
		response.HTTPStatusCode() != http.StatusUnauthorized
}

// sample finds out whether a large batch is refused for all of it, as it is where the role has no
// right, or AWS no capacity: some of it are tried alone, then the rest in two halves. Trying each of
// a large fleet alone would take thousands of calls.
func (r *ec2Run) sample(ctx context.Context, batch []*ec2Target, err error) {
	var rest, refused []*ec2Target
	begin := 0
	for k := range sampleSize {
		// Not evenly spread: every n-th of a fleet may be of one sort.
		at := k*len(batch)/sampleSize + k*len(batch)/(sampleSize*sampleSize)
		rest = append(rest, batch[begin:at]...)
		r.send(ctx, batch[at:at+1])
		begin = at + 1
	}
	rest = append(rest, batch[begin:]...)
	if r.mayAct[batch[0].want] {
		r.send(ctx, rest)
		return
	}
	for half := range slices.Chunk(rest, (len(rest)+1)/2) {
		if r.try(ctx, half) != nil {
			refused = append(refused, half...)
		}
	}
	if r.mayAct[batch[0].want] {
		r.send(ctx, refused)
		return
	}
	r.refuse(refused, err)
}

// namedID finds the ids in an error's message.
var namedID = newPattern(`\bi-[0-9a-f]{8,17}\b`)

// named parts a batch into those that the error names and the others.
func named(batch []*ec2Target, err error) (bad, rest []*ec2Target) {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return nil, batch
	}
	ids := namedID().FindAllString(api.ErrorMessage(), -1)
	for _, t := range batch {
		if slices.Contains(ids, t.id) {
			bad = append(bad, t)
		} else {
			rest = append(rest, t)
		}
	}
	return bad, rest
}

// refuse gives AWS's refusal to the targets that it is for.
func (r *ec2Run) refuse(targets []*ec2Target, err error) {
	for _, t := range targets {
		t.refused(err)
	}
}

// refused ends the target, but for a refusal for its state: that may have changed since it was
// described, so it is looked at again.
func (t *ec2Target) refused(err error) {
	switch {
	case hasCode(err, codeInstanceState):
		t.refusal = err
	case hasCode(err, codeInstanceUnknown, codeInstanceBadID):
		t.end(NotFound, explain(err))
	case hasCode(err, codeNotPermitted) && t.want == Stop:
		t.end(Unsupported, "stop protection is on: turn it off, or leave it out; "+explain(err))
	case hasCode(err, codeUnsupported) && t.spot:
		t.end(Unsupported, "a Spot instance "+effectWord(t.want)+"s only if its request is persistent: "+
			"leave it out; "+explain(err))
	case hasCode(err, codeUnsupported):
		t.end(Unsupported, explain(err))
	case hasCode(err, codeNoHibernation):
		t.end(Unsupported, "it is not set up for hibernation: leave "+flagHibernate+" out; "+explain(err))
	default:
		t.fail(err, ec2Actions[t.want])
	}
}
