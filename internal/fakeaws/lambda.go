package fakeaws

import (
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"strconv"
)

// Lambda is AWS Lambda. What a function does is a handler that a test sets.
type Lambda struct {
	aws                      *AWS
	functions                map[string]*Function
	handlers                 map[string]Handler // by function name
	createReads, updateReads int
}

// Function is a function as GetFunctionConfiguration answers it, under the API's names.
type Function struct {
	FunctionName, FunctionArn, Role string
	Runtime                         string `json:",omitempty"`
	Handler                         string `json:",omitempty"`
	Description                     string
	// Timeout is in seconds, MemorySize in MB.
	Timeout, MemorySize int
	PackageType         string
	Architectures       []string
	Environment         *Environment     `json:",omitempty"`
	EphemeralStorage    EphemeralStorage `json:",omitzero"`
	LoggingConfig       LoggingConfig
	Layers              []Layer    `json:",omitempty"`
	VpcConfig           *VpcConfig `json:",omitempty"`
	// ImageConfigResponse is there where something replaces the image's own settings.
	ImageConfigResponse *ImageConfigResponse `json:",omitempty"`
	TracingConfig       TracingConfig
	SnapStart           SnapStart
	CodeSha256          string
	CodeSize            int64
	Version             string
	RevisionID          string `json:"RevisionId"`
	LastModified        string
	State               string `json:",omitempty"`
	StateReason         string `json:",omitempty"`
	StateReasonCode     string `json:",omitempty"`
	LastUpdateStatus    string `json:",omitempty"`
	// LastUpdateStatusReason is there where LastUpdateStatus is Failed.
	LastUpdateStatusReason string `json:",omitempty"`

	Tags map[string]string `json:"-"`
	// ImageURI is the image as it was given.
	ImageURI string `json:"-"`
	// Zip is the package as it was uploaded.
	Zip         []byte             `json:"-"`
	EventInvoke *EventInvokeConfig `json:"-"`
	// ReservedConcurrency is nil where none is set.
	ReservedConcurrency *int `json:"-"`

	revision  int
	readsLeft int // so many more calls see the function Pending or InProgress
}

// Environment holds a function's environment variables.
type Environment struct{ Variables map[string]string }

// Layer is a layer's version.
type Layer struct{ Arn string }

// VpcConfig connects a function with a VPC; without subnets it does not.
type VpcConfig struct{ SubnetIds, SecurityGroupIds []string }

// ImageConfigResponse is how a function answers its ImageConfig.
type ImageConfigResponse struct{ ImageConfig ImageConfig }

// ImageConfig replaces settings of a function's image.
type ImageConfig struct {
	EntryPoint       []string `json:",omitempty"`
	Command          []string `json:",omitempty"`
	WorkingDirectory string   `json:",omitempty"`
}

// EphemeralStorage is the size of /tmp in MB.
type EphemeralStorage struct{ Size int }

// LoggingConfig tells where a function logs to, and how.
type LoggingConfig struct {
	LogFormat, LogGroup string
	ApplicationLogLevel string `json:",omitempty"`
	SystemLogLevel      string `json:",omitempty"`
}

// TracingConfig is PassThrough unless set.
type TracingConfig struct{ Mode string }

// SnapStart is None and Off unless set.
type SnapStart struct{ ApplyOn, OptimizationStatus string }

// EventInvokeConfig bounds the retries of asynchronous invocations.
type EventInvokeConfig struct {
	FunctionArn              string
	LastModified             Epoch
	MaximumRetryAttempts     *int               `json:",omitempty"`
	MaximumEventAgeInSeconds *int               `json:",omitempty"`
	DestinationConfig        *DestinationConfig `json:",omitempty"`
}

// DestinationConfig names the queues or topics that get an invocation's record.
type DestinationConfig struct{ OnSuccess, OnFailure *Destination }

// Destination is an ARN.
type Destination struct{ Destination string }

func newLambda(a *AWS) *Lambda {
	return &Lambda{aws: a, functions: map[string]*Function{}, handlers: map[string]Handler{}}
}

// Lambda gives a test direct access to Lambda.
func (a *AWS) Lambda() *Lambda { return a.lambda }

// SlowCreate keeps new functions in Pending until so many calls have seen them.
func (l *Lambda) SlowCreate(reads int) {
	l.aws.mu.Lock()
	defer l.aws.mu.Unlock()
	l.createReads = reads
}

// SlowUpdate keeps updated functions InProgress until so many calls have seen them.
func (l *Lambda) SlowUpdate(reads int) {
	l.aws.mu.Lock()
	defer l.aws.mu.Unlock()
	l.updateReads = reads
}

// Function returns a function by name.
func (l *Lambda) Function(name string) (Function, bool) {
	function, ok := l.Functions()[name]
	return function, ok
}

// Functions returns all functions by name.
func (l *Lambda) Functions() map[string]Function {
	l.aws.mu.Lock()
	defer l.aws.mu.Unlock()
	found := map[string]Function{}
	for name, function := range l.functions {
		shown := *function
		shown.Tags = maps.Clone(function.Tags)
		found[name] = shown
	}
	return found
}

// PutFunction makes or replaces a function as somebody else could have done, without any check. It
// needs FunctionName; what is empty gets AWS's defaults, and the function is Active.
func (l *Lambda) PutFunction(function Function) {
	l.aws.mu.Lock()
	defer l.aws.mu.Unlock()
	l.complete(&function)
	l.functions[function.FunctionName] = &function
}

// Change changes a function as somebody else could have done, without any check.
func (l *Lambda) Change(name string, change func(*Function)) {
	l.aws.mu.Lock()
	defer l.aws.mu.Unlock()
	change(l.functions[name])
}

// RemoveFunction removes a function as somebody else could have done.
func (l *Lambda) RemoveFunction(name string) {
	l.aws.mu.Lock()
	defer l.aws.mu.Unlock()
	delete(l.functions, name)
}

// complete fills in the defaults of CreateFunction (Lambda API Reference; log settings and
// SnapStart as recorded from AWS).
func (l *Lambda) complete(f *Function) {
	f.FunctionArn = l.arn(f.FunctionName)
	f.Version = "$LATEST"
	setDefault(&f.PackageType, "Zip")
	setDefault(&f.Timeout, 3)
	setDefault(&f.MemorySize, 128)
	setDefault(&f.EphemeralStorage.Size, 512)
	setDefault(&f.LoggingConfig.LogFormat, "Text")
	setDefault(&f.LoggingConfig.LogGroup, "/aws/lambda/"+f.FunctionName)
	setDefault(&f.TracingConfig.Mode, "PassThrough")
	setDefault(&f.SnapStart, SnapStart{"None", "Off"})
	setDefault(&f.State, "Active")
	setDefault(&f.LastUpdateStatus, "Successful")
	if f.Architectures == nil {
		f.Architectures = []string{"x86_64"}
	}
	if f.Tags == nil {
		f.Tags = map[string]string{}
	}
	if f.Zip != nil {
		f.setZip(f.Zip)
	}
	l.touch(f)
}

func setDefault[T comparable](value *T, otherwise T) {
	var zero T
	if *value == zero {
		*value = otherwise
	}
}

// setZip takes over a package. CodeSha256 is the base64 of its SHA-256.
func (f *Function) setZip(zip []byte) {
	sum := sha256.Sum256(zip)
	f.Zip, f.CodeSize = slices.Clone(zip), int64(len(zip))
	f.CodeSha256 = base64.StdEncoding.EncodeToString(sum[:])
}

// touch marks a change.
func (l *Lambda) touch(f *Function) {
	f.revision++
	f.LastModified = l.aws.now().UTC().Format("2006-01-02T15:04:05.000-0700")
	f.RevisionID = digest(f.LastModified + f.FunctionArn + strconv.Itoa(f.revision))[:32]
}

func (l *Lambda) arn(name string) string {
	return "arn:aws:lambda:" + l.aws.region + ":" + l.aws.account + ":function:" + name
}

func (l *Lambda) leftovers() []string {
	var left []string
	for _, name := range sortedKeys(l.functions) {
		left = append(left, "lambda function "+name)
	}
	return left
}

func (l *Lambda) service() *service {
	const (
		functions   = "/2015-03-31/functions"
		function    = functions + "/{FunctionName}"
		tags        = "/2017-03-31/tags/{Resource}"
		concurrency = "/2017-10-31/functions/{FunctionName}/concurrency"
		eventInvoke = "/2019-09-25/functions/{FunctionName}/event-invoke-config"
	)
	return &service{
		name: "lambda",
		// The models of Lambda's errors have Message in some and message in others.
		protocol: restJSON{messages: []string{"Message", "message"}, routes: []route{
			{http.MethodPost, functions, "CreateFunction"},
			{http.MethodGet, functions, "ListFunctions"},
			{http.MethodGet, function, "GetFunction"},
			{http.MethodDelete, function, "DeleteFunction"},
			{http.MethodGet, function + "/configuration", "GetFunctionConfiguration"},
			{http.MethodPut, function + "/configuration", "UpdateFunctionConfiguration"},
			{http.MethodPut, function + "/code", "UpdateFunctionCode"},
			{http.MethodPost, function + "/invocations", "Invoke"},
			{http.MethodPost, tags, "TagResource"},
			{http.MethodDelete, tags, "UntagResource"},
			{http.MethodGet, tags, "ListTags"},
			{http.MethodPut, concurrency, "PutFunctionConcurrency"},
			{http.MethodDelete, concurrency, "DeleteFunctionConcurrency"},
			{http.MethodPut, eventInvoke, "PutFunctionEventInvokeConfig"},
			{http.MethodPost, eventInvoke, "UpdateFunctionEventInvokeConfig"},
			{http.MethodGet, eventInvoke, "GetFunctionEventInvokeConfig"},
			{http.MethodDelete, eventInvoke, "DeleteFunctionEventInvokeConfig"},
		}},
		operations: map[string]func(*call) (any, error){
			"CreateFunction":                  l.createFunction,
			"ListFunctions":                   l.listFunctions,
			"GetFunction":                     l.getFunction,
			"DeleteFunction":                  l.deleteFunction,
			"GetFunctionConfiguration":        l.getConfiguration,
			"UpdateFunctionConfiguration":     l.updateConfiguration,
			"UpdateFunctionCode":              l.updateCode,
			"Invoke":                          l.invoke,
			"TagResource":                     l.tagResource,
			"UntagResource":                   l.untagResource,
			"ListTags":                        l.listTags,
			"PutFunctionConcurrency":          l.putConcurrency,
			"DeleteFunctionConcurrency":       l.deleteConcurrency,
			"PutFunctionEventInvokeConfig":    l.putEventInvoke,
			"UpdateFunctionEventInvokeConfig": l.updateEventInvoke,
			"GetFunctionEventInvokeConfig":    l.getEventInvoke,
			"DeleteFunctionEventInvokeConfig": l.deleteEventInvoke,
		},
		nameKeys:  []string{"FunctionName", "Resource"},
		leftovers: l.leftovers,
	}
}
