package fakeaws

import (
	"net/http"
	"strings"
	"time"
)

// STS is AWS Security Token Service. Every caller is the user "test".
type STS struct{ aws *AWS }

func (s *STS) service() *service {
	return &service{
		name:     "sts",
		protocol: query{"https://sts.amazonaws.com/doc/2011-06-15/"},
		operations: map[string]func(*call) (any, error){
			"GetCallerIdentity": s.getCallerIdentity,
			"AssumeRole":        s.assumeRole,
		},
		nameKeys:  []string{"RoleArn"},
		leftovers: func() []string { return nil },
	}
}

func (s *STS) caller() string { return "arn:aws:iam::" + s.aws.account + ":user/test" }

func (s *STS) getCallerIdentity(*call) (any, error) {
	return struct {
		Account, Arn string
		UserID       string `xml:"UserId"`
	}{s.aws.account, s.caller(), "AIDATEST"}, nil
}

// assumeRole works for any role of the account that exists. A role that does not is answered as one
// that may not be assumed.
func (s *STS) assumeRole(c *call) (any, error) {
	arn, session := c.param("RoleArn"), c.param("RoleSessionName")
	name := arn[strings.LastIndex(arn, "/")+1:]
	role := s.aws.iam.roles[strings.ToLower(name)]
	if role == nil || role.ARN != arn {
		return nil, errf(http.StatusForbidden, "AccessDenied",
			"User: %s is not authorized to perform: sts:AssumeRole on resource: %s", s.caller(), arn)
	}
	seconds, ok := c.size("DurationSeconds", 900, 43200, 3600)
	if !ok {
		return nil, errf(http.StatusBadRequest, "ValidationError",
			"1 validation error detected: Value '%s' at 'durationSeconds' failed to satisfy constraint: "+
				"Member must have value between 900 and 43200", c.param("DurationSeconds"))
	}
	type credentials struct {
		AccessKeyID                               string `xml:"AccessKeyId"`
		SecretAccessKey, SessionToken, Expiration string
	}
	type user struct {
		AssumedRoleID string `xml:"AssumedRoleId"`
		Arn           string
	}
	expiration := s.aws.now().Add(time.Duration(seconds) * time.Second).UTC().Format(time.RFC3339)
	sessionARN := "arn:aws:sts::" + s.aws.account + ":assumed-role/" + name + "/" + session
	return struct {
		Credentials     credentials
		AssumedRoleUser user
	}{
		credentials{"ASIATEST", "secret", "token", expiration},
		user{role.ID + ":" + session, sessionARN},
	}, nil
}
