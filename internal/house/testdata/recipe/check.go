package command

import (
	"context"

	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
)

// checkVerbs is the recipe's entry: a verb that fails where a cluster is not available.
func checkVerbs() []Verb {
	return []Verb{{
		Service: "redshift", Name: "check-cluster",
		Short: "check that Redshift clusters are available", Long: "A cluster in another state fails the run.",
		Items:    "identifiers of provisioned clusters",
		Examples: [][]string{{"redshift", "check-cluster", "my-cluster"}},
		phrase:   phrase{"check", "Redshift cluster", "Redshift clusters", "available"},
		target:   "redshift/cluster",
		item:     itemForm{noun: "Redshift cluster", word: "check", name: databaseName},
		statements: func(*Call, Scope) []iampolicy.Statement {
			return []iampolicy.Statement{{Action: []string{"redshift:DescribeClusters"}, Resource: []string{"*"}}}
		},
		run: runCheck,
	}}
}

// runCheck is the recipe's function.
func runCheck(ctx context.Context, s *session) []Result {
	var results []Result
	for _, item := range s.call.items {
		r := s.result(item, item.ID)
		cfg, err := s.configFor(s.region(item))
		if err == nil {
			err = s.limited(ctx, func() error {
				found, err := redshiftFleet{s.clients.redshift(cfg)}.describe(ctx, &item.ID, nil)
				for _, cluster := range found.resources {
					r.From, r.To = cluster.status, cluster.status
				}
				return err
			})
		}
		switch {
		case err != nil:
			r.Outcome, r.Detail = Failed, err.Error()
		case r.From != redshiftStates.up:
			r.Outcome, r.Detail = Failed, "it is not available"
		default:
			r.Outcome = Already
		}
		s.log(ctx, r)
		results = append(results, r)
	}
	return results
}
