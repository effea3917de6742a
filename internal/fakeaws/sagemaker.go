package fakeaws

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// SageMaker is Amazon SageMaker, with its notebook instances.
type SageMaker struct {
	aws       *AWS
	notebooks map[string]*Notebook
	pageSize  int
	slow      Transition
}

// Notebook is a notebook instance.
type Notebook struct {
	Name string
	Life
	// FailureReason is shown with the status Failed. FailStart makes the next start end in it.
	FailureReason string
	FailStart     bool
	Tags          map[string]string
}

func newSageMaker(a *AWS) *SageMaker {
	return &SageMaker{aws: a, notebooks: map[string]*Notebook{}, pageSize: 100}
}

// SageMaker gives a test direct access to SageMaker.
func (a *AWS) SageMaker() *SageMaker { return a.sagemaker }

// SetPageSize sets how many notebook instances or tags a page holds at most.
func (s *SageMaker) SetPageSize(n int) {
	s.aws.mu.Lock()
	defer s.aws.mu.Unlock()
	s.pageSize = n
}

// SlowStates keeps what is stopped in "Stopping", and what is started in "Pending", until t is
// over.
func (s *SageMaker) SlowStates(t Transition) {
	s.aws.mu.Lock()
	defer s.aws.mu.Unlock()
	s.slow = t
}

// PutNotebook makes or replaces a notebook instance. Its Status is "InService" unless set.
func (s *SageMaker) PutNotebook(n Notebook) {
	s.aws.mu.Lock()
	defer s.aws.mu.Unlock()
	n.begin(cmp.Or(n.Status, "InService"), s.aws.now())
	s.notebooks[n.Name] = &n
}

// Notebook returns a notebook instance; looking counts as no description.
func (s *SageMaker) Notebook(name string) (Notebook, bool) {
	s.aws.mu.Lock()
	defer s.aws.mu.Unlock()
	s.settle()
	n := s.notebooks[name]
	if n == nil {
		return Notebook{}, false
	}
	shown := *n
	shown.Tags = maps.Clone(n.Tags)
	return shown, true
}

func (s *SageMaker) settle() {
	for _, n := range s.notebooks {
		n.settle(s.slow, s.aws.now())
	}
}

// arn holds the name in lower case, as AWS's error messages show it.
func (s *SageMaker) arn(name string) string {
	return "arn:aws:sagemaker:" + s.aws.region + ":" + s.aws.account + ":notebook-instance/" +
		strings.ToLower(name)
}

type notebookJSON struct {
	NotebookInstanceName, NotebookInstanceArn string
	NotebookInstanceStatus                    string
	FailureReason                             string `json:",omitempty"`
}

func (s *SageMaker) json(n *Notebook) notebookJSON {
	shown := notebookJSON{
		NotebookInstanceName: n.Name, NotebookInstanceArn: s.arn(n.Name),
		NotebookInstanceStatus: n.Status,
	}
	if n.Status == "Failed" {
		shown.FailureReason = n.FailureReason
	}
	return shown
}

// notebook answers a name that does not exist with the code of any other invalid input.
func (s *SageMaker) notebook(c *call) (*Notebook, error) {
	var in struct{ NotebookInstanceName string }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if n := s.notebooks[in.NotebookInstanceName]; n != nil {
		return n, nil
	}
	return nil, errf(0, "ValidationException", "RecordNotFound")
}

func (s *SageMaker) describe(c *call) (any, error) {
	n, err := s.notebook(c)
	if err != nil {
		return nil, err
	}
	n.reads++
	return s.json(n), nil
}

func (s *SageMaker) list(c *call) (any, error) {
	var in struct {
		NextToken  string
		MaxResults int
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	size := cmp.Or(in.MaxResults, 10)
	names, token, ok := cut(sortedKeys(s.notebooks), itself, in.NextToken, min(size, s.pageSize))
	if !ok || !between(1, size, 100) {
		return nil, errf(0, "ValidationException", "Invalid NextToken or MaxResults")
	}
	var shown []notebookJSON
	for _, name := range names {
		shown = append(shown, s.json(s.notebooks[name]))
		s.notebooks[name].reads++
	}
	return struct {
		NotebookInstances []notebookJSON
		NextToken         string `json:",omitempty"`
	}{shown, token}, nil
}

func (s *SageMaker) listTags(c *call) (any, error) {
	var in struct{ ResourceArn, NextToken string }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	names := sortedKeys(s.notebooks)
	i := slices.IndexFunc(names, func(name string) bool { return s.arn(name) == in.ResourceArn })
	if i < 0 {
		return nil, errf(0, "ValidationException", "RecordNotFound")
	}
	tags, token, ok := cut(tagList(s.notebooks[names[i]].Tags), func(t tag) string { return t.Key },
		in.NextToken, s.pageSize)
	if !ok {
		return nil, errf(0, "ValidationException", "Invalid NextToken")
	}
	return struct {
		Tags      []tag
		NextToken string `json:",omitempty"`
	}{tags, token}, nil
}

func (s *SageMaker) stop(c *call) (any, error) {
	n, err := s.notebook(c)
	if err != nil {
		return nil, err
	}
	return s.move(n, "Stopping", "Stopped", "InService")
}

func (s *SageMaker) start(c *call) (any, error) {
	n, err := s.notebook(c)
	if err != nil {
		return nil, err
	}
	to := "InService"
	if n.FailStart {
		to = "Failed"
	}
	out, err := s.move(n, "Pending", to, "Stopped", "Failed")
	n.FailStart = n.FailStart && err != nil
	return out, err
}

// move refuses other states with a text that public reports show.
func (s *SageMaker) move(n *Notebook, through, to string, from ...string) (any, error) {
	if !slices.Contains(from, n.Status) {
		return nil, errf(0, "ValidationException",
			"Status (%s) not in ([%s]). Unable to transition to (%s) for Notebook Instance (%s).",
			n.Status, strings.Join(from, ", "), through, s.arn(n.Name))
	}
	n.move(through, to, s.slow, s.aws.now())
	return nil, nil
}

func (s *SageMaker) service() *service {
	operations := map[string]func(*call) (any, error){
		"DescribeNotebookInstance": s.describe,
		"ListNotebookInstances":    s.list,
		"ListTags":                 s.listTags,
		"StartNotebookInstance":    s.start,
		"StopNotebookInstance":     s.stop,
	}
	for name, handle := range operations {
		operations[name] = func(c *call) (any, error) {
			s.settle()
			return handle(c)
		}
	}
	return &service{
		name:       "sagemaker",
		protocol:   json11{},
		operations: operations,
		nameKeys:   []string{"NotebookInstanceName", "ResourceArn"},
		leftovers: func() []string {
			var left []string
			for _, name := range sortedKeys(s.notebooks) {
				left = append(left, "sagemaker notebook-instance "+name)
			}
			return left
		},
	}
}
