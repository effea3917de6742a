package fakeaws

import (
	"cmp"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Limits are those of the Lambda Developer Guide, "Lambda quotas", and of the API Reference.
var functionName = regexp.MustCompile(`^[a-zA-Z0-9-_]{1,64}$`)

const (
	maxEnvironment = 4 << 10
	maxFunctions   = 50 // a page of ListFunctions
)

func badValue(format string, args ...any) *Error {
	return errf(http.StatusBadRequest, "InvalidParameterValueException", format, args...)
}

// function returns the function that a name or an ARN names, either of them with or without an alias.
func (l *Lambda) function(nameOrARN string) (*Function, error) {
	name := strings.TrimPrefix(nameOrARN, l.arn(""))
	bare, alias, qualified := strings.Cut(name, ":")
	if f := l.functions[bare]; f != nil && (!qualified || slices.Contains(f.Aliases, alias)) {
		return f, nil
	}
	return nil, errf(http.StatusNotFound, "ResourceNotFoundException",
		"Function not found: %s", l.arn(name))
}

// settings are the members that CreateFunction and UpdateFunctionConfiguration share. Those that an
// update leaves out stay as they are.
type settings struct {
	Role, Runtime, Handler, Description *string
	Timeout, MemorySize                 *int
	Environment                         *Environment
	EphemeralStorage                    *EphemeralStorage
	LoggingConfig                       *LoggingConfig
	TracingConfig                       *TracingConfig
	Layers                              []string
	VpcConfig                           *VpcConfig
	ImageConfig                         *ImageConfig
}

func (s settings) apply(f *Function) {
	set(&f.Role, s.Role)
	set(&f.Runtime, s.Runtime)
	set(&f.Handler, s.Handler)
	set(&f.Description, s.Description)
	set(&f.Timeout, s.Timeout)
	set(&f.MemorySize, s.MemorySize)
	set(&f.EphemeralStorage, s.EphemeralStorage)
	set(&f.LoggingConfig, s.LoggingConfig)
	set(&f.TracingConfig, s.TracingConfig)
	if s.Environment != nil {
		f.Environment = s.Environment
	}
	if s.Layers != nil {
		f.Layers = nil
		for _, arn := range s.Layers {
			f.Layers = append(f.Layers, Layer{arn})
		}
	}
	if s.VpcConfig != nil {
		f.VpcConfig = s.VpcConfig
	}
	if s.ImageConfig != nil {
		f.setImageConfig(*s.ImageConfig)
	}
}

func set[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}

// check keeps limits of single members and asks whether Lambda may assume the role.
func (l *Lambda) check(f *Function) error {
	switch {
	case !between(128, f.MemorySize, 10240):
		return badValue("'MemorySize' value failed to satisfy constraint: Member must have value "+
			"between 128 and 10240: %d", f.MemorySize)
	case !between(1, f.Timeout, 900):
		return errf(http.StatusBadRequest, "ValidationException",
			"1 validation error detected: Value '%d' at 'timeout' failed to satisfy constraint: "+
				"Member must have value between 1 and 900", f.Timeout)
	case len(f.Architectures) != 1 || !oneOf(f.Architectures[0], "x86_64", "arm64"):
		return badValue("Architectures must be exactly one of x86_64 and arm64")
	case f.PackageType == "Zip" && (f.Runtime == "" || f.Handler == ""):
		return badValue("Runtime and Handler are mandatory parameters for functions created with " +
			"deployment packages.")
	case f.PackageType == "Image" && (f.Runtime != "" || f.Handler != ""):
		return badValue("Runtime and Handler are not supported for functions created with " +
			"container images.")
	case f.PackageType == "Zip" && f.ImageConfigResponse != nil:
		return badValue("ImageConfig is not supported for functions created with deployment packages.")
	}
	if f.Environment != nil {
		text, err := json.Marshal(f.Environment.Variables)
		if err != nil {
			return err
		}
		if len(text) > maxEnvironment {
			return badValue("Lambda was unable to configure your environment variables because the "+
				"environment variables you have provided exceeded the 4KB limit. "+
				"String measured: %s", text)
		}
	}
	if !l.aws.iam.assumable(f.Role, "lambda.amazonaws.com", f.FunctionArn) {
		return badValue("The role defined for the function cannot be assumed by Lambda.")
	}
	return nil
}

func (l *Lambda) createFunction(c *call) (any, error) {
	var in struct {
		settings
		FunctionName, PackageType string
		Architectures             []string
		Code                      code
		Tags                      map[string]string
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if !functionName.MatchString(in.FunctionName) {
		return nil, errf(http.StatusBadRequest, "ValidationException",
			"1 validation error detected: Value '%s' at 'functionName' failed to satisfy constraint: "+
				"Member must have length less than or equal to 64 and letters, numbers, - or _",
			in.FunctionName)
	}
	if l.functions[in.FunctionName] != nil {
		return nil, lambdaConflict("Function already exist: %s", in.FunctionName)
	}
	f := &Function{
		FunctionName: in.FunctionName, PackageType: in.PackageType, Architectures: in.Architectures,
		Tags: in.Tags,
	}
	in.apply(f)
	l.complete(f)
	if err := l.check(f); err != nil {
		return nil, err
	}
	if err := l.setCode(f, in.Code); err != nil {
		return nil, err
	}
	l.functions[f.FunctionName] = f
	f.readsLeft = l.createReads
	f.State, f.StateReasonCode, f.StateReason = "Pending", "Creating", "The function is being created."
	f.LastUpdateStatus = ""
	created := *f
	f.settle()
	return created, nil
}

func lambdaConflict(format string, args ...any) *Error {
	return errf(http.StatusConflict, "ResourceConflictException", format, args...)
}

// settle ends Pending and InProgress when enough calls have seen them.
func (f *Function) settle() {
	if f.readsLeft > 0 {
		return
	}
	if f.State == "Pending" {
		f.State, f.StateReason, f.StateReasonCode = "Active", "", ""
		f.LastUpdateStatus = "Successful"
	}
	if f.LastUpdateStatus == "InProgress" {
		f.LastUpdateStatus = "Successful"
	}
}

// see returns the function as this call sees it, and counts the call.
func (f *Function) see() Function {
	seen := *f
	f.readsLeft--
	f.settle()
	return seen
}

// busy is the refusal of a change while a function is Pending or its update InProgress, and of any
// change of one that is Failed, which has to be deleted (Developer Guide, "Lambda function states"), or
// nil. The error of a Failed one is a guess. A call that is refused has seen the state.
func (f *Function) busy() error {
	seen := f.see()
	const text = "The operation cannot be performed at this time. "
	switch {
	case seen.State == "Pending":
		return lambdaConflict(text + "The function is currently in the following state: Pending")
	case seen.State == "Failed":
		return lambdaConflict(text + "The function is currently in the following state: Failed")
	case seen.LastUpdateStatus == "InProgress":
		return lambdaConflict(text+"An update is in progress for resource: %s", f.FunctionArn)
	}
	return nil
}

func (l *Lambda) getFunction(c *call) (any, error) {
	f, err := l.function(c.param("FunctionName"))
	if err != nil {
		return nil, err
	}
	var reserved *concurrency
	if f.ReservedConcurrency != nil {
		reserved = &concurrency{f.ReservedConcurrency}
	}
	tags, hidden := l.shownTags(c, f)
	return struct {
		Configuration Function
		Code          location
		Tags          map[string]string `json:",omitempty"`
		TagsError     *tagsError        `json:",omitempty"`
		Concurrency   *concurrency      `json:",omitempty"`
	}{f.see(), l.location(f), tags, hidden, reserved}, nil
}

type concurrency struct{ ReservedConcurrentExecutions *int }

func (l *Lambda) putConcurrency(c *call) (any, error) {
	var in concurrency
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	f, err := l.function(c.param("FunctionName"))
	if err != nil {
		return nil, err
	}
	if in.ReservedConcurrentExecutions == nil || *in.ReservedConcurrentExecutions < 0 {
		return nil, badValue("ReservedConcurrentExecutions must be at least 0")
	}
	f.ReservedConcurrency = in.ReservedConcurrentExecutions
	return in, nil
}

func (l *Lambda) deleteConcurrency(c *call) (any, error) {
	f, err := l.function(c.param("FunctionName"))
	if err != nil {
		return nil, err
	}
	f.ReservedConcurrency = nil
	return nil, nil
}

func (l *Lambda) getConfiguration(c *call) (any, error) {
	f, err := l.function(c.param("FunctionName"))
	if err != nil {
		return nil, err
	}
	return f.see(), nil
}

// listFunctions leaves out the states, as AWS does (API Reference, ListFunctions).
func (l *Lambda) listFunctions(c *call) (any, error) {
	size, ok := c.size("MaxItems", 1, 10000, maxFunctions)
	if !ok {
		return nil, badValue("1 validation error detected: Value at 'maxItems' failed to satisfy " +
			"constraint: Member must have value between 1 and 10000")
	}
	names, next, ok := cut(sortedKeys(l.functions), itself, c.param("Marker"), min(size, maxFunctions))
	if !ok {
		return nil, badValue("Invalid Marker.")
	}
	functions := make([]Function, len(names))
	for i, name := range names {
		functions[i] = *l.functions[name]
		functions[i].State, functions[i].StateReason, functions[i].StateReasonCode = "", "", ""
		functions[i].LastUpdateStatus = ""
	}
	return struct {
		Functions  []Function
		NextMarker string `json:",omitempty"`
	}{functions, next}, nil
}

func (l *Lambda) deleteFunction(c *call) (any, error) {
	f, err := l.function(c.param("FunctionName"))
	if err != nil {
		return nil, err
	}
	delete(l.functions, f.FunctionName)
	return nil, nil
}

func (l *Lambda) updateConfiguration(c *call) (any, error) {
	var in settings
	return l.update(c, &in, func(f *Function) error {
		in.apply(f)
		setDefault(&f.LoggingConfig.LogFormat, "Text")
		setDefault(&f.LoggingConfig.LogGroup, "/aws/lambda/"+f.FunctionName)
		return l.check(f)
	})
}

func (l *Lambda) updateCode(c *call) (any, error) {
	var in struct {
		code
		Architectures []string
	}
	return l.update(c, &in, func(f *Function) error {
		if in.Architectures != nil {
			f.Architectures = slices.Clone(in.Architectures)
		}
		return cmp.Or(l.check(f), l.setCode(f, in.code))
	})
}

// update reads a request into in and changes the function, which is InProgress then.
func (l *Lambda) update(c *call, in any, change func(*Function) error) (any, error) {
	if err := c.decode(in); err != nil {
		return nil, err
	}
	f, err := l.function(c.param("FunctionName"))
	if err != nil {
		return nil, err
	}
	if err := f.busy(); err != nil {
		return nil, err
	}
	changed := *f
	if err := change(&changed); err != nil {
		return nil, err
	}
	*f = changed
	l.touch(f)
	f.LastUpdateStatus, f.LastUpdateStatusReason, f.readsLeft = "InProgress", "", l.updateReads
	answer := *f
	f.settle()
	return answer, nil
}
