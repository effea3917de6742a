package enforcement_test

import (
	"fmt"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// subject is one kind of thing that verbs act on: some that events name, and a neighbour.
type subject struct {
	service string
	// verbs with the flags of their own; a verb of before is run by root first, on everything.
	verbs  map[string][]string
	before map[string]string
	plant  func(*fakeaws.AWS)
	// names are the ways to write what an event names; others those to write the neighbour.
	names, others []string
	// neighbour shows the state of the neighbour.
	neighbour func(*fakeaws.AWS) string
}

var (
	mine    = map[string]string{"deploy": "devel", "team": "web"}
	another = map[string]string{"deploy": "prod", "team": "web"}
)

const (
	myInstance    = "i-0123456789abcdef0"
	otherInstance = "i-0123456789abcdef1"
)

// stopAndStart are verbs that undo each other.
func stopAndStart(stop, start string) (verbs map[string][]string, before map[string]string) {
	return map[string][]string{stop: nil, start: nil}, map[string]string{start: stop}
}

// databases are clusters or instances in the words of one service.
func databases(service, kind, engine string) subject {
	arnType := map[string]string{"cluster": "cluster", "instance": "db"}[kind]
	verbs, before := stopAndStart("stop-"+kind, "start-"+kind)
	return subject{
		service: service, verbs: verbs, before: before,
		plant: func(a *fakeaws.AWS) {
			for id, tags := range map[string]map[string]string{"mine": mine, "other": another} {
				if kind == "cluster" {
					a.RDS().PutCluster(fakeaws.DBCluster{ID: id, Engine: engine, Tags: tags})
				} else {
					a.RDS().PutInstance(fakeaws.DBInstance{ID: id, Tags: tags})
				}
			}
		},
		names: []string{
			"mine", "MINE", "arn:aws:rds:us-east-1:123456789012:" + arnType + ":mine", "deploy=devel",
			"deploy=devel,team=web",
		},
		others: []string{"other", "deploy=prod", "team=web,deploy=prod"},
		neighbour: func(a *fakeaws.AWS) string {
			cluster, _ := a.RDS().Cluster("other")
			instance, _ := a.RDS().Instance("other")
			return cluster.Status + instance.Status
		},
	}
}

func instances() subject {
	return subject{
		service: "ec2",
		verbs: map[string][]string{
			"stop-instances": {"--hibernate", "--force"}, "start-instances": nil, "restart-instances": nil,
		},
		before: map[string]string{"start-instances": "stop-instances"},
		plant: func(a *fakeaws.AWS) {
			for id, tags := range map[string]map[string]string{myInstance: mine, otherInstance: another} {
				a.EC2().Put(fakeaws.Instance{
					ID: id, Tags: tags, Hibernation: true, InstanceStatus: "impaired",
					VolumeKey: "arn:aws:kms:" + a.Config().Region + ":999999999999:key/volumes",
				})
			}
		},
		names:  []string{myInstance, "deploy=devel", "deploy=dev*,team=web"},
		others: []string{otherInstance, "deploy=prod", "deploy=p*"},
		neighbour: func(a *fakeaws.AWS) string {
			i, _ := a.EC2().Instance(otherInstance)
			return i.State
		},
	}
}

func scalingGroups() subject {
	verbs, before := stopAndStart("stop", "start")
	return subject{
		service: "asg", verbs: verbs, before: before,
		plant: func(a *fakeaws.AWS) {
			for name, tags := range map[string]map[string]string{"mine": mine, "other": another} {
				a.AutoScaling().Put(fakeaws.ScalingGroup{Name: name, Min: 1, Max: 4, Desired: 2, Tags: tags})
			}
		},
		names: []string{"mine", "deploy=devel", "team=web,deploy=devel"}, others: []string{"other", "deploy=prod"},
		neighbour: func(a *fakeaws.AWS) string {
			g, _ := a.AutoScaling().Group("other")
			return fmt.Sprint(g.Min, g.Desired, g.Tags)
		},
	}
}

// services are those of two clusters, each with a scalable target.
func services() subject {
	return subject{
		service: "ecs",
		verbs:   map[string][]string{"stop-services": nil, "start-services": nil},
		before:  map[string]string{"start-services": "stop-services"},
		plant: func(a *fakeaws.AWS) {
			for _, s := range []fakeaws.ECSService{
				{Cluster: "web", Name: "api", Desired: 2, Tags: mine},
				{Cluster: "web", Name: "worker", Desired: 2, Tags: mine},
				{Cluster: "batch", Name: "job", Desired: 2, Tags: another},
			} {
				a.ECS().PutService(s)
				a.AppScaling().PutTarget(fakeaws.ScalableTarget{Service: s.Cluster + "/" + s.Name, Min: 1, Max: 4})
			}
		},
		names:  []string{"web/api", "web/api/2", "web/*", "deploy=devel", "deploy=devel,team=web"},
		others: []string{"batch/job", "batch/*", "deploy=prod"},
		neighbour: func(a *fakeaws.AWS) string {
			s, _ := a.ECS().Service("batch/job")
			target, _ := a.AppScaling().Target("batch/job")
			return fmt.Sprint(s.Desired, s.Tags, target)
		},
	}
}

// counts are services whose count an item names.
func counts() subject {
	s := services()
	s.verbs, s.before = map[string][]string{"set-desired-count": nil}, nil
	s.names, s.others = []string{"web/api/0", "web/api/3"}, []string{"web/worker/0", "batch/job/0"}
	neighbour := s.neighbour
	s.neighbour = func(a *fakeaws.AWS) string {
		worker, _ := a.ECS().Service("web/worker")
		return fmt.Sprint(worker.Desired) + neighbour(a)
	}
	return s
}

func nodegroups() subject {
	verbs, before := stopAndStart("stop-nodegroup", "start-nodegroup")
	return subject{
		service: "eks", verbs: verbs, before: before,
		plant: func(a *fakeaws.AWS) {
			for _, name := range []string{"mine", "mine-too", "other"} {
				a.EKS().PutNodegroup(fakeaws.Nodegroup{Cluster: "web", Name: name, Min: 1, Max: 4, Desired: 2})
			}
		},
		names: []string{"web/mine", "web/mine web/mine-too"}, others: []string{"web/other"},
		neighbour: func(a *fakeaws.AWS) string {
			n, _ := a.EKS().Nodegroup("web/other")
			return fmt.Sprint(n.Desired, n.Tags)
		},
	}
}

func warehouses() subject {
	verbs, before := stopAndStart("pause-cluster", "resume-cluster")
	return subject{
		service: "redshift", verbs: verbs, before: before,
		plant: func(a *fakeaws.AWS) {
			a.Redshift().PutCluster(fakeaws.RedshiftCluster{ID: "mine", Tags: mine})
			a.Redshift().PutCluster(fakeaws.RedshiftCluster{ID: "other", Tags: another})
		},
		names:  []string{"mine", "arn:aws:redshift:us-east-1:123456789012:cluster:mine", "deploy=devel"},
		others: []string{"other", "deploy=prod"},
		neighbour: func(a *fakeaws.AWS) string {
			c, _ := a.Redshift().Cluster("other")
			return c.Status
		},
	}
}

// notebookSubjects have a capital, which ARNs have not.
func notebookSubjects() subject {
	verbs, before := stopAndStart("stop-notebook", "start-notebook")
	return subject{
		service: "sagemaker", verbs: verbs, before: before,
		plant: func(a *fakeaws.AWS) {
			a.SageMaker().PutNotebook(fakeaws.Notebook{Name: "Mine", Tags: mine})
			a.SageMaker().PutNotebook(fakeaws.Notebook{Name: "Other", Tags: another})
		},
		names: []string{"Mine", "deploy=devel", "deploy=devel,team=web"}, others: []string{"Other", "deploy=prod"},
		neighbour: func(a *fakeaws.AWS) string {
			n, _ := a.SageMaker().Notebook("Other")
			return n.Status
		},
	}
}

func distributions() subject {
	const config = `<DistributionConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">` +
		`<CallerReference>x</CallerReference><Comment></Comment><Enabled>true</Enabled>` +
		`<Origins><Quantity>2</Quantity><Items>` +
		`<Origin><Id>app</Id><DomainName>a.example.com</DomainName></Origin>` +
		`<Origin><Id>maintenance</Id><DomainName>b.example.com</DomainName></Origin>` +
		`</Items></Origins><DefaultCacheBehavior><TargetOriginId>app</TargetOriginId>` +
		`<ViewerProtocolPolicy>allow-all</ViewerProtocolPolicy></DefaultCacheBehavior>` +
		`</DistributionConfig>`
	return subject{
		service: "cloudfront", verbs: map[string][]string{"update-origin": nil},
		plant: func(a *fakeaws.AWS) {
			a.CloudFront().PutDistribution(fakeaws.Distribution{ID: "E2QWRUHEXAMPLE", Config: config})
			a.CloudFront().PutDistribution(fakeaws.Distribution{ID: "E3QWRUHEXAMPLE", Config: config})
		},
		names:  []string{"E2QWRUHEXAMPLE maintenance default"},
		others: []string{"E3QWRUHEXAMPLE maintenance default"},
		neighbour: func(a *fakeaws.AWS) string {
			d, _ := a.CloudFront().Distribution("E3QWRUHEXAMPLE")
			return d.Config
		},
	}
}

// subjects are all that verbs act on.
func subjects() []subject {
	return []subject{
		databases("rds", "cluster", "aurora-postgresql"), databases("rds", "instance", ""),
		databases("docdb", "cluster", "docdb"), databases("neptune", "cluster", "neptune"),
		instances(), scalingGroups(), services(), counts(), nodegroups(), warehouses(),
		notebookSubjects(), distributions(),
	}
}
