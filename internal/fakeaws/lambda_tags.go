package fakeaws

import (
	"encoding/json"
	"maps"
	"net/http"
)

// maxFunctionTags is the limit of the Developer Guide, "Using tags on Lambda functions".
const maxFunctionTags = 50

// tagResource fails while an update is in progress (Developer Guide, "Lambda function states").
func (l *Lambda) tagResource(c *call) (any, error) {
	var in struct{ Tags map[string]string }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	f, err := l.function(c.param("Resource"))
	if err != nil {
		return nil, err
	}
	if err := f.busy(); err != nil {
		return nil, err
	}
	merged := maps.Clone(f.Tags)
	for key, value := range in.Tags {
		if !between(1, len(key), 128) || len(value) > 256 {
			return nil, badValue("Invalid tag: %s", key)
		}
		merged[key] = value
	}
	if len(merged) > maxFunctionTags {
		return nil, badValue("A function can have at most %d tags.", maxFunctionTags)
	}
	f.Tags = merged
	return nil, nil
}

func (l *Lambda) untagResource(c *call) (any, error) {
	f, err := l.function(c.param("Resource"))
	if err != nil {
		return nil, err
	}
	for _, key := range c.params["tagKeys"] {
		delete(f.Tags, key)
	}
	return nil, nil
}

func (l *Lambda) listTags(c *call) (any, error) {
	f, err := l.function(c.param("Resource"))
	if err != nil {
		return nil, err
	}
	return struct{ Tags map[string]string }{f.Tags}, nil
}

// tagsError says why GetFunction shows no tags (API Reference, GetFunction).
type tagsError struct{ ErrorCode, Message string }

// shownTags are the function's tags, which GetFunction shows only to those who may list them (API
// Reference, GetFunction).
func (l *Lambda) shownTags(c *call, f *Function) (map[string]string, *tagsError) {
	err := l.aws.deny(c, access{
		action: "lambda:ListTags", resource: l.named(c)[0].arn, keys: resourceTags,
		context: thing{tags: f.Tags}.context(),
	})
	if err != nil {
		return nil, &tagsError{"AccessDeniedException", err.Message}
	}
	return f.Tags, nil
}

// putEventInvoke replaces the whole configuration (API Reference, PutFunctionEventInvokeConfig).
func (l *Lambda) putEventInvoke(c *call) (any, error) {
	return l.setEventInvoke(c, func(*Function) (*EventInvokeConfig, error) {
		return &EventInvokeConfig{}, nil
	})
}

// updateEventInvoke changes what the request has and keeps the rest.
func (l *Lambda) updateEventInvoke(c *call) (any, error) {
	return l.setEventInvoke(c, (*Function).eventInvoke)
}

func (l *Lambda) setEventInvoke(
	c *call, start func(*Function) (*EventInvokeConfig, error),
) (any, error) {
	f, err := l.function(c.param("FunctionName"))
	if err != nil {
		return nil, err
	}
	old, err := start(f)
	if err != nil {
		return nil, err
	}
	config := *old
	if err := json.Unmarshal(c.body, &config); err != nil {
		return nil, err
	}
	if !within(0, config.MaximumRetryAttempts, 2) ||
		!within(60, config.MaximumEventAgeInSeconds, 21600) {
		return nil, badValue("1 validation error detected: maximumRetryAttempts must be 0 to 2, " +
			"maximumEventAgeInSeconds 60 to 21600")
	}
	config.FunctionArn = f.FunctionArn + ":$LATEST"
	config.LastModified = Epoch{l.aws.now()}
	f.EventInvoke = &config
	return config, nil
}

func (f *Function) eventInvoke() (*EventInvokeConfig, error) {
	if f.EventInvoke == nil {
		return nil, errf(http.StatusNotFound, "ResourceNotFoundException",
			"The function %s:$LATEST doesn't have an EventInvokeConfig", f.FunctionArn)
	}
	return f.EventInvoke, nil
}

func (l *Lambda) getEventInvoke(c *call) (any, error) {
	f, err := l.function(c.param("FunctionName"))
	if err != nil {
		return nil, err
	}
	config, err := f.eventInvoke()
	if err != nil {
		return nil, err
	}
	return config, nil
}

func (l *Lambda) deleteEventInvoke(c *call) (any, error) {
	f, err := l.function(c.param("FunctionName"))
	if err != nil {
		return nil, err
	}
	if _, err := f.eventInvoke(); err != nil {
		return nil, err
	}
	f.EventInvoke = nil
	return nil, nil
}
