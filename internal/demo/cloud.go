package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/rds"
)

const (
	pollInterval = time.Second
	// slack is how long after its time the event may take: a tick of ten seconds, the start of the
	// function, and a busy machine.
	slack = time.Minute
)

func (d *demo) createCluster(ctx context.Context) error {
	d.say("ministack, a local AWS, answers at %s; creating Aurora cluster %s", d.cloud.URL, d.cluster())
	client := rds.NewFromConfig(d.aws)
	_, err := client.CreateDBCluster(ctx, &rds.CreateDBClusterInput{
		DBClusterIdentifier: aws.String(d.cluster()),
		Engine:              aws.String("aurora-postgresql"),
		MasterUsername:      aws.String("demo"),
		MasterUserPassword:  aws.String("not-a-secret"),
	})
	if err != nil {
		return fmt.Errorf("creating the cluster: %w", err)
	}
	return d.waitForStatus(ctx, "available", time.Now().Add(slack))
}

// waitForStop waits until the schedule has fired and its event has stopped the cluster.
func (d *demo) waitForStop(ctx context.Context) error {
	d.say("Waiting for %s UTC", d.due.UTC().Format("15:04"))
	if err := d.waitForStatus(ctx, "stopped", d.due.Add(slack)); err != nil {
		return fmt.Errorf("%w\n%s", err, d.cloud.LogTail(40))
	}
	d.say("The schedule has fired; the runner's log")
	runnerLog := d.runnerLog
	if d.image != nil {
		runnerLog = d.imageLog
	}
	lines, err := runnerLog(ctx)
	if err != nil {
		return err
	}
	d.show(strings.Join(lines, "\n"))
	return nil
}

// waitForStatus polls the cluster until it has a status, and shows it.
func (d *demo) waitForStatus(ctx context.Context, want string, deadline time.Time) error {
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	client := rds.NewFromConfig(d.aws)
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	status := ""
	for {
		out, err := client.DescribeDBClusters(ctx, &rds.DescribeDBClustersInput{
			DBClusterIdentifier: aws.String(d.cluster()),
		})
		if err == nil && len(out.DBClusters) == 1 {
			if status = aws.ToString(out.DBClusters[0].Status); status == want {
				d.show(fmt.Sprintf("%s UTC  %s: %s", time.Now().UTC().Format("15:04:05"), d.cluster(), status))
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for the cluster to be %s, which is %q: %w", want, status, ctx.Err())
		case <-ticker.C:
		}
	}
}

// runnerLog reads the lines that the runner wrote about the cluster, from CloudWatch Logs as one
// would on AWS. They may come a moment after the cluster's state.
func (d *demo) runnerLog(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, slack)
	defer cancel()
	group, err := d.logGroup(ctx)
	if err != nil {
		return nil, err
	}
	client := cloudwatchlogs.NewFromConfig(d.aws)
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for {
		out, err := client.FilterLogEvents(ctx, &cloudwatchlogs.FilterLogEventsInput{LogGroupName: &group})
		if err != nil {
			return nil, fmt.Errorf("reading log group %q: %w", group, err)
		}
		var lines []string
		for _, event := range out.Events {
			if message := aws.ToString(event.Message); strings.Contains(message, d.cluster()) {
				lines = append(lines, strings.TrimSpace(message))
			}
		}
		if len(lines) > 0 {
			return lines, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("reading log group %q: no line names the cluster\n%s", group, d.cloud.LogTail(40))
		case <-ticker.C:
		}
	}
}

// logGroup finds the log group in the state.
func (d *demo) logGroup(ctx context.Context) (string, error) {
	state, err := d.cli.State(ctx)
	if err != nil {
		return "", err
	}
	if state.Values != nil && state.Values.RootModule != nil {
		for _, module := range state.Values.RootModule.ChildModules {
			for _, r := range module.Resources {
				if name, ok := r.AttributeValues["log_group_name"].(string); ok {
					return name, nil
				}
			}
		}
	}
	return "", errors.New("finding the runner's log group: it is not in the state")
}
