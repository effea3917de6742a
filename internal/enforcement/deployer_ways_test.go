package enforcement_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
	"github.com/spin-dd/terraform-provider-savings/internal/iampolicy"
	"github.com/spin-dd/terraform-provider-savings/internal/runnerstack"
)

// In a shared group a set's own schedules are all that it takes.
func TestDeployer_sharedGroup(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	aRunner(t, s)
	var statements []iampolicy.Statement
	for _, statement := range deployment.Statements() {
		switch {
		case slices.Contains(statement.Action, "scheduler:CreateSchedule"):
			statement.Resource = []string{"arn:aws:scheduler:us-east-1:123456789012:schedule/default/web-*"}
		case slices.Contains(statement.Action, "scheduler:CreateScheduleGroup"),
			slices.Contains(statement.Action, "scheduler:ListSchedules"):
			continue
		}
		statements = append(statements, statement)
	}
	k := s.schedules(s.ConfigOf(s.UserKey(iampolicy.Document(statements))))
	have := evening(t, "web")
	have.GroupName = "default"
	if _, err := k.Create(t.Context(), have); err != nil {
		t.Fatal(err)
	}
	want := evening(t, "web")
	want.GroupName = "default"
	delete(want.Events, "gone")
	want.Events["new"] = event("cron(0 23 ? * MON-FRI *)", "rds", "stop-cluster", "mine")
	if _, err := k.Update(t.Context(), have, want); err != nil {
		t.Error(err)
	}
	if live, err := k.Read(t.Context(), want); err != nil || len(live.Schedules) != 2 {
		t.Errorf("reading: %v, error %v", live, err)
	}
	if err := k.Delete(t.Context(), want); err != nil {
		t.Error(err)
	}
}

// Who brings the roles passes them on, and looks whether there are any of the provider's names.
func TestDeployer_ownRoles(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	own := map[string]string{}
	var statements []iampolicy.Statement
	for _, service := range []string{"lambda", "scheduler"} {
		own[service] = s.IAM().PutRole(fakeaws.Role{
			Name: "own-" + service, Trust: fakeaws.TrustService(service + ".amazonaws.com"),
		})
		statements = append(statements, iampolicy.Statement{
			Action: []string{"iam:PassRole"}, Resource: []string{own[service]},
			Condition: map[string]map[string][]string{
				"StringEquals": {"iam:PassedToService": {service + ".amazonaws.com"}},
			},
		})
	}
	for _, statement := range deployment.Statements() {
		if strings.HasPrefix(statement.Action[0], "iam:") {
			if !slices.Contains(statement.Action, "iam:GetRole") {
				continue
			}
			statement.Action = []string{"iam:GetRole"}
		}
		statements = append(statements, statement)
	}
	cfg := s.ConfigOf(s.UserKey(iampolicy.Document(statements)))
	have := stack(t)
	have.ExecutionRoleARN, have.SchedulerRoleARN = own["lambda"], own["scheduler"]
	if _, err := s.keeper(cfg).Create(t.Context(), have); err != nil {
		t.Fatal(err)
	}
	set := evening(t, "web")
	set.RoleARN, set.RunnerRoleName, set.PolicyJSON = own["scheduler"], "", ""
	if _, err := s.schedules(cfg).Create(t.Context(), set); err != nil {
		t.Error(err)
	}
	if err := s.schedules(cfg).Delete(t.Context(), set); err != nil {
		t.Error(err)
	}
	if _, err := s.keeper(cfg).Delete(t.Context(), have); err != nil {
		t.Error(err)
	}
}

// A plan changes nothing, and needs none of the rights to.
func TestDeployer_aPlanOnlyReads(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	aRunner(t, s)
	if _, err := s.schedules(s.Config()).Create(t.Context(), evening(t, "web")); err != nil {
		t.Fatal(err)
	}
	var reads []iampolicy.Statement
	for _, statement := range deployment.Statements() {
		statement.Action = slices.DeleteFunc(slices.Clone(statement.Action), func(action string) bool {
			_, verb, _ := strings.Cut(action, ":")
			return !strings.HasPrefix(verb, "Get") && !strings.HasPrefix(verb, "List") &&
				!strings.HasPrefix(verb, "Describe")
		})
		if len(statement.Action) > 0 {
			reads = append(reads, statement)
		}
	}
	cfg := s.ConfigOf(s.UserKey(iampolicy.Document(reads)))
	live, err := s.keeper(cfg).Read(t.Context(), bounded(t))
	if err != nil || len(runnerstack.Drift(bounded(t), live, here.Region)) > 0 {
		t.Errorf("reading the runner: error %v", err)
	}
	found, err := s.schedules(cfg).Read(t.Context(), evening(t, "web"))
	if err != nil || len(found.Schedules) != 2 {
		t.Errorf("reading the schedules: error %v", err)
	}
	_, err = s.keeper(cfg).Delete(t.Context(), bounded(t))
	wantDenied(t, "removing the runner", err)
}

// The image goes to one repository. Pulling it is for the function's own role, deleting the
// repository for nobody.
func TestDeployer_pushesToItsRepository(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	const repository = "arn:aws:ecr:us-east-1:123456789012:repository/tools"
	pushing, plain := deployment, deployment
	plain.Repository = ""
	s.IAM().PutRole(fakeaws.Role{
		Name: "deployer", Policies: map[string]string{"p": iampolicy.Document(pushing.Statements())},
	})
	s.IAM().PutRole(fakeaws.Role{
		Name: "without", Policies: map[string]string{"p": iampolicy.Document(plain.Statements())},
	})
	want := map[permission]bool{
		{"deployer", "ecr:GetAuthorizationToken", "*"}:         true,
		{"without", "ecr:GetAuthorizationToken", "*"}:          false,
		{"deployer", "ecr:DeleteRepositoryPolicy", repository}: false,
	}
	for _, action := range []string{
		"ecr:BatchCheckLayerAvailability", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart",
		"ecr:CompleteLayerUpload", "ecr:PutImage", "ecr:BatchGetImage", "ecr:BatchDeleteImage",
		"ecr:GetDownloadUrlForLayer", "ecr:GetLifecyclePolicy", "ecr:ListImages", "ecr:GetRepositoryPolicy",
		"ecr:SetRepositoryPolicy",
	} {
		want[permission{"deployer", action, repository}] = true
		want[permission{"deployer", action, repository + "-other"}] = false
		want[permission{"without", action, repository}] = false
	}
	s.checkRoles(t, want)
}
