package fakeaws

import (
	"encoding/json"
	"net/http"
)

// Handler is what a function does with an event. Its answer is JSON; its error becomes the message
// of a function error.
type Handler func(event []byte) (answer []byte, err error)

// Handle sets what a function does. Without it an invocation answers null.
func (l *Lambda) Handle(name string, handler Handler) {
	l.aws.mu.Lock()
	defer l.aws.mu.Unlock()
	l.handlers[name] = handler
}

// maxSyncPayload is the largest event of a synchronous invocation (Lambda Developer Guide, "Lambda
// quotas").
const maxSyncPayload = 6 << 20

// invoke runs the function's handler. It knows the invocation type RequestResponse alone. A function
// error has HTTP status 200 and a header of its own (Lambda API Reference, "Invoke").
func (l *Lambda) invoke(c *call) (any, error) {
	function, err := l.function(c.param("FunctionName"))
	if err != nil {
		return nil, err
	}
	if len(c.body) > maxSyncPayload {
		return nil, errf(http.StatusRequestEntityTooLarge, "RequestTooLargeException",
			"%d byte payload is too large for the RequestResponse invocation type (limit %d bytes)",
			len(c.body), maxSyncPayload)
	}
	if !json.Valid(c.body) {
		return nil, errf(http.StatusBadRequest, "InvalidRequestContentException",
			"Could not parse request body into json")
	}
	r := response{http.StatusOK, http.Header{"X-Amz-Executed-Version": {"$LATEST"}}, []byte("null")}
	handler := l.handlers[function.FunctionName]
	if handler == nil {
		return r, nil
	}
	answer, err := l.run(handler, c.body)
	if err != nil {
		answer, err = json.Marshal(map[string]string{
			"errorMessage": err.Error(), "errorType": "runError",
		})
		r.header.Set("X-Amz-Function-Error", "Unhandled")
	}
	r.body = answer
	return r, err
}

// run lets others have their turn meanwhile: the function may call AWS itself.
func (l *Lambda) run(handler Handler, event []byte) ([]byte, error) {
	l.aws.mu.Unlock()
	defer l.aws.mu.Lock()
	return handler(event)
}
