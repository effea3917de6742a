package fakeaws

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// A queue's depth is text under its attribute's name; a queue that does not exist is told by its own
// code (SQS API Reference, GetQueueUrl and GetQueueAttributes).
func TestQueue(t *testing.T) {
	t.Parallel()
	a := Start(t)
	a.SQS().PutQueue("dead", 3)
	client := sqs.NewFromConfig(a.Config())
	found, err := client.GetQueueUrl(t.Context(), &sqs.GetQueueUrlInput{QueueName: aws.String("dead")})
	noError(t, err)
	if url := aws.ToString(found.QueueUrl); !strings.HasSuffix(url, "/123456789012/dead") {
		t.Errorf("the queue is at %s", url)
	}
	out, err := client.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{
		QueueUrl:       found.QueueUrl,
		AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameApproximateNumberOfMessages},
	})
	noError(t, err)
	if got := out.Attributes["ApproximateNumberOfMessages"]; got != "3" {
		t.Errorf("%q messages, want 3", got)
	}
	_, err = client.GetQueueUrl(t.Context(), &sqs.GetQueueUrlInput{QueueName: aws.String("none")})
	wantError(t, err, "QueueDoesNotExist", "The specified queue does not exist.")
}
