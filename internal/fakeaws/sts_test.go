package fakeaws

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func TestSTS(t *testing.T) {
	t.Parallel()
	a := Start(t, WithAccount("210987654321"), WithClock(NewClock(testTime).Now))
	client := sts.NewFromConfig(a.Config())
	who, err := client.GetCallerIdentity(t.Context(), nil)
	noError(t, err)
	if *who.Account != "210987654321" || *who.Arn != "arn:aws:iam::210987654321:user/test" {
		t.Errorf("caller %s, account %s", *who.Arn, *who.Account)
	}
	assume := func(arn string) (*sts.AssumeRoleOutput, error) {
		return client.AssumeRole(t.Context(), &sts.AssumeRoleInput{
			RoleArn: aws.String(arn), RoleSessionName: aws.String("s"),
		})
	}
	out, err := assume(a.IAM().PutRole(Role{Name: "deploy"}))
	noError(t, err)
	if *out.AssumedRoleUser.Arn != "arn:aws:sts::210987654321:assumed-role/deploy/s" {
		t.Errorf("session %s", *out.AssumedRoleUser.Arn)
	}
	// Credentials last an hour unless asked otherwise (API Reference, AssumeRole).
	if !out.Credentials.Expiration.Equal(testTime.Add(time.Hour)) {
		t.Errorf("expires %s", out.Credentials.Expiration)
	}
	_, err = assume("arn:aws:iam::210987654321:role/none")
	wantError(t, err, "AccessDenied", "")
}
