package main

import (
	"archive/zip"
	"bytes"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
)

func createRole(ctx context.Context, cfg aws.Config, given map[string]string) error {
	in := &iam.CreateRoleInput{
		RoleName: aws.String(given["name"]), AssumeRolePolicyDocument: aws.String(given["assume_role_policy"]),
	}
	if given["path"] != "" {
		in.Path = aws.String(given["path"])
	}
	_, err := iam.NewFromConfig(cfg).CreateRole(ctx, in)
	return err
}

func deleteRole(ctx context.Context, cfg aws.Config, given map[string]string) error {
	_, err := iam.NewFromConfig(cfg).DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: aws.String(given["name"])})
	return err
}

func putRolePolicy(ctx context.Context, cfg aws.Config, given map[string]string) error {
	_, err := iam.NewFromConfig(cfg).PutRolePolicy(ctx, &iam.PutRolePolicyInput{
		RoleName: aws.String(given["role"]), PolicyName: aws.String(given["name"]),
		PolicyDocument: aws.String(given["policy"]),
	})
	return err
}

func deleteRolePolicy(ctx context.Context, cfg aws.Config, given map[string]string) error {
	_, err := iam.NewFromConfig(cfg).DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{
		RoleName: aws.String(given["role"]), PolicyName: aws.String(given["name"]),
	})
	return err
}

// createFunction makes a function of an empty package, whatever image is configured: none of the
// tests runs it.
func createFunction(ctx context.Context, cfg aws.Config, given map[string]string) error {
	var code bytes.Buffer
	archive := zip.NewWriter(&code)
	if _, err := archive.Create("bootstrap"); err != nil {
		return err
	}
	if err := archive.Close(); err != nil {
		return err
	}
	_, err := lambda.NewFromConfig(cfg).CreateFunction(ctx, &lambda.CreateFunctionInput{
		FunctionName: aws.String(given["function_name"]), Role: aws.String(given["role"]),
		Code:    &lambdatypes.FunctionCode{ZipFile: code.Bytes()},
		Runtime: lambdatypes.RuntimeProvidedal2023, Handler: aws.String("bootstrap"),
		Architectures: []lambdatypes.Architecture{lambdatypes.ArchitectureArm64},
	})
	return err
}

func deleteFunction(ctx context.Context, cfg aws.Config, given map[string]string) error {
	_, err := lambda.NewFromConfig(cfg).DeleteFunction(ctx,
		&lambda.DeleteFunctionInput{FunctionName: aws.String(given["function_name"])})
	return err
}

func createGroup(ctx context.Context, cfg aws.Config, given map[string]string) error {
	_, err := scheduler.NewFromConfig(cfg).CreateScheduleGroup(ctx,
		&scheduler.CreateScheduleGroupInput{Name: aws.String(given["name"])})
	return err
}

func deleteGroup(ctx context.Context, cfg aws.Config, given map[string]string) error {
	_, err := scheduler.NewFromConfig(cfg).DeleteScheduleGroup(ctx,
		&scheduler.DeleteScheduleGroupInput{Name: aws.String(given["name"])})
	return err
}
