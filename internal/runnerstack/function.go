package runnerstack

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// What every function of ours has.
const (
	runtime = lambdatypes.RuntimeProvidedal2023
	handler = "bootstrap"
	// Lambda runs a failed event three times in all, and keeps it for an hour: a stop must not
	// arrive next morning.
	maximumRetryAttempts = 2
	maximumEventAge      = 3600 // seconds
	// The runner's own lines are JSON already, so Lambda adds its lines as text. Log levels exist
	// with JSON only (Lambda Developer Guide, "Log-level filtering").
	logFormat = lambdatypes.LogFormatText
)

// findFunction returns the function, or nil.
func (k *Keeper) findFunction(ctx context.Context, name string) (*Function, error) {
	out, err := k.Lambda.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: aws.String(name)})
	if isNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading function %q: %w", name, err)
	}
	if failed := out.TagsError; failed != nil {
		return nil, fmt.Errorf("reading the tags of function %q: %s: %s", name,
			aws.ToString(failed.ErrorCode), aws.ToString(failed.Message))
	}
	config := out.Configuration
	function := &Function{
		ARN:          aws.ToString(config.FunctionArn),
		RoleARN:      aws.ToString(config.Role),
		Runtime:      string(config.Runtime),
		Handler:      aws.ToString(config.Handler),
		MemorySize:   aws.ToInt32(config.MemorySize),
		Timeout:      aws.ToInt32(config.Timeout),
		LogGroup:     LogGroupName(name),
		LogFormat:    string(logFormat),
		CodeDigest:   aws.ToString(config.CodeSha256),
		Architecture: string(lambdatypes.ArchitectureX8664),
		Tags:         out.Tags,
		PackageType:  cmp.Or(string(config.PackageType), string(lambdatypes.PackageTypeZip)),
		Broken:       brokenness(config),
		Failed:       config.State == lambdatypes.StateFailed,
	}
	if code := out.Code; code != nil && config.PackageType == lambdatypes.PackageTypeImage {
		function.ImageURI = aws.ToString(code.ImageUri)
		if _, hash, ok := strings.Cut(aws.ToString(code.ResolvedImageUri), "@sha256:"); ok {
			function.CodeDigest = hash
		}
	}
	if len(config.Architectures) > 0 {
		function.Architecture = string(config.Architectures[0])
	}
	if logging := config.LoggingConfig; logging != nil {
		function.LogGroup = cmp.Or(aws.ToString(logging.LogGroup), function.LogGroup)
		function.LogFormat = cmp.Or(string(logging.LogFormat), function.LogFormat)
	}
	function.Extras = extrasOf(config)
	if out.Concurrency != nil {
		function.ReservedConcurrency = out.Concurrency.ReservedConcurrentExecutions
	}
	return function, nil
}

func extrasOf(config *lambdatypes.FunctionConfiguration) Extras {
	var extras Extras
	if config.Environment != nil {
		extras.Variables = sortedKeys(config.Environment.Variables)
	}
	for _, layer := range config.Layers {
		extras.Layers = append(extras.Layers, aws.ToString(layer.Arn))
	}
	if config.VpcConfig != nil {
		extras.Subnets = append(extras.Subnets, config.VpcConfig.SubnetIds...)
	}
	if image := config.ImageConfigResponse; image != nil && image.ImageConfig != nil {
		extras.Overrides = overridesOf(*image.ImageConfig)
	}
	return extras
}

func overridesOf(config lambdatypes.ImageConfig) []string {
	var overrides []string
	if len(config.EntryPoint) > 0 {
		overrides = append(overrides, "entry point "+strings.Join(config.EntryPoint, " "))
	}
	if len(config.Command) > 0 {
		overrides = append(overrides, "command "+strings.Join(config.Command, " "))
	}
	if folder := aws.ToString(config.WorkingDirectory); folder != "" {
		overrides = append(overrides, "working directory "+folder)
	}
	return overrides
}

// none tells that the function has nothing of it.
func (e Extras) none() bool {
	return len(e.Variables)+len(e.Layers)+len(e.Subnets)+len(e.Overrides) == 0
}

// brokenness says why a function cannot run, or runs what it ran before an update that failed. One
// that was idle for weeks is Inactive too, and wakes up at its next event (Lambda Developer Guide,
// "Lambda function states").
func brokenness(config *lambdatypes.FunctionConfiguration) string {
	idle := config.StateReasonCode == "" || config.StateReasonCode == lambdatypes.StateReasonCodeIdle
	if config.State == lambdatypes.StateFailed || config.State == lambdatypes.StateInactive && !idle {
		return fmt.Sprintf("in state %s: %s", config.State, aws.ToString(config.StateReason))
	}
	if config.LastUpdateStatus == lambdatypes.LastUpdateStatusFailed {
		return "as it was before its last update, which failed: " +
			cmp.Or(aws.ToString(config.LastUpdateStatusReason), "no reason given")
	}
	return ""
}

// findAsync returns the function's configuration for asynchronous invocation, or nil.
func (k *Keeper) findAsync(ctx context.Context, name string) (*AsyncConfig, error) {
	out, err := k.Lambda.GetFunctionEventInvokeConfig(ctx,
		&lambda.GetFunctionEventInvokeConfigInput{FunctionName: aws.String(name)})
	if isNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the event invoke config of function %q: %w", name, err)
	}
	async := &AsyncConfig{
		MaximumRetryAttempts: aws.ToInt32(out.MaximumRetryAttempts),
		MaximumEventAge:      aws.ToInt32(out.MaximumEventAgeInSeconds),
	}
	if d := out.DestinationConfig; d != nil && d.OnFailure != nil {
		async.FailureDestinationARN = aws.ToString(d.OnFailure.Destination)
	}
	return async, nil
}

func (s Stack) asyncConfig() AsyncConfig {
	return AsyncConfig{maximumRetryAttempts, maximumEventAge, s.FailureDestinationARN}
}

// ensureFunction makes the function or turns live into what is wanted, one change after the other.
// A package's type cannot be changed (Lambda Developer Guide, "Create a Lambda function using a
// container image"), nor can a function that failed (ibid., "Lambda function states"); such a one goes
// and comes again under the same ARN.
func (p *pass) ensureFunction(ctx context.Context, all *Live) error {
	live := all.Function
	var err error
	switch {
	case live == nil:
		live, err = p.createFunction(ctx)
	case live.PackageType != string(p.want.packageType()), live.Failed:
		live, err = p.replaceFunction(ctx, live)
		all.Async = nil
	default:
		err = p.updateFunction(ctx, live)
	}
	if err != nil {
		return err
	}
	p.releaseLater(functionPiece, live.Tags, func(ctx context.Context) error {
		_, err := p.Lambda.UntagResource(ctx, &lambda.UntagResourceInput{
			Resource: aws.String(p.place.FunctionARN(p.want.Name)), TagKeys: []string{creatingTag},
		})
		return err
	})
	return nil
}

func (p *pass) createFunction(ctx context.Context) (*Function, error) {
	name, role := p.want.Name, p.want.executionRole(p.place)
	tags := marked(p.want.Tags, p.token)
	input := &lambda.CreateFunctionInput{
		FunctionName:  aws.String(name),
		Description:   aws.String(description),
		Role:          aws.String(role),
		PackageType:   p.want.packageType(),
		Architectures: []lambdatypes.Architecture{lambdatypes.Architecture(p.want.Architecture)},
		MemorySize:    aws.Int32(p.want.MemorySize),
		Timeout:       aws.Int32(p.want.Timeout),
		LoggingConfig: loggingConfig(name),
		Tags:          tags,
	}
	if p.want.ImageURI != "" { // an image says itself what it runs
		input.Code = &lambdatypes.FunctionCode{ImageUri: aws.String(p.want.ImageURI)}
	} else {
		input.Code = &lambdatypes.FunctionCode{ZipFile: p.want.Zip}
		input.Runtime, input.Handler = runtime, aws.String(handler)
	}
	err := p.whenRoleReady(ctx, role, func() error {
		_, err := p.Lambda.CreateFunction(ctx, input, patient)
		return err
	})
	if isConflict(err) {
		live, err := p.findFunction(ctx, name)
		if err != nil {
			return nil, err
		}
		if live == nil {
			return nil, &ExistsError{Kind: "function", Name: name, Stack: name}
		}
		if err := p.made("function", name, live.Tags); err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, fmt.Errorf("creating function %q: %w", name, err)
	}
	return &Function{Tags: tags}, p.arrived(ctx, name)
}

const description = "Stops and starts AWS resources on schedule (terraform-provider-savings)"

// loggingConfig names the log group that is managed here.
func loggingConfig(name string) *lambdatypes.LoggingConfig {
	return &lambdatypes.LoggingConfig{
		LogFormat: logFormat, LogGroup: aws.String(LogGroupName(name)),
	}
}

// mayChange waits until no change of the function is under way and sees that it is not another's.
func (p *pass) mayChange(ctx context.Context) error {
	settled, err := p.settle(ctx, p.want.Name)
	if err != nil {
		return err
	}
	if p.have == nil && !isMarked(settled.Tags) {
		return &TakenOverError{p.want.Name} // its own creation has just completed
	}
	return nil
}

func (p *pass) updateFunction(ctx context.Context, live *Function) error {
	if err := p.mayChange(ctx); err != nil {
		return err
	}
	if err := p.tagFunction(ctx, live, p.tagsFor(live.Tags)); err != nil {
		return err
	}
	if err := p.dropReservation(ctx, live); err != nil {
		return err
	}
	if !p.sameConfiguration(live) { // first: a role that Lambda cannot use would stop the code too
		if err := p.updateConfiguration(ctx, live.Extras); err != nil {
			return err
		}
	}
	if !p.sameCode(live) {
		return p.updateCode(ctx)
	}
	return nil
}

// sameCode tells that the function runs what is wanted. A broken one gets its code again.
func (p *pass) sameCode(live *Function) bool {
	same := live.Broken == "" && live.Architecture == p.want.Architecture &&
		live.ImageURI == p.want.ImageURI
	return same && (p.want.ImageURI != "" || live.CodeDigest == p.want.CodeDigest)
}

// dropReservation takes a reserved concurrency away: at 0, the console's "Throttle", the function
// never runs.
func (p *pass) dropReservation(ctx context.Context, live *Function) error {
	if live.ReservedConcurrency == nil {
		return nil
	}
	_, err := p.Lambda.DeleteFunctionConcurrency(ctx,
		&lambda.DeleteFunctionConcurrencyInput{FunctionName: aws.String(p.want.Name)})
	if err != nil {
		return fmt.Errorf("removing the reserved concurrency of function %q: %w", p.want.Name, err)
	}
	return nil
}

func (p *pass) updateConfiguration(ctx context.Context, remove Extras) error {
	name, role := p.want.Name, p.want.executionRole(p.place)
	input := &lambda.UpdateFunctionConfigurationInput{
		FunctionName:  aws.String(name),
		Role:          aws.String(role),
		MemorySize:    aws.Int32(p.want.MemorySize),
		Timeout:       aws.Int32(p.want.Timeout),
		LoggingConfig: loggingConfig(name),
	}
	if p.want.ImageURI == "" {
		input.Runtime, input.Handler = runtime, aws.String(handler)
	}
	if len(remove.Overrides) > 0 {
		input.ImageConfig = &lambdatypes.ImageConfig{}
	}
	if len(remove.Variables) > 0 {
		input.Environment = &lambdatypes.Environment{Variables: map[string]string{}}
	}
	if len(remove.Layers) > 0 {
		input.Layers = []string{}
	}
	if len(remove.Subnets) > 0 {
		input.VpcConfig = &lambdatypes.VpcConfig{
			SubnetIds: []string{}, SecurityGroupIds: []string{},
		}
	}
	err := p.whenRoleReady(ctx, role, func() error {
		_, err := p.Lambda.UpdateFunctionConfiguration(ctx, input)
		return err
	})
	if err != nil {
		return fmt.Errorf("updating the configuration of function %q: %w", name, err)
	}
	return p.arrived(ctx, name)
}

func (p *pass) updateCode(ctx context.Context) error {
	input := &lambda.UpdateFunctionCodeInput{
		FunctionName:  aws.String(p.want.Name),
		Architectures: []lambdatypes.Architecture{lambdatypes.Architecture(p.want.Architecture)},
	}
	if p.want.ImageURI != "" {
		input.ImageUri = aws.String(p.want.ImageURI)
	} else {
		input.ZipFile = p.want.Zip
	}
	err := p.whenRoleReady(ctx, p.want.executionRole(p.place), func() error {
		_, err := p.Lambda.UpdateFunctionCode(ctx, input, patient)
		return err
	})
	if err != nil {
		return fmt.Errorf("updating the code of function %q: %w", p.want.Name, err)
	}
	return p.arrived(ctx, p.want.Name)
}

func (p *pass) sameConfiguration(live *Function) bool {
	if p.want.ImageURI == "" && (live.Runtime != string(runtime) || live.Handler != handler) {
		return false
	}
	return live.RoleARN == p.want.executionRole(p.place) && live.MemorySize == p.want.MemorySize &&
		live.Timeout == p.want.Timeout && live.LogGroup == LogGroupName(p.want.Name) &&
		live.LogFormat == string(logFormat) && live.Extras.none()
}

func (p *pass) tagFunction(ctx context.Context, live *Function, want map[string]string) error {
	set, remove := tagChanges(live.Tags, want)
	if len(set) > 0 {
		_, err := p.Lambda.TagResource(ctx, &lambda.TagResourceInput{
			Resource: aws.String(live.ARN), Tags: set,
		})
		if err != nil {
			return fmt.Errorf("tagging function %q: %w", p.want.Name, err)
		}
	}
	if len(remove) > 0 {
		_, err := p.Lambda.UntagResource(ctx, &lambda.UntagResourceInput{
			Resource: aws.String(live.ARN), TagKeys: remove,
		})
		if err != nil {
			return fmt.Errorf("removing tags of function %q: %w", p.want.Name, err)
		}
	}
	live.Tags = want
	return nil
}

// ensureAsync writes the configuration for asynchronous invocation, which is how Scheduler invokes.
// Lambda checks there that the role may send to the destination.
func (p *pass) ensureAsync(ctx context.Context, live *AsyncConfig) error {
	want := p.want.asyncConfig()
	if live != nil && *live == want {
		return nil
	}
	input := &lambda.PutFunctionEventInvokeConfigInput{
		FunctionName:             aws.String(p.want.Name),
		MaximumRetryAttempts:     aws.Int32(want.MaximumRetryAttempts),
		MaximumEventAgeInSeconds: aws.Int32(want.MaximumEventAge),
	}
	if want.FailureDestinationARN != "" {
		input.DestinationConfig = &lambdatypes.DestinationConfig{
			OnFailure: &lambdatypes.OnFailure{
				Destination: aws.String(want.FailureDestinationARN),
			},
		}
	}
	err := p.whenRoleReady(ctx, p.want.executionRole(p.place), func() error {
		_, err := p.Lambda.PutFunctionEventInvokeConfig(ctx, input)
		return err
	})
	if err != nil {
		return fmt.Errorf("writing the event invoke config of function %q: %w", p.want.Name, err)
	}
	return nil
}

// deleteFunction deletes the function with its configuration for asynchronous invocation.
func (k *Keeper) deleteFunction(ctx context.Context, name string) error {
	_, err := k.Lambda.DeleteFunctionEventInvokeConfig(ctx,
		&lambda.DeleteFunctionEventInvokeConfigInput{FunctionName: aws.String(name)})
	if err != nil && !isNotFound(err) {
		return fmt.Errorf("deleting the event invoke config of function %q: %w", name, err)
	}
	remove := func() error {
		_, err := k.Lambda.DeleteFunction(ctx,
			&lambda.DeleteFunctionInput{FunctionName: aws.String(name)})
		return err
	}
	err = remove()
	if isConflict(err) { // a change is under way
		if _, err := k.settle(ctx, name); err != nil && !isNotFound(err) {
			return err
		}
		err = remove()
	}
	if err != nil && !isNotFound(err) {
		return fmt.Errorf("deleting function %q: %w", name, err)
	}
	return nil
}
