package fakeaws

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
	gocmp "github.com/google/go-cmp/cmp"
)

type testSageMaker struct {
	*SageMaker
	t      *testing.T
	client *sagemaker.Client
	clock  *Clock
}

func newTestSageMaker(t *testing.T) testSageMaker {
	t.Helper()
	clock := NewClock(testTime)
	a := Start(t, WithClock(clock.Now))
	return testSageMaker{a.SageMaker(), t, sagemaker.NewFromConfig(a.Config()), clock}
}

func (s testSageMaker) start(name string) error {
	_, err := s.client.StartNotebookInstance(s.t.Context(),
		&sagemaker.StartNotebookInstanceInput{NotebookInstanceName: &name})
	return err
}

func (s testSageMaker) stop(name string) error {
	_, err := s.client.StopNotebookInstance(s.t.Context(),
		&sagemaker.StopNotebookInstanceInput{NotebookInstanceName: &name})
	return err
}

func (s testSageMaker) describe(name string) *sagemaker.DescribeNotebookInstanceOutput {
	s.t.Helper()
	out, err := s.client.DescribeNotebookInstance(s.t.Context(),
		&sagemaker.DescribeNotebookInstanceInput{NotebookInstanceName: &name})
	noError(s.t, err)
	return out
}

// A name keeps its case, and its ARN is in lower case. A name that does not exist is a
// ValidationException, as any other invalid input is.
func TestDescribeNotebook(t *testing.T) {
	t.Parallel()
	s := newTestSageMaker(t)
	s.PutNotebook(Notebook{Name: "My-Notebook", FailureReason: "not shown"})
	got := s.describe("My-Notebook")
	if *got.NotebookInstanceName != "My-Notebook" || got.NotebookInstanceStatus != "InService" ||
		*got.NotebookInstanceArn !=
			"arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/my-notebook" ||
		got.FailureReason != nil {
		t.Errorf("got %+v", got)
	}
	_, err := s.client.DescribeNotebookInstance(t.Context(),
		&sagemaker.DescribeNotebookInstanceInput{NotebookInstanceName: aws.String("gone")})
	wantError(t, err, "ValidationException", "RecordNotFound")
}

// The states follow the API Reference, and another state is refused with a text that names it.
func TestNotebookStopAndStart(t *testing.T) {
	t.Parallel()
	s := newTestSageMaker(t)
	s.PutNotebook(Notebook{Name: "nb", FailStart: true, FailureReason: "no capacity"})
	s.SlowStates(Transition{After: time.Minute})
	const arn = "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/nb"
	wantError(t, s.start("nb"), "ValidationException", "Status (InService) not in ([Stopped, Failed])."+
		" Unable to transition to (Pending) for Notebook Instance ("+arn+").")
	var statuses []string
	look := func() {
		for range 2 {
			statuses = append(statuses, string(s.describe("nb").NotebookInstanceStatus))
			s.clock.Advance(time.Minute)
		}
	}
	noError(t, s.stop("nb"))
	look()
	wantError(t, s.stop("nb"), "ValidationException", "Status (Stopped) not in ([InService]). "+
		"Unable to transition to (Stopping) for Notebook Instance ("+arn+").")
	noError(t, s.start("nb"))
	look()
	if got := s.describe("nb"); *got.FailureReason != "no capacity" {
		t.Errorf("got %+v", got)
	}
	wantError(t, s.stop("nb"), "ValidationException", "")
	noError(t, s.start("nb"))
	look()
	want := []string{"Stopping", "Stopped", "Pending", "Failed", "Pending", "InService"}
	if diff := gocmp.Diff(want, statuses); diff != "" {
		t.Error(diff)
	}
}

// The list and the tags come in pages; only the tags tell of tags.
func TestNotebookPages(t *testing.T) {
	t.Parallel()
	s := newTestSageMaker(t)
	s.PutNotebook(Notebook{Name: "a", Tags: map[string]string{"x": "1", "y": "2", "z": "3"}})
	s.PutNotebook(Notebook{Name: "b"})
	s.PutNotebook(Notebook{Name: "c"})
	s.SetPageSize(2)
	var got []string
	list := sagemaker.NewListNotebookInstancesPaginator(s.client,
		&sagemaker.ListNotebookInstancesInput{})
	for list.HasMorePages() {
		out, err := list.NextPage(t.Context())
		noError(t, err)
		for _, n := range out.NotebookInstances {
			got = append(got, *n.NotebookInstanceName)
		}
		got = append(got, "|")
	}
	tags := sagemaker.NewListTagsPaginator(s.client, &sagemaker.ListTagsInput{
		ResourceArn: aws.String("arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/a"),
	})
	for tags.HasMorePages() {
		out, err := tags.NextPage(t.Context())
		noError(t, err)
		for _, tag := range out.Tags {
			got = append(got, *tag.Key+"="+*tag.Value)
		}
		got = append(got, "|")
	}
	want := []string{"a", "b", "|", "c", "|", "x=1", "y=2", "|", "z=3", "|"}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	_, err := s.client.ListTags(t.Context(), &sagemaker.ListTagsInput{
		ResourceArn: aws.String("arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/gone"),
	})
	wantError(t, err, "ValidationException", "RecordNotFound")
	_, err = s.client.ListNotebookInstances(t.Context(),
		&sagemaker.ListNotebookInstancesInput{MaxResults: aws.Int32(101)})
	wantError(t, err, "ValidationException", "")
}
