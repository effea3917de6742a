package universaltarget_test

import (
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/command"
	"github.com/spin-dd/terraform-provider-savings/internal/universaltarget"
)

func TestTranslate(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ call, input, want, notes string }{
		{"rds:stopDBCluster", `{"DbClusterIdentifier":"a"}`, "rds stop-cluster a", ""},
		{"rds:startDBCluster", `{"DBClusterIdentifier":"a"}`, "rds start-cluster a", ""},
		{"rds:stopDBInstance", `{"DbInstanceIdentifier":"a","DbSnapshotIdentifier":"b"}`, "rds stop-instance a",
			"DbSnapshotIdentifier of the call is not carried over"},
		{"rds:startDBInstance", `{"DbInstanceIdentifier":"a"}`, "rds start-instance a", ""},
		{"docdb:stopDBCluster", `{"DbClusterIdentifier":"a"}`, "docdb stop-cluster a", ""},
		{"docdb:startDBCluster", `{"DbClusterIdentifier":"a"}`, "docdb start-cluster a", ""},
		{"neptune:stopDBCluster", `{"DbClusterIdentifier":"a"}`, "neptune stop-cluster a", ""},
		{"neptune:startDBCluster", `{"DbClusterIdentifier":"a"}`, "neptune start-cluster a", ""},
		{"redshift:pauseCluster", `{"ClusterIdentifier":"a"}`, "redshift pause-cluster a", ""},
		{"redshift:resumeCluster", `{"ClusterIdentifier":"a"}`, "redshift resume-cluster a", ""},
		{"sagemaker:stopNotebookInstance", `{"NotebookInstanceName":"a"}`, "sagemaker stop-notebook a", ""},
		{"sagemaker:startNotebookInstance", `{"NotebookInstanceName":"a"}`, "sagemaker start-notebook a", ""},
		{"ec2:stopInstances", `{"InstanceIds":["i-0123456789abcdef0","i-0123456789abcdef1"],"Force":true,"DryRun":false}`,
			"ec2 stop-instances i-0123456789abcdef0 i-0123456789abcdef1 --force", ""},
		{"ec2:startInstances", `{"InstanceIds":["i-0123456789abcdef0"]}`, "ec2 start-instances i-0123456789abcdef0", ""},
		{"ecs:updateService", `{"Cluster":"arn:aws:ecs:us-east-1:123456789012:cluster/web","Service":"api","DesiredCount":0}`,
			"ecs set-desired-count web/api/0", ""},
		{"ecs:updateService", `{"Service":"api","DesiredCount":2,"ForceNewDeployment":true}`,
			"ecs set-desired-count default/api/2", "ForceNewDeployment of the call is not carried over"},
		{"autoscaling:updateAutoScalingGroup", `{"AutoScalingGroupName":"web","MinSize":0,"DesiredCapacity":0,"MaxSize":0}`,
			"asg stop web", "MaxSize of the call is not carried over"},
		{"autoscaling:setDesiredCapacity", `{"AutoScalingGroupName":"web","DesiredCapacity":3,"HonorCooldown":true}`,
			"asg start web", "the command asg start gives back the size that asg stop remembered, which need not be 3"},
		{"eks:updateNodegroupConfig", `{"ClusterName":"a","NodegroupName":"b","ScalingConfig":{"MinSize":0,"DesiredSize":0}}`,
			"eks stop-nodegroup a/b", ""},
		{"eks:updateNodegroupConfig", `{"ClusterName":"a","NodegroupName":"b","ScalingConfig":{"MinSize":1,"DesiredSize":2}}`,
			"eks start-nodegroup a/b",
			"the command eks start-nodegroup gives back the size that eks stop-nodegroup remembered, which need not be 2"},
		{"lambda:invoke", `{"FunctionName":"f","InvocationType":"Event","Payload":"{\"args\":[\"asg\",\"stop\",\"web\"]}"}`,
			"asg stop web", ""},
	} {
		done, err := universaltarget.Translate("arn:aws:scheduler:::aws-sdk:"+test.call, test.input)
		if err != nil {
			t.Errorf("%s %s: %v", test.call, test.input, err)
			continue
		}
		if got := strings.Join(done.Steps[0], " "); got != test.want || len(done.Steps) != 1 {
			t.Errorf("%s %s: got %s, want %s", test.call, test.input, got, test.want)
		}
		if got := strings.Join(done.Notes, "; "); got != test.notes {
			t.Errorf("%s %s: got notes %q, want %q", test.call, test.input, got, test.notes)
		}
		if _, err := command.Parse(done.Steps[0]); err != nil {
			t.Errorf("%s: the runner refuses it: %v", test.want, err)
		}
	}
}

func TestTranslate_refuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ arn, input, want string }{
		{"arn:aws:scheduler:::aws-sdk:rds:copyDBSnapshot", `{}`, "no command does what rds:copyDBSnapshot does"},
		{"arn:aws:scheduler:::aws-sdk:rds:stopDBCluster", `{}`, "rds:stopDBCluster has no DBClusterIdentifier"},
		{"arn:aws:scheduler:::aws-sdk:rds:stopDBCluster", `{"DbClusterIdentifier":7}`, "rds:stopDBCluster has no DBClusterIdentifier"},
		{"arn:aws:scheduler:::aws-sdk:rds:stopDBCluster", `[]`, "the input of rds:stopDBCluster is no JSON object"},
		{"arn:aws:scheduler:::aws-sdk:ec2:stopInstances", `{"InstanceIds":[]}`, "ec2:stopInstances has no InstanceIds"},
		{"arn:aws:scheduler:::aws-sdk:ec2:stopInstances", `{"InstanceIds":[1]}`, "InstanceIds of ec2:stopInstances is no list of texts"},
		{"arn:aws:scheduler:::aws-sdk:ec2:stopInstances", `{"InstanceIds":["i-1"],"DryRun":true}`, "ec2:stopInstances is a dry run, which does nothing"},
		{"arn:aws:scheduler:::aws-sdk:ecs:updateService", `{"Service":"a"}`, "ecs:updateService sets no DesiredCount, and a command sets nothing else"},
		{"arn:aws:scheduler:::aws-sdk:autoscaling:updateAutoScalingGroup", `{"AutoScalingGroupName":"a"}`, "autoscaling:updateAutoScalingGroup sets neither DesiredCapacity nor MinSize"},
		{"arn:aws:scheduler:::aws-sdk:eks:updateNodegroupConfig", `{"ClusterName":"a","NodegroupName":"b"}`, "eks:updateNodegroupConfig sets no DesiredSize"},
		{"arn:aws:scheduler:::aws-sdk:lambda:invoke", `{"FunctionName":"f","Payload":"{}"}`, "function f is sent something that is no command"},
		{"arn:aws:sqs:us-east-1:123456789012:q", `{}`, "arn:aws:sqs:us-east-1:123456789012:q is no universal target"},
	} {
		_, err := universaltarget.Translate(test.arn, test.input)
		if err == nil || err.Error() != test.want {
			t.Errorf("%s %s: got %v, want %s", test.arn, test.input, err, test.want)
		}
	}
}
