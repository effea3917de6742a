package fakeaws

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

func TestLambda_Invoke(t *testing.T) {
	t.Parallel()
	a := Start(t)
	client := lambda.NewFromConfig(a.Config())
	invoke := func(event string) (*lambda.InvokeOutput, error) {
		return client.Invoke(t.Context(), &lambda.InvokeInput{
			FunctionName: aws.String("arn:aws:lambda:us-east-1:123456789012:function:f"),
			Payload:      []byte(event),
		})
	}
	_, err := invoke(`{}`)
	wantError(t, err, "ResourceNotFoundException", "Function not found: "+
		"arn:aws:lambda:us-east-1:123456789012:function:f")
	a.Lambda().PutFunction(Function{FunctionName: "f"})
	if out, err := invoke(`{}`); err != nil || string(out.Payload) != "null" {
		t.Errorf("without a handler: %v, %v", out, err)
	}
	a.Lambda().Handle("f", func(event []byte) ([]byte, error) {
		_, exists := a.Lambda().Function("f") // a function may call AWS
		if !exists || string(event) == `"bad"` {
			return nil, errors.New("one sentence\n{}")
		}
		return event, nil
	})
	out, err := invoke(`{"a":1}`)
	if err != nil || string(out.Payload) != `{"a":1}` || out.FunctionError != nil {
		t.Errorf("got %+v, %v", out, err)
	}
	out, err = invoke(`"bad"`)
	const want = `{"errorMessage":"one sentence\n{}","errorType":"runError"}`
	if err != nil || string(out.Payload) != want || aws.ToString(out.FunctionError) != "Unhandled" {
		t.Errorf("got %s, %v, want %s", out.Payload, err, want)
	}
	_, err = invoke(`{`)
	wantError(t, err, "InvalidRequestContentException", "Could not parse request body into json")
}
