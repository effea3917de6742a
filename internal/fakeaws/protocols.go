package fakeaws

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// call is one decoded request. Members that travel in path or query are in params.
type call struct {
	body   []byte     // JSON, or nil
	params url.Values // path, query string or form
	// accessKey is the caller's; region is the one that the client signed for.
	accessKey, region string
}

// decode fills v, a pointer to a struct, from the JSON body.
func (c *call) decode(v any) error {
	if len(c.body) == 0 {
		return nil
	}
	return json.Unmarshal(c.body, v)
}

func (c *call) param(name string) string { return c.params.Get(name) }

func (c *call) input() map[string]any {
	input := map[string]any{}
	_ = c.decode(&input) // a handler reports what is wrong with the body
	for name, values := range c.params {
		input[name] = values[0]
		if len(values) > 1 {
			input[name] = values
		}
	}
	return input
}

// restJSON is the protocol rest-json: an operation is a method and a path.
type restJSON struct {
	routes []route
	// messages are the members that hold an error's text; services differ in its case.
	messages []string
}

type route struct{ method, path, operation string }

// match returns the values of the path's {parts}.
func (r route) match(method, escapedPath string) (url.Values, bool) {
	want, got := strings.Split(r.path, "/"), strings.Split(escapedPath, "/")
	if r.method != method || len(want) != len(got) {
		return nil, false
	}
	values := url.Values{}
	for i, part := range want {
		name, isParam := strings.CutPrefix(part, "{")
		if !isParam {
			if part != got[i] {
				return nil, false
			}
			continue
		}
		value, err := url.PathUnescape(got[i])
		if err != nil {
			return nil, false
		}
		values.Set(strings.TrimSuffix(name, "}"), value)
	}
	return values, true
}

func (p restJSON) decode(r *http.Request, body []byte) (string, *call, error) {
	path := strings.TrimSuffix(r.URL.EscapedPath(), "/")
	for _, route := range p.routes {
		params, ok := route.match(r.Method, path)
		if !ok {
			continue
		}
		for name, values := range r.URL.Query() {
			params[name] = values
		}
		return route.operation, &call{body: body, params: params}, nil
	}
	return "", nil, errf(http.StatusNotFound, "UnknownOperationException",
		"no operation for %s %s", r.Method, r.URL.EscapedPath())
}

// encode passes on a response as it is: Invoke answers what the function does.
func (p restJSON) encode(_ string, output any) response {
	if r, ok := output.(response); ok {
		return r
	}
	return jsonResponse(http.StatusOK, "application/json", output)
}

func (p restJSON) encodeError(err *Error) response {
	body := map[string]string{}
	for _, member := range p.messages {
		body[member] = err.Message
	}
	r := jsonResponse(err.status(), "application/json", body)
	r.header.Set("X-Amzn-ErrorType", err.Code)
	return r
}

// json11 is the protocol awsJson1_1: an operation is a header.
type json11 struct{}

func (json11) decode(r *http.Request, body []byte) (string, *call, error) {
	_, operation, ok := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if !ok {
		return "", nil, errf(http.StatusBadRequest, "UnknownOperationException", "no X-Amz-Target")
	}
	return operation, &call{body: body}, nil
}

func (json11) encode(_ string, output any) response {
	return jsonResponse(http.StatusOK, "application/x-amz-json-1.1", output)
}

func (json11) encodeError(err *Error) response {
	return jsonResponse(err.status(), "application/x-amz-json-1.1",
		map[string]string{"__type": err.Code, "message": err.Message})
}

func jsonResponse(status int, contentType string, output any) response {
	if output == nil {
		output = struct{}{}
	}
	body, err := json.Marshal(output)
	if err != nil {
		panic(fmt.Sprintf("fakeaws: encoding %T: %v", output, err))
	}
	return response{status, http.Header{"Content-Type": {contentType}}, body}
}

// list returns the values of a form's list, "TagKeys.member.1" and so on for "TagKeys.member".
func (c *call) list(prefix string) []string {
	var values []string
	for n := 1; c.params.Has(prefix + "." + strconv.Itoa(n)); n++ {
		values = append(values, c.param(prefix+"."+strconv.Itoa(n)))
	}
	return values
}

// tags returns the tags of a form, "Tags.member.1.Key" and so on.
func (c *call) tags() []tag {
	var tags []tag
	for n := 1; ; n++ {
		prefix := "Tags.member." + strconv.Itoa(n)
		if !c.params.Has(prefix + ".Key") {
			return tags
		}
		tags = append(tags, tag{c.param(prefix + ".Key"), c.param(prefix + ".Value")})
	}
}

// query is the protocol awsQuery: a form comes in, XML goes out.
type query struct{ namespace string }

func (query) decode(_ *http.Request, body []byte) (string, *call, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return "", nil, err
	}
	return form.Get("Action"), &call{params: form}, nil
}

// Every response names a request; tests have no use for different ones.
const requestID = "00000000-0000-4000-8000-000000000000"

type queryResponse struct {
	XMLName   xml.Name
	Namespace string `xml:"xmlns,attr"`
	Result    queryResult
	RequestID string `xml:"ResponseMetadata>RequestId"`
}

func (p query) encode(operation string, output any) response {
	if output == nil {
		output = struct{}{}
	}
	return xmlResponse(http.StatusOK, queryResponse{
		XMLName:   xml.Name{Local: operation + "Response"},
		Namespace: p.namespace,
		Result:    queryResult{operation + "Result", output},
		RequestID: requestID,
	})
}

// queryResult wraps an output into an element whose name depends on the operation.
type queryResult struct {
	name   string
	output any
}

// MarshalXML implements xml.Marshaler.
func (r queryResult) MarshalXML(e *xml.Encoder, _ xml.StartElement) error {
	return e.EncodeElement(r.output, xml.StartElement{Name: xml.Name{Local: r.name}})
}

type queryError struct {
	XMLName   xml.Name `xml:"ErrorResponse"`
	Type      string   `xml:"Error>Type"`
	Code      string   `xml:"Error>Code"`
	Message   string   `xml:"Error>Message"`
	RequestID string   `xml:"RequestId"`
}

func (query) encodeError(err *Error) response {
	kind := "Sender"
	if err.status() >= http.StatusInternalServerError {
		kind = "Receiver"
	}
	return xmlResponse(err.status(), queryError{
		Type: kind, Code: err.Code, Message: err.Message, RequestID: requestID,
	})
}

func xmlResponse(status int, output any) response {
	body, err := xml.Marshal(output)
	if err != nil {
		panic(fmt.Sprintf("fakeaws: encoding %T: %v", output, err))
	}
	return response{status, http.Header{"Content-Type": {"text/xml"}}, body}
}

func (e *Error) status() int {
	if e.Status == 0 {
		return http.StatusBadRequest
	}
	return e.Status
}
