package fakeaws

import "github.com/spin-dd/terraform-provider-savings/internal/judge"

// rights by the page "Amazon EC2": AWS knows no resource for a description. StartInstances on the
// optional resource types, placement group and license configuration, is not asked for: instances here
// have neither.
func (e *EC2) rights() rights {
	return rights{
		"DescribeInstances":      {action: "ec2:DescribeInstances"},
		"DescribeInstanceStatus": {action: "ec2:DescribeInstanceStatus"},
		"StartInstances":         {action: "ec2:StartInstances", on: e.named, keys: resourceTags},
		"StopInstances":          {action: "ec2:StopInstances", on: e.named, keys: resourceTags},
	}
}

func (e *EC2) named(c *call) []thing {
	var things []thing
	for _, id := range c.list("InstanceId") {
		t := thing{arn: e.aws.arnIn(c, "ec2", "instance/"+id)}
		if i := e.instances[id]; i != nil {
			t.tags = i.Tags
		}
		things = append(things, t)
	}
	return things
}

// noGrant is the reason for which an instance with an encrypted volume stays stopped, "" where
// there is none: EC2 makes a grant on the volume's customer managed key in the caller's name (AWS
// KMS Developer Guide, "kms:ViaService" and "kms:GrantIsForAWSResource"; re:Post Knowledge Center,
// kms-iam-ec2-permission).
func (e *EC2) noGrant(c *call, i *Instance) string {
	if i.VolumeKey == "" || e.aws.deny(c, access{
		action: "kms:CreateGrant", resource: i.VolumeKey,
		keys: []string{"kms:GrantIsForAWSResource", "kms:ViaService"},
		context: judge.Context{
			"kms:GrantIsForAWSResource": {"true"},
			"kms:ViaService":            {"ec2." + c.region + ".amazonaws.com"},
		},
	}) == nil {
		return ""
	}
	return "Client.InternalError"
}
