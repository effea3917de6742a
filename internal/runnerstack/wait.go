package runnerstack

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/spin-dd/terraform-provider-savings/internal/awsclient"
)

const (
	// roleWait bounds the wait for IAM, which is eventually consistent (IAM User Guide,
	// "Troubleshooting IAM"); tens of seconds are usual.
	roleWait  = 2 * time.Minute
	roleEvery = 3 * time.Second
	// functionWait is as long as the SDK's own waiters wait for a function.
	functionWait  = 5 * time.Minute
	functionEvery = time.Second
	// uploadTimeout bounds one upload of the package: 8 MB in Base64 need a quarter of a Mbit/s.
	uploadTimeout = 5 * time.Minute
	// replaceWait bounds the replacement of a function, takeBackWait the taking back of a failed creation
	// or replacement; both outlive their context.
	replaceWait  = 10 * time.Minute
	takeBackWait = 3 * time.Minute
)

// poll calls done every interval until it is true, fails, or limit has passed.
func (k *Keeper) poll(ctx context.Context, every, limit time.Duration,
	done func() (bool, error)) error {
	deadline := k.Now().Add(limit)
	for {
		ok, err := done()
		if ok || err != nil {
			return err
		}
		if !k.Now().Before(deadline) {
			return fmt.Errorf("no end after %s", limit)
		}
		if err := k.Sleep(ctx, every); err != nil {
			return err
		}
	}
}

// whenRoleReady repeats call while Lambda does not see the role or its rights yet, and returns
// Lambda's own answer once the wait is over.
func (k *Keeper) whenRoleReady(ctx context.Context, role string, call func() error) error {
	deadline, logged := k.Now().Add(roleWait), false
	for {
		err := call()
		if !isRoleNotReady(err) || !k.Now().Before(deadline) {
			return err
		}
		if !logged {
			k.Log(ctx, fmt.Sprintf("waiting up to %s until Lambda can use role %q", roleWait,
				RoleName(role)))
			logged = true
		}
		if err := k.Sleep(ctx, roleEvery); err != nil {
			return fmt.Errorf("waiting until Lambda can use role %q: %w", RoleName(role), err)
		}
	}
}

// patient gives a call that uploads the package more time than others.
func patient(o *lambda.Options) {
	o.HTTPClient = awsclient.WithRequestTimeout(o.HTTPClient, uploadTimeout)
}

// settle waits until no change of the function is under way: until then Lambda refuses the next one
// (Lambda Developer Guide, "Lambda function states"). It returns the function as it is then.
func (k *Keeper) settle(ctx context.Context, name string) (*lambda.GetFunctionOutput, error) {
	var out *lambda.GetFunctionOutput
	err := k.poll(ctx, functionEvery, functionWait, func() (bool, error) {
		var err error
		out, err = k.Lambda.GetFunction(ctx,
			&lambda.GetFunctionInput{FunctionName: aws.String(name)})
		if err != nil {
			return false, err
		}
		return out.Configuration.State != lambdatypes.StatePending &&
			out.Configuration.LastUpdateStatus != lambdatypes.LastUpdateStatusInProgress, nil
	})
	if err != nil {
		return nil, fmt.Errorf("waiting for function %q: %w", name, err)
	}
	return out, nil
}

// arrived waits until a write has taken effect and says why it has not.
func (k *Keeper) arrived(ctx context.Context, name string) error {
	out, err := k.settle(ctx, name)
	if err != nil {
		return err
	}
	config := out.Configuration
	if config.State == lambdatypes.StateFailed {
		return fmt.Errorf("function %q is in state Failed: %s", name,
			aws.ToString(config.StateReason))
	}
	if config.LastUpdateStatus == lambdatypes.LastUpdateStatusFailed {
		return fmt.Errorf("updating function %q failed at AWS: %s", name,
			aws.ToString(config.LastUpdateStatusReason))
	}
	return nil
}
