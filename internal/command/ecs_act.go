package command

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	scaling "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// setCount sets a service's desired count to the item's.
func (r *ecsRun) setCount(ctx context.Context, c *chosen) Result {
	c.want = *c.item.Count
	result := r.counted(*c)
	result.Detail = r.scalingNote(c.service, c.want)
	switch {
	case c.service.desired == c.want:
		result.Outcome = Already
		return result
	case r.call.flags.dryRun:
		return result.wouldDo(fmt.Sprintf("set the desired count to %d", c.want))
	}
	return r.finish(result, c.want, r.setDesired(ctx, c.service, c.want))
}

// finish is the result of a service whose count was to become want.
func (r *ecsRun) finish(result Result, want int32, err error) Result {
	if err != nil {
		return result.failAction(err)
	}
	result.Outcome, result.To = Done, fmt.Sprint(want)
	return result
}

// wouldDo is the result of a dry run. What the detail says already comes after it.
func (r Result) wouldDo(what string) Result {
	r.Outcome = DryRun
	r.Detail = strings.TrimSuffix("would "+what+"; "+r.Detail, "; ")
	return r
}

// scalingNote says what scaling may do to a count: outside its bounds, the next alarm or scheduled
// action moves it (Amazon ECS Developer Guide, "Automatically scale your Amazon ECS service").
func (r *ecsRun) scalingNote(s ecsService, count int32) string {
	switch {
	case r.scalingErr != nil:
		return "its scaling was not looked up: " + explain(r.scalingErr)
	case s.scaling == nil || s.scaling.suspended == everything:
		return ""
	case count < s.scaling.min:
		return fmt.Sprintf("its autoscaling minimum is %d, to which scaling may lift it again",
			s.scaling.min)
	case count > s.scaling.max:
		return fmt.Sprintf("its autoscaling maximum is %d, to which scaling may lower it again",
			s.scaling.max)
	}
	return ""
}

// stop remembers a service's count in its tags, suspends its scaling and sets 0, in this order: a
// failure or a kill between two of them loses nothing, and scaling cannot lift what is 0. A service
// that is at 0 while its scaling is live goes the same way: AWS lifts it where it suspends.
func (r *ecsRun) stop(ctx context.Context, c *chosen) Result {
	s := c.service
	result := r.counted(*c)
	switch {
	case r.scalingErr != nil:
		return result.failAction(r.scalingErr)
	case s.desired == 0 && !s.scaling.live():
		result.Outcome = Already
		return result
	case s.desired == 0 && s.memory() == nil:
		// Start could not tell that it was us who suspended it.
		result.Outcome = Already
		result.Detail = "no count is remembered, so its scaling is not suspended and may lift it again"
		return result
	}
	memory := memoryOf(s)
	suspend := s.scaling.live()
	if r.call.flags.dryRun {
		return result.wouldDo(stopWords(s, memory[countTag]))
	}
	c.memory = memory
	err := r.remember(ctx, s, memory)
	suspended := false
	if err == nil && suspend {
		err = r.suspend(ctx, s, everything)
		suspended = err == nil
	}
	if err == nil {
		err = r.setDesired(ctx, s, 0)
	}
	if s.desired == 0 {
		result.Detail = "its scaling is suspended now"
	}
	result = r.finish(result, 0, err)
	if err != nil && suspended {
		// Resuming it here would let AWS pull the count away from what is remembered.
		result.Detail += "; its scaling stays suspended until start-services or the next stop"
	}
	return result
}

// ourSuspension is what start shall resume: what earlier stops suspended, and what this one does.
func (s ecsService) ourSuspension() suspension {
	return parseSuspension(s.tags[suspendedTag]).or(everything.without(s.scaling.suspended))
}

func stopWords(s ecsService, count string) string {
	switch {
	case s.desired == 0:
		return "suspend its scaling"
	case s.scaling.live():
		return fmt.Sprintf("remember %s, suspend its scaling and set the desired count to 0", count)
	}
	return fmt.Sprintf("remember %s and set the desired count to 0", count)
}

// memoryOf is the tags from which start gives back the service as it is now. A count that is
// remembered already stays, where the service is at 0 or only scaling has moved it away from there:
// it is an earlier stop's, which did not come to its end.
func memoryOf(s ecsService) map[string]string {
	count := s.desired
	if earlier, ok := s.remembered(); ok && (s.desired == 0 || s.pulled(earlier)) {
		count = earlier
	}
	memory := map[string]string{countTag: fmt.Sprint(count)}
	if s.scaling != nil {
		if ours := s.ourSuspension(); ours != (suspension{}) {
			memory[suspendedTag] = ours.String()
		}
	}
	return memory
}

// remember writes the tags, in one call, unless the service has them.
func (r *ecsRun) remember(ctx context.Context, s ecsService, memory map[string]string) error {
	var tags []types.Tag
	for _, key := range []string{countTag, suspendedTag} {
		if value, ok := memory[key]; ok && s.tags[key] != value {
			tags = append(tags, types.Tag{Key: aws.String(key), Value: aws.String(value)})
		}
	}
	if len(tags) == 0 {
		return nil
	}
	err := r.write(ctx, func() error {
		_, err := r.ecs.TagResource(ctx, &ecs.TagResourceInput{ResourceArn: &s.arn, Tags: tags})
		return err
	})
	if err != nil {
		return &actionError{actionTagService, err}
	}
	return nil
}

// suspend suspends of the service's scaling what to says, and resumes the rest. While AWS is busy
// with another change of the target, it is tried again until time is short.
func (r *ecsRun) suspend(ctx context.Context, s ecsService, to suspension) error {
	look := r.newPoll()
	for {
		err := r.write(ctx, func() error {
			_, err := r.scaling.RegisterScalableTarget(ctx,
				&applicationautoscaling.RegisterScalableTargetInput{
					ServiceNamespace:  scaling.ServiceNamespaceEcs,
					ScalableDimension: scaling.ScalableDimensionECSServiceDesiredCount,
					ResourceId:        aws.String(scalingPrefix + s.key),
					SuspendedState: &scaling.SuspendedState{
						DynamicScalingInSuspended:  aws.Bool(to.in),
						DynamicScalingOutSuspended: aws.Bool(to.out),
						ScheduledScalingSuspended:  aws.Bool(to.scheduled),
					},
				})
			return err
		})
		if err == nil {
			return nil
		}
		if !hasCode(err, "ConcurrentUpdateException") || look.wait(ctx) != nil {
			return &actionError{actionRegisterTarget, err}
		}
	}
}

var errNothingRemembered = errors.New("nothing remembered, no count given: " +
	"write CLUSTER/SERVICE/COUNT, or set the count once by hand")

// start gives back what stop remembered: the count, then the scaling, then the tags go. The count
// comes first, so that scaling, which pulls it into its bounds, finds it there.
func (r *ecsRun) start(ctx context.Context, c *chosen) Result {
	s := c.service
	result := r.counted(*c)
	if r.scalingErr != nil {
		return result.failAction(r.scalingErr)
	}
	want, err := countToStart(s, c.item)
	if err != nil {
		result.Outcome, result.Detail = Failed, err.Error()
		if selectsMany(c.item) {
			result.Detail += ", or tag it " + keepTag + " if it shall stay at 0"
		}
		if text, ok := s.tags[countTag]; ok {
			result.Detail = fmt.Sprintf("its tag %s holds %q, which is no count; %s", countTag, text,
				result.Detail)
		}
		return result
	}
	c.want = want
	var ours, resumed suspension
	if s.scaling != nil {
		ours = parseSuspension(s.tags[suspendedTag])
		resumed = ours.and(s.scaling.suspended)
	}
	tags := s.ourTags()
	if s.desired == want && len(tags) == 0 {
		result.Outcome = Already
		return result
	}
	if memory, ok := s.remembered(); ok && memory != want {
		result.Detail = fmt.Sprintf("more than the remembered %d runs and stays", memory)
	}
	if r.call.flags.dryRun {
		return result.wouldDo(startWords(s, want, resumed))
	}
	c.memory = s.memory()
	if ours != (suspension{}) {
		rest := s.scaling.suspended.without(ours)
		c.resumed = &rest
	}
	return r.finish(result, want, r.giveBack(ctx, s, want, resumed, tags))
}

// countToStart is the count that a start leads to. What runs already is never made smaller, unless
// it was scaling that lifted it.
func countToStart(s ecsService, item Item) (int32, error) {
	memory, ok := s.remembered()
	switch {
	case ok && (s.desired <= memory || s.pulled(memory)):
		return memory, nil
	case s.desired > 0:
		return s.desired, nil
	case item.Count != nil:
		return *item.Count, nil
	}
	return 0, errNothingRemembered
}

func startWords(s ecsService, want int32, resumed suspension) string {
	var words []string
	if s.desired != want {
		words = append(words, fmt.Sprintf("set the desired count to %d", want))
	}
	if resumed != (suspension{}) {
		words = append(words, "resume its scaling")
	}
	if words == nil {
		words = []string{"remove the tags of a stop that did not come to its end"}
	}
	return language.English.List(words)
}

func (r *ecsRun) giveBack(
	ctx context.Context, s ecsService, want int32, resumed suspension, tags []string,
) error {
	if s.desired != want {
		if err := r.setDesired(ctx, s, want); err != nil {
			return err
		}
	}
	if resumed != (suspension{}) {
		if err := r.suspend(ctx, s, s.scaling.suspended.without(resumed)); err != nil {
			return err
		}
		// AWS has pulled into its bounds what a stop at the same time has set to 0, and a count that
		// is outside of them.
		if err := r.setDesired(ctx, s, want); err != nil {
			return err
		}
	}
	if len(tags) == 0 {
		return nil
	}
	err := r.write(ctx, func() error {
		_, err := r.ecs.UntagResource(ctx, &ecs.UntagResourceInput{ResourceArn: &s.arn, TagKeys: tags})
		return err
	})
	if err != nil {
		return &actionError{actionUntagService, err}
	}
	return nil
}
