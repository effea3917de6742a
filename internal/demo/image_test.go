package main

import (
	"context"
	"io"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/bundle"
	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerimage"
)

// The image as a registry gives it back does its work with what it holds: certificates aside, which
// only AWS asks for, that is the runner with its time zones.
func TestImage_servesEvents(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("runs a Linux program")
	}
	a := fakeaws.Start(t)
	a.ECR().PutRepository(fakeaws.ECRRepository{Name: "tools", Immutable: true})
	cluster := fakeaws.DBCluster{ID: "my-aurora"}
	cluster.Status = "available"
	a.RDS().PutCluster(cluster)

	image, err := runnerimage.New(map[string]string{"amd64": bundle.X8664, "arm64": bundle.ARM64}[runtime.GOARCH])
	if err != nil {
		t.Fatal(err)
	}
	repo, err := runnerimage.ParseRepository(strings.TrimPrefix(a.URL(), "http://") + "/tools")
	if err != nil {
		t.Fatal(err)
	}
	registry := runnerimage.NewRegistry(a.Config(), func(context.Context, string) {})
	uri, err := registry.Push(t.Context(), repo, "tools", image)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "image")
	entrypoint, err := fetch(t.Context(), uri, dir)
	if err != nil {
		t.Fatal(err)
	}
	f, err := listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.close(); err != nil {
			t.Error(err)
		}
	})
	how, err := f.start(t.Context(), dir, entrypoint, []string{
		"AWS_ENDPOINT_URL=" + a.URL(), "AWS_REGION=" + fakeaws.Region,
		"AWS_ACCESS_KEY_ID=AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY=secret",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(how)

	// 15:30 UTC is half past midnight in Tokyo, the next day.
	answer := post(t, f.url(), `{"args":["rds","stop-cluster","my-aurora"],"timezone":"Asia/Tokyo",`+
		`"except_dates":["2026-12-30"],"scheduled_time":"2026-12-29T15:30:00Z"}`)
	if !strings.Contains(answer, `"outcome":"skipped"`) || !strings.Contains(answer, "not on 2026-12-30") {
		t.Errorf("on a day off in Tokyo: got %s", answer)
	}
	if got, _ := a.RDS().Cluster("my-aurora"); got.Status != "available" {
		t.Errorf("on a day off: the cluster is %s", got.Status)
	}
	answer = post(t, f.url(), `{"args":["rds","stop-cluster","my-aurora"],"timezone":"Asia/Tokyo"}`)
	if !strings.Contains(answer, `"outcome":"done"`) {
		t.Errorf("got %s, want it done\n%s", answer, strings.Join(f.log(), "\n"))
	}
	if got, _ := a.RDS().Cluster("my-aurora"); got.Status == "available" {
		t.Error("the cluster is still available")
	}
}

func post(t *testing.T, url, event string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(event))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}
