// Command bare asks for the state of a DB cluster with nothing but the AWS SDK: what the runner's
// start is measured against.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/rds"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: bare CLUSTER")
		os.Exit(2)
	}
	if err := run(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "bare:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, cluster string) error {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	out, err := rds.NewFromConfig(cfg).DescribeDBClusters(ctx,
		&rds.DescribeDBClustersInput{DBClusterIdentifier: aws.String(cluster)})
	if err != nil {
		return err
	}
	for _, c := range out.DBClusters {
		fmt.Println(aws.ToString(c.DBClusterIdentifier), aws.ToString(c.Status))
	}
	return nil
}
