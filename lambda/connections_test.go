package main

import (
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// Events one after another share the connections to AWS: thousands of them in a minute and a half, the
// time that an idle connection stays open, would hold thousands.
func TestInvoke_eventsShareConnections(t *testing.T) {
	t.Parallel()
	a := fakeaws.New()
	a.RDS().PutCluster(fakeaws.DBCluster{ID: "app-db"})
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(a)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	env := map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_REGION": fakeaws.Region,
		"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing",
	}
	h := &handler{
		load:  fromEnvironment(func(key string) string { return env[key] }),
		clock: clock{fakeaws.NewClock(time.Now())},
		log:   slog.New(slog.DiscardHandler),
	}
	for range 20 {
		event := []byte(`{"args":["rds","stop-cluster","app-db","--dry-run"]}`)
		if _, err := h.Invoke(t.Context(), event); err != nil {
			t.Fatal(err)
		}
	}
	if n := connections.Load(); n > 2 {
		t.Errorf("20 events made %d connections", n)
	}
}
