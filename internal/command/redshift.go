package command

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/redshift/types"

	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
)

// redshiftAPI holds the calls of the Amazon Redshift client that are used here.
type redshiftAPI interface {
	DescribeClusters(context.Context, *redshift.DescribeClustersInput, ...func(*redshift.Options),
	) (*redshift.DescribeClustersOutput, error)
	PauseCluster(context.Context, *redshift.PauseClusterInput, ...func(*redshift.Options),
	) (*redshift.PauseClusterOutput, error)
	ResumeCluster(context.Context, *redshift.ResumeClusterInput, ...func(*redshift.Options),
	) (*redshift.ResumeClusterOutput, error)
}

// redshiftStates are those of provisioned clusters (Amazon Redshift API Reference, data type
// Cluster). That page has neither pausing nor resuming, which AWS's answers show all the same.
var redshiftStates = states{
	up: "available", starting: "resuming", down: "paused", stopping: "pausing",
	busy: []string{
		"available, prep-for-resize", "available, resize-cleanup", "cancelling-resize", "creating",
		"modifying", "rebooting", "renaming", "resizing", "rotating-keys", "updating-hsm",
	},
	broken: []string{
		"deleting", "final-snapshot", "hardware-failure", "incompatible-hsm",
		"incompatible-network", "incompatible-parameters", "incompatible-restore", "storage-full",
	},
	examples: "modifying, resizing",
}

// redshiftClusters are provisioned clusters. InvalidClusterState is AWS's answer not only to a
// state but also to an operation that is under way while the state is available, so it is waited
// out.
func redshiftClusters() *resourceKind {
	return &resourceKind{
		noun: "Redshift cluster", arnService: "redshift", arnPrefix: "cluster:",
		describeAction: "redshift:DescribeClusters",
		actions: map[Effect]string{
			Start: "redshift:ResumeCluster", Stop: "redshift:PauseCluster",
		},
		notFoundCode: "ClusterNotFound",
		busyCodes:    []string{"InvalidClusterState"}, unsupportedCode: "UnsupportedOperation",
		states: &redshiftStates,
		connect: func(r *Runner, cfg aws.Config) fleet {
			return redshiftFleet{r.clients.redshift(cfg)}
		},
		// The call knows no resources (Service Authorization Reference, "Actions for Amazon
		// Redshift").
		look: func(Item, arnsOf) []iampolicy.Statement {
			return []iampolicy.Statement{
				{Action: []string{"redshift:DescribeClusters"}, Resource: []string{"*"}},
			}
		},
	}
}

// redshiftVerbs are the verbs of Amazon Redshift.
func redshiftVerbs() []Verb {
	return resourceVerbs(redshiftClusters(), resourceWords{
		service: "redshift", word: "cluster", target: "redshift/cluster", one: "Redshift cluster",
		items: "identifiers or ARNs of provisioned clusters, or tags as key=value " +
			"(key=value,key=value for both)",
		form: itemForm{
			noun: "Redshift cluster", service: "redshift", arnType: "cluster", name: databaseName,
		},
		verbs: map[Effect]string{Start: "resume", Stop: "pause"},
		long: map[Effect]string{
			Stop: "A pause takes a snapshot first, up to 15 minutes, and cannot be cancelled. Storage is " +
				"still paid for.",
		},
	})
}

// redshiftFleet are the provisioned clusters of a region.
type redshiftFleet struct{ api redshiftAPI }

func (f redshiftFleet) describe(ctx context.Context, id, marker *string) (page, error) {
	in := &redshift.DescribeClustersInput{ClusterIdentifier: id, Marker: marker}
	out, err := f.api.DescribeClusters(ctx, in)
	if err != nil {
		return page{}, err
	}
	p := page{marker: out.Marker}
	for _, c := range out.Clusters {
		p.resources = append(p.resources, fromRedshift(c))
	}
	return p, nil
}

func (f redshiftFleet) act(ctx context.Context, effect Effect, id string) (err error) {
	if effect == Start {
		_, err = f.api.ResumeCluster(ctx, &redshift.ResumeClusterInput{ClusterIdentifier: &id})
	} else {
		_, err = f.api.PauseCluster(ctx, &redshift.PauseClusterInput{ClusterIdentifier: &id})
	}
	return err
}

// fromRedshift says what cannot be paused (Amazon Redshift Management Guide, "Pausing and resuming
// a cluster"). A description lacks the cluster's own ARN; its namespace's tells the account too.
func fromRedshift(c types.Cluster) resource {
	r := resource{
		id: aws.ToString(c.ClusterIdentifier), arn: aws.ToString(c.ClusterNamespaceArn),
		status: aws.ToString(c.ClusterStatus), tags: map[string]string{},
	}
	for _, t := range c.Tags {
		r.tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	switch {
	case c.HsmStatus != nil && aws.ToString(c.HsmStatus.HsmConfigurationIdentifier) != "":
		r.unstoppable = "a cluster with a hardware security module (HSM) cannot be paused: leave it out"
	case c.AutomatedSnapshotRetentionPeriod != nil && *c.AutomatedSnapshotRetentionPeriod == 0:
		r.unstoppable = "a cluster without automated snapshots cannot be paused: leave it out, " +
			"or keep them for a day or more"
	}
	return r
}
