package acctest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/spin-dd/terraform-provider-savings/internal/emulator"
)

// schedulerRole is the role that tests' configurations name and emulators do not look for.
const schedulerRole = "tools-scheduler"

// startAccount makes the role that EventBridge Scheduler checks before it takes a schedule. The
// sweeper removes it.
func startAccount(ctx context.Context) (*emulator.Server, error) {
	server, err := emulator.Account(ctx)
	if err != nil {
		return nil, err
	}
	cfg, err := server.Config(ctx)
	if err != nil {
		return nil, err
	}
	name := server.Name(schedulerRole)
	trust := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",`+
		`"Principal":{"Service":"scheduler.amazonaws.com"},`+
		`"Condition":{"StringEquals":{"aws:SourceAccount":%q}}}]}`, server.Account)
	_, err = iam.NewFromConfig(cfg).CreateRole(ctx,
		&iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust})
	if exists := (*types.EntityAlreadyExistsException)(nil); errors.As(err, &exists) {
		return server, nil
	}
	return server, err
}

// Adapt gives a configuration that was written for the emulators the names that it needs there.
func (e *Emulator) Adapt(config string) string {
	return strings.ReplaceAll(config, "role/"+schedulerRole, "role/"+e.Name(schedulerRole))
}
