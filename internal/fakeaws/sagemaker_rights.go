package fakeaws

import "strings"

// rights by the page "Amazon SageMaker": AWS knows no resource for a list, and puts names into ARNs in
// lower case.
func (s *SageMaker) rights() rights {
	named := func(c *call) []thing {
		var in struct{ NotebookInstanceName, ResourceArn string }
		_ = c.decode(&in) // the operation reports what is wrong with the body
		t := thing{arn: in.ResourceArn}
		if t.arn == "" {
			t.arn = s.aws.arnIn(c, "sagemaker",
				"notebook-instance/"+strings.ToLower(in.NotebookInstanceName))
		}
		for _, n := range s.notebooks {
			if strings.HasSuffix(t.arn, "/"+strings.ToLower(n.Name)) {
				t.tags = n.Tags
			}
		}
		return []thing{t}
	}
	return rights{
		"ListNotebookInstances":    {action: "sagemaker:ListNotebookInstances"},
		"ListTags":                 {action: "sagemaker:ListTags", on: named, keys: resourceTags},
		"DescribeNotebookInstance": {action: "sagemaker:DescribeNotebookInstance", on: named, keys: resourceTags},
		"StartNotebookInstance":    {action: "sagemaker:StartNotebookInstance", on: named, keys: resourceTags},
		"StopNotebookInstance":     {action: "sagemaker:StopNotebookInstance", on: named, keys: resourceTags},
	}
}
