package command

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
)

// clients make each service's client for one region. They belong to the Runner, and no verb of the
// table makes its own: so the provider, which reads the table and runs nothing, is linked without
// the clients. They are half of a program whose linker has to keep all their methods.
type clients struct {
	asg        func(aws.Config) autoscalingAPI
	cloudfront func(aws.Config) cloudfrontAPI
	ec2        func(aws.Config) ec2API
	ecs        func(aws.Config) ecsAPI
	eks        func(aws.Config) eksAPI
	rds        func(aws.Config) rdsAPI
	redshift   func(aws.Config) redshiftAPI
	sagemaker  func(aws.Config) sagemakerAPI
	scaling    func(aws.Config) scalingAPI
}

func newClients() clients {
	return clients{
		asg:        func(cfg aws.Config) autoscalingAPI { return autoscaling.NewFromConfig(cfg) },
		cloudfront: func(cfg aws.Config) cloudfrontAPI { return cloudfront.NewFromConfig(cfg) },
		ec2:        func(cfg aws.Config) ec2API { return ec2.NewFromConfig(cfg) },
		ecs:        func(cfg aws.Config) ecsAPI { return ecs.NewFromConfig(cfg) },
		eks:        func(cfg aws.Config) eksAPI { return eks.NewFromConfig(cfg) },
		rds:        func(cfg aws.Config) rdsAPI { return rds.NewFromConfig(cfg) },
		redshift:   func(cfg aws.Config) redshiftAPI { return redshift.NewFromConfig(cfg) },
		sagemaker:  func(cfg aws.Config) sagemakerAPI { return sagemaker.NewFromConfig(cfg) },
		scaling:    func(cfg aws.Config) scalingAPI { return applicationautoscaling.NewFromConfig(cfg) },
	}
}
