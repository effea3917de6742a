package fakeaws

import (
	"net/http"
	"strconv"
	"strings"
)

// SQS is Amazon SQS, as far as the depth of a queue goes.
type SQS struct {
	aws    *AWS
	queues map[string]int // messages by name
}

func newSQS(a *AWS) *SQS { return &SQS{aws: a, queues: map[string]int{}} }

// SQS gives a test direct access to Amazon SQS.
func (a *AWS) SQS() *SQS { return a.sqs }

// PutQueue makes a queue, or sets how many messages wait in it.
func (s *SQS) PutQueue(name string, messages int) {
	s.aws.mu.Lock()
	defer s.aws.mu.Unlock()
	s.queues[name] = messages
}

func (s *SQS) service() *service {
	return &service{
		name:     "sqs",
		protocol: json11{}, // JSON 1.0 differs in its content type alone
		operations: map[string]func(*call) (any, error){
			"GetQueueUrl":        s.getURL,
			"GetQueueAttributes": s.getAttributes,
		},
		nameKeys: []string{"QueueName", "QueueUrl"},
		leftovers: func() []string {
			var left []string
			for _, name := range sortedKeys(s.queues) {
				left = append(left, "sqs queue "+name)
			}
			return left
		},
	}
}

type sqsInput struct {
	QueueName, QueueOwnerAWSAccountID, QueueURL string
	AttributeNames                              []string
}

func (s *SQS) input(c *call) sqsInput {
	var in sqsInput
	_ = c.decode(&in) // what is missing names no queue
	return in
}

// name is the queue that a request names: by itself, or as the last part of its address.
func (in sqsInput) name() string {
	return in.QueueName + in.QueueURL[strings.LastIndex(in.QueueURL, "/")+1:]
}

// noQueue is the answer for a queue that does not exist (SQS API Reference, GetQueueUrl).
func noQueue() *Error {
	return errf(http.StatusBadRequest, "com.amazonaws.sqs#QueueDoesNotExist", "The specified queue does not exist.")
}

func (s *SQS) getURL(c *call) (any, error) {
	in := s.input(c)
	if _, ok := s.queues[in.name()]; !ok {
		return nil, noQueue()
	}
	return map[string]string{
		"QueueUrl": "https://sqs." + c.region + ".amazonaws.com/" + s.aws.account + "/" + in.name(),
	}, nil
}

// getAttributes knows the number of messages that can be received (SQS API Reference,
// GetQueueAttributes); a value is text.
func (s *SQS) getAttributes(c *call) (any, error) {
	in := s.input(c)
	messages, ok := s.queues[in.name()]
	if !ok {
		return nil, noQueue()
	}
	attributes := map[string]string{}
	for _, name := range in.AttributeNames {
		if name != "ApproximateNumberOfMessages" {
			return nil, errf(http.StatusBadRequest, "InvalidAttributeName", "Unknown Attribute %s.", name)
		}
		attributes[name] = strconv.Itoa(messages)
	}
	return map[string]map[string]string{"Attributes": attributes}, nil
}

// rights by the page "Amazon SQS": each is on the queue.
func (s *SQS) rights() rights {
	named := func(c *call) []thing {
		return []thing{{arn: "arn:aws:sqs:" + c.region + ":" + s.aws.account + ":" + s.input(c).name()}}
	}
	return rights{
		"GetQueueUrl":        {action: "sqs:GetQueueUrl", on: named},
		"GetQueueAttributes": {action: "sqs:GetQueueAttributes", on: named},
	}
}
