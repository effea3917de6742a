package emulator

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/spin-dd/terraform-provider-savings/internal/awsconfig"
)

// AWS is no emulator: it is the account that the environment's credentials belong to.
const AWS Kind = "aws"

// AccountPrefix begins the name of everything that is made in a real account, so that it can be
// found and removed.
const AccountPrefix = "savings-acc-"

// Account is the real account, in Region. Its AWS calls go where the environment's AWS_… variables
// say.
func Account(ctx context.Context) (*Server, error) {
	s := &Server{Kind: AWS}
	cfg, err := s.Config(ctx)
	if err != nil {
		return nil, err
	}
	caller, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return nil, fmt.Errorf("asking whose credentials these are: %w", err)
	}
	if s.Account = aws.ToString(caller.Account); s.Account == "" {
		return nil, errors.New("AWS names no account for these credentials")
	}
	return s, nil
}

// Name is what a test's thing is called there.
func (s *Server) Name(name string) string {
	if s.Kind == AWS {
		return AccountPrefix + name
	}
	return name
}

// passedOn are the variables of the environment that begin with AWS_, and HOME, where profiles are.
func passedOn() []string {
	env := []string{"HOME=" + os.Getenv("HOME"), "AWS_REGION=" + Region, "AWS_DEFAULT_REGION=" + Region}
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "AWS_") && name != "AWS_REGION" && name != "AWS_DEFAULT_REGION" {
			env = append(env, variable)
		}
	}
	return env
}

func accountConfig(ctx context.Context) (aws.Config, error) {
	return awsconfig.Load(ctx, awsconfig.Options{Region: Region})
}
