package command

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/aws/smithy-go"
)

// fakeDatabase is a DB cluster or DB instance of rdsFake.
type fakeDatabase struct {
	id      string
	cluster types.DBCluster  // what describing it shows beside id and state
	inst    types.DBInstance // the same for an instance
	// states are shown by one Describe after the other; the last one stays.
	states []string
	// onAct are the states after an accepted start or stop; by default the moving one, thrice.
	onAct []string
	// refuse are the errors that its next starts and stops get, one after the other.
	refuse []error
	// race are the states that it jumps to as it refuses.
	race []string
	tags map[string]string
}

// rdsFake answers as RDS does: pages, states, errors by code.
type rdsFake struct {
	mu                  sync.Mutex
	clusters, instances []*fakeDatabase
	region              string
	pageSize            int
	// fail gives the error of an operation, or of an operation on one identifier.
	fail map[string]error
	// calls are the operations in order, such as "StopDBCluster my-aurora".
	calls []string
	// delay is how long an answer takes; most is the most calls that were in flight at once.
	delay          time.Duration
	inFlight, most int
}

func apiError(code, message string) error {
	return &smithy.OperationError{
		ServiceID: "RDS", OperationName: "X",
		Err: &smithy.GenericAPIError{Code: code, Message: message},
	}
}

func (f *rdsFake) enter(operation string, id *string) error {
	f.mu.Lock()
	f.inFlight++
	f.most = max(f.most, f.inFlight)
	f.mu.Unlock()
	<-time.After(f.delay)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.inFlight--
	name := operation
	if id != nil {
		name += " " + *id
	}
	f.calls = append(f.calls, name)
	if err := f.fail[name]; err != nil {
		return err
	}
	return f.fail[operation]
}

// page returns the databases to show, with their states moved on by one look.
func (f *rdsFake) page(
	all []*fakeDatabase, id, marker *string, missing string,
) ([]*fakeDatabase, *string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if id != nil {
		i := slices.IndexFunc(all, func(d *fakeDatabase) bool { return d.id == *id })
		if i < 0 {
			return nil, nil, apiError(missing, *id+" not found.")
		}
		return all[i : i+1], nil, nil
	}
	from, _ := strconv.Atoi(aws.ToString(marker))
	size := f.pageSize
	if size == 0 {
		size = 100
	}
	if from+size >= len(all) {
		return all[from:], nil, nil
	}
	return all[from : from+size], aws.String(strconv.Itoa(from + size)), nil
}

func (d *fakeDatabase) look() *string {
	state := d.states[0]
	if len(d.states) > 1 {
		d.states = d.states[1:]
	}
	return &state
}

func (d *fakeDatabase) tagList() []types.Tag {
	var out []types.Tag
	for k, v := range d.tags {
		out = append(out, types.Tag{Key: aws.String(k), Value: aws.String(v)})
	}
	return out
}

func (f *rdsFake) DescribeDBClusters(
	_ context.Context, in *rds.DescribeDBClustersInput, _ ...func(*rds.Options),
) (*rds.DescribeDBClustersOutput, error) {
	if err := f.enter("DescribeDBClusters", in.DBClusterIdentifier); err != nil {
		return nil, err
	}
	list, marker, err := f.page(f.clusters, in.DBClusterIdentifier, in.Marker, "DBClusterNotFoundFault")
	f.mu.Lock()
	defer f.mu.Unlock()
	out := &rds.DescribeDBClustersOutput{Marker: marker}
	for _, d := range list {
		c := d.cluster
		c.DBClusterIdentifier, c.Status, c.TagList = &d.id, d.look(), d.tagList()
		c.DBClusterArn = aws.String("arn:aws:rds:" + f.region + ":123456789012:cluster:" + d.id)
		out.DBClusters = append(out.DBClusters, c)
	}
	return out, err
}

func (f *rdsFake) DescribeDBInstances(
	_ context.Context, in *rds.DescribeDBInstancesInput, _ ...func(*rds.Options),
) (*rds.DescribeDBInstancesOutput, error) {
	if err := f.enter("DescribeDBInstances", in.DBInstanceIdentifier); err != nil {
		return nil, err
	}
	list, marker, err := f.page(f.instances, in.DBInstanceIdentifier, in.Marker, "DBInstanceNotFound")
	f.mu.Lock()
	defer f.mu.Unlock()
	out := &rds.DescribeDBInstancesOutput{Marker: marker}
	for _, d := range list {
		i := d.inst
		i.DBInstanceIdentifier, i.DBInstanceStatus, i.TagList = &d.id, d.look(), d.tagList()
		i.DBInstanceArn = aws.String("arn:aws:rds:" + f.region + ":123456789012:db:" + d.id)
		out.DBInstances = append(out.DBInstances, i)
	}
	return out, err
}

// act starts or stops as AWS does: not twice, and not while the database is busy.
func (f *rdsFake) act(operation string, all []*fakeDatabase, id *string, want, moving, code string,
) error {
	if err := f.enter(operation, id); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(all, func(d *fakeDatabase) bool { return d.id == *id })
	d := all[i]
	if len(d.race) > 0 {
		d.states, d.race = d.race, nil
		return apiError(code, *id+" is not in "+want+" state.")
	}
	if len(d.refuse) > 0 {
		err := d.refuse[0]
		d.refuse = d.refuse[1:]
		return err
	}
	if d.states[0] != want {
		return apiError(code, fmt.Sprintf("%s is in %s state.", *id, d.states[0]))
	}
	end := map[string]string{"stopping": "stopped", "starting": "available"}[moving]
	d.states = d.onAct
	if d.states == nil {
		d.states = []string{moving, moving, end}
	}
	return nil
}

func (f *rdsFake) StartDBCluster(
	_ context.Context, in *rds.StartDBClusterInput, _ ...func(*rds.Options),
) (*rds.StartDBClusterOutput, error) {
	return &rds.StartDBClusterOutput{}, f.act("StartDBCluster", f.clusters, in.DBClusterIdentifier,
		"stopped", "starting", "InvalidDBClusterStateFault")
}

func (f *rdsFake) StopDBCluster(
	_ context.Context, in *rds.StopDBClusterInput, _ ...func(*rds.Options),
) (*rds.StopDBClusterOutput, error) {
	return &rds.StopDBClusterOutput{}, f.act("StopDBCluster", f.clusters, in.DBClusterIdentifier,
		"available", "stopping", "InvalidDBClusterStateFault")
}

func (f *rdsFake) StartDBInstance(
	_ context.Context, in *rds.StartDBInstanceInput, _ ...func(*rds.Options),
) (*rds.StartDBInstanceOutput, error) {
	return &rds.StartDBInstanceOutput{}, f.act("StartDBInstance", f.instances,
		in.DBInstanceIdentifier, "stopped", "starting", "InvalidDBInstanceState")
}

func (f *rdsFake) StopDBInstance(
	_ context.Context, in *rds.StopDBInstanceInput, _ ...func(*rds.Options),
) (*rds.StopDBInstanceOutput, error) {
	return &rds.StopDBInstanceOutput{}, f.act("StopDBInstance", f.instances, in.DBInstanceIdentifier,
		"available", "stopping", "InvalidDBInstanceState")
}

// cluster and instance are databases in one state.
func cluster(id string, states ...string) *fakeDatabase {
	return &fakeDatabase{id: id, states: states}
}

func tagged(d *fakeDatabase, tags ...string) *fakeDatabase {
	d.tags = map[string]string{}
	for i := 0; i < len(tags); i += 2 {
		d.tags[tags[i]] = tags[i+1]
	}
	return d
}

// runFake runs args on the fake with fifteen minutes to go. Call it in a synctest bubble, where
// waiting takes no time.
func runFake(t *testing.T, f *rdsFake, args ...string) Report {
	t.Helper()
	if f.region == "" {
		f.region = "ap-northeast-1"
	}
	call, err := Parse(args)
	if err != nil {
		t.Fatal(err)
	}
	load := func(context.Context) (aws.Config, error) { return aws.Config{Region: f.region}, nil }
	runner := NewRunner(load, SystemClock{}, slog.New(slog.DiscardHandler))
	runner.clients.rds = func(aws.Config) rdsAPI { return f }
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	return runner.Run(ctx, call)
}
