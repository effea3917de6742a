package emulator

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"
)

const root = "../.."

func TestStart_answersTheSDK(t *testing.T) {
	t.Parallel()
	needEmulators(t)
	for _, kind := range []Kind{Ministack, Moto} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			s, err := Start(t.Context(), root, kind)
			if err != nil {
				t.Fatal(err)
			}
			cfg, err := s.Config(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			who, err := sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := aws.ToString(who.Account); got != s.Account {
				t.Errorf("account: got %s, want %s", got, s.Account)
			}
			if _, err := rds.NewFromConfig(cfg).DescribeDBClusters(t.Context(), nil); err != nil {
				t.Errorf("describing clusters: %v", err)
			}
			checkLeftovers(t, s)
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if healthy(t.Context(), s.URL) {
				t.Error("it still answers after Close")
			}
			if _, err := os.Stat(s.dir); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("its folder is still there after Close: %v", err)
			}
		})
	}
}

func TestStart_notInstalled(t *testing.T) {
	t.Parallel()
	_, err := Start(t.Context(), t.TempDir(), Ministack)
	if err == nil || !strings.Contains(err.Error(), "make setup") {
		t.Errorf("got %v, want an error that says to run make setup", err)
	}
}

func TestStart_cancelled(t *testing.T) {
	t.Parallel()
	needEmulators(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(ctx, root, Moto); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

// TestStart_parentKilled starts an emulator in a child process, kills the child as nothing can
// catch, and expects the emulator to go with it.
func TestStart_parentKilled(t *testing.T) {
	t.Parallel()
	needEmulators(t)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHelperProcess$")
	cmd.Env = append(os.Environ(), "SAVINGS_EMULATOR_HELPER=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	url = strings.TrimSpace(url) + "/moto-api/"
	if !healthy(t.Context(), url) {
		t.Fatalf("no emulator at %s", url)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	deadline := time.NewTimer(10 * time.Second)
	defer deadline.Stop()
	for healthy(t.Context(), url) {
		select {
		case <-deadline.C:
			t.Fatal("the emulator still answers")
		case <-time.After(pollInterval):
		}
	}
}

// TestHelperProcess is no test: it is the child of TestStart_parentKilled.
func TestHelperProcess(t *testing.T) {
	if os.Getenv("SAVINGS_EMULATOR_HELPER") == "" {
		t.Skip("runs as a child only")
	}
	s, err := Start(t.Context(), root, Moto)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(s.URL)
	<-s.process.done
}

func checkLeftovers(t *testing.T, s *Server) {
	t.Helper()
	cfg, err := s.Config(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = scheduler.NewFromConfig(cfg).CreateScheduleGroup(t.Context(),
		&scheduler.CreateScheduleGroupInput{Name: aws.String("mine-1")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = cloudwatchlogs.NewFromConfig(cfg).CreateLogGroup(t.Context(),
		&cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("/aws/lambda/mine-2")})
	if err != nil {
		t.Fatal(err)
	}
	for prefix, want := range map[string][]string{
		"mine-":   {"group mine-1", "log-group /aws/lambda/mine-2"},
		"yours-":  nil,
		"default": {"group default"},
	} {
		got, err := s.Leftovers(t.Context(), prefix)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("leftovers with prefix %q (-want +got):\n%s", prefix, diff)
		}
	}
}

func needEmulators(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts an emulator")
	}
	if _, err := os.Stat(filepath.Join(root, ".local", "bin", "python")); err != nil {
		t.Fatal("the local emulators are not installed: run make setup")
	}
}
