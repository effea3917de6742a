package command

import (
	"context"
	"log/slog"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/language"
)

// TestCheck is the recipe's test.
func TestCheck(t *testing.T) {
	t.Parallel()
	a := fakeaws.Start(t)
	for id, status := range map[string]string{"day": "available", "night": "paused"} {
		cluster := fakeaws.RedshiftCluster{ID: id}
		cluster.Status = status
		a.Redshift().PutCluster(cluster)
	}
	call, err := Parse([]string{"redshift", "check-cluster", "day", "night"})
	if err != nil {
		t.Fatal(err)
	}
	config := func(context.Context) (aws.Config, error) { return a.Config(), nil }
	report := NewRunner(config, SystemClock{}, slog.New(slog.DiscardHandler)).Run(t.Context(), call)
	if got := report.Err(); got == nil || got.Error() != "1 of 2 failed: night: it is not available" {
		t.Errorf("got %v", got)
	}
	const want = "check Redshift clusters day and night"
	if got := call.Summary(language.English); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
