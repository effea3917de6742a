package fakeaws

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/spin-dd/terraform-provider-savings/internal/judge"
)

// rootKey is the access key of Config: the account's root user, whom no policy binds.
const rootKey = "AKIDEXAMPLE"

// enforcement judges requests by the policies of their callers.
type enforcement struct {
	tb testing.TB
	// callers are by access key.
	callers map[string]caller
	// rights are by signing name and operation.
	rights map[string]rights
	// policies are those that were read, by document.
	policies map[string]judge.Policy
	hooks    []func(Verdict)
}

// caller is who an access key belongs to: a role, or else a user with these policies.
type caller struct {
	role     string
	policies []string
}

// Verdict is what was judged, and the outcome.
type Verdict struct {
	Action, Resource string
	// Context has the condition keys of the request.
	Context map[string][]string
	// Policies are the caller's documents; Boundary bounds them where it is not "".
	Policies []string
	Boundary string
	Allowed  bool
	// keys are the condition keys that AWS documents for the request.
	keys []string
}

// Allows judges the request of a verdict once more: by these policy documents alone.
func (a *AWS) Allows(v Verdict, documents ...string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	need := access{action: v.Action, resource: v.Resource, keys: v.keys, context: v.Context}
	return a.allow(caller{policies: documents}, need) == nil
}

// OnVerdict adds a hook that is called with each verdict. It must not call the AWS.
func (a *AWS) OnVerdict(hook func(Verdict)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.enforced.hooks = append(a.enforced.hooks, hook)
}

// Enforce judges every request from now on: its access key's role or user needs a policy that
// allows the action on the resource under its conditions. Requests of Config's own key are root's.
// What cannot be judged, such as an unknown condition key, fails the test.
func (a *AWS) Enforce(tb testing.TB) {
	tb.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.enforced = &enforcement{
		tb: tb, callers: map[string]caller{}, rights: a.allRights(), policies: map[string]judge.Policy{},
	}
}

// RoleKey returns an access key whose requests have the rights that the role has at that time.
func (a *AWS) RoleKey(role string) string { return a.newKey("ASIA", caller{role: role}) }

// UserKey returns an access key whose requests have the rights of these policy documents.
func (a *AWS) UserKey(documents ...string) string {
	return a.newKey("AKIA", caller{policies: documents})
}

func (a *AWS) newKey(prefix string, c caller) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.enforced == nil {
		panic("fakeaws: call Enforce first")
	}
	key := prefix + strings.ToUpper(digest(strings.Join(append(c.policies, c.role), "\n"))[:16])
	a.enforced.callers[key] = c
	return key
}

// ConfigOf is Config with another access key.
func (a *AWS) ConfigOf(accessKey string) aws.Config {
	cfg := a.Config()
	cfg.Credentials = credentials.NewStaticCredentialsProvider(accessKey, "secret", "")
	return cfg
}

// RoleMay tells whether a role may do what a service does with it, such as EventBridge Scheduler
// when it invokes a function: an action on a resource, with no condition keys.
func (a *AWS) RoleMay(role, action, resource string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	err := a.allow(caller{role: role}, access{action: action, resource: resource})
	return err == nil
}

// right is what one operation needs: a row of the Service Authorization Reference.
type right struct {
	action string
	// on lists what the action is judged on; nil is "*", where AWS knows no resource for it.
	on func(*call) []thing
	// keys are the condition keys of the action and of the resource's type, as judge.Request has
	// them; given are the values that the request itself brings.
	keys  []string
	given func(*call) judge.Context
	// also lists what the operation needs beside its own action.
	also func(*call) []access
	// free tells that everybody may.
	free bool
}

// rights are by operation.
type rights map[string]right

// thing is a resource with its tags.
type thing struct {
	arn  string
	tags map[string]string
}

func (t thing) context() judge.Context {
	context := judge.Context{}
	for key, value := range t.tags {
		context["aws:ResourceTag/"+key] = []string{value}
	}
	return context
}

// access is one action on one resource.
type access struct {
	action, resource string
	keys             []string
	context          judge.Context
}

// in adds the condition key that every request has: the region that it was sent to.
func (n access) in(region string) access {
	const key = "aws:RequestedRegion"
	context := judge.Context{key: {region}}
	maps.Copy(context, n.context)
	n.keys, n.context = append([]string{key}, n.keys...), context
	return n
}

// resourceTags are the condition keys of a resource's tags, tagKeys those of tags in a request.
var (
	resourceTags = []string{"aws:ResourceTag/"}
	tagKeys      = []string{"aws:TagKeys", "aws:RequestTag/"}
	bothTags     = append(append([]string{}, resourceTags...), tagKeys...)
)

// needs lists what a request needs.
func (r right) needs(c *call) []access {
	things := []thing{{arn: "*"}}
	if r.on != nil {
		things = r.on(c)
	}
	given := judge.Context{}
	if r.given != nil {
		given = r.given(c)
	}
	var all []access
	for _, t := range things {
		context := t.context()
		maps.Copy(context, given)
		all = append(all, access{r.action, t.arn, r.keys, context})
	}
	if r.also != nil {
		all = append(all, r.also(c)...)
	}
	return all
}

// authorize returns the denial of a request that its caller has no right to.
func (a *AWS) authorize(s *service, operation string, c *call) *Error {
	if a.enforced == nil || c.accessKey == rootKey {
		return nil
	}
	who, ok := a.enforced.callers[c.accessKey]
	if !ok {
		return errf(http.StatusForbidden, "UnrecognizedClientException",
			"The security token included in the request is invalid.")
	}
	row, ok := a.enforced.rights[s.name][operation]
	if !ok {
		a.enforced.tb.Errorf("fakeaws knows no right for %s %s", s.name, operation)
	}
	if row.free {
		return nil
	}
	for _, need := range row.needs(c) {
		if err := a.allow(who, need.in(c.region)); err != nil {
			d := denials[s.name]
			err.Code, err.Status = d.code, d.status
			return err
		}
	}
	return nil
}

// deny returns the denial of what the caller of a request has no right to.
func (a *AWS) deny(c *call, need access) *Error {
	if a.enforced == nil || c.accessKey == rootKey {
		return nil
	}
	return a.allow(a.enforced.callers[c.accessKey], need.in(c.region))
}

// denials are how services answer a request without right: the code and the status.
var denials = map[string]struct {
	code   string
	status int
}{
	"application-autoscaling": {"AccessDeniedException", http.StatusBadRequest},
	"autoscaling":             {"AccessDenied", http.StatusForbidden},
	"cloudfront":              {"AccessDenied", http.StatusForbidden},
	"ec2":                     {"UnauthorizedOperation", http.StatusForbidden},
	"ecr":                     {"AccessDeniedException", http.StatusBadRequest},
	"ecs":                     {"AccessDeniedException", http.StatusBadRequest},
	"eks":                     {"AccessDeniedException", http.StatusForbidden},
	"iam":                     {"AccessDenied", http.StatusForbidden},
	"lambda":                  {"AccessDeniedException", http.StatusForbidden},
	"logs":                    {"AccessDeniedException", http.StatusBadRequest},
	"rds":                     {"AccessDenied", http.StatusForbidden},
	"redshift":                {"AccessDenied", http.StatusForbidden},
	"sagemaker":               {"AccessDeniedException", http.StatusBadRequest},
	"scheduler":               {"AccessDeniedException", http.StatusForbidden},
	"sqs":                     {"AccessDeniedException", http.StatusForbidden},
	"sts":                     {"AccessDenied", http.StatusForbidden},
}

// allow judges one access. What a role may is what both its policies and its boundary allow (IAM
// User Guide, "Permissions boundaries for IAM entities"). The texts are those of the User Guide,
// "Troubleshoot access denied error messages".
func (a *AWS) allow(who caller, need access) *Error {
	documents, name := who.policies, "user/test"
	var boundary string
	if who.role != "" {
		role := a.iam.roles[strings.ToLower(who.role)]
		if role == nil {
			return errf(0, "", "There is no role %s.", who.role)
		}
		documents, name = a.iam.policiesOf(role), "assumed-role/"+role.Name+"/session"
		if role.PermissionsBoundary != "" {
			boundary = a.iam.managedPolicy(role.PermissionsBoundary)
		}
	}
	because := a.whyDenied(documents, boundary, need)
	for _, hook := range a.enforced.hooks {
		hook(Verdict{need.action, need.resource, need.context, documents, boundary, because == "", need.keys})
	}
	if because == "" {
		return nil
	}
	return errf(0, "", "User: arn:aws:sts::%s:%s is not authorized to perform: %s on resource: %s %s",
		a.account, name, need.action, need.resource, because)
}

// whyDenied is the reason of a denial, "" for none.
func (a *AWS) whyDenied(documents []string, boundary string, need access) string {
	switch a.judge(documents, need) {
	case judge.ExplicitDeny:
		return "with an explicit deny in an identity-based policy"
	case judge.ImplicitDeny:
		return "because no identity-based policy allows the " + need.action + " action"
	}
	if boundary != "" && a.judge([]string{boundary}, need) != judge.Allowed {
		return "because no permissions boundary allows the " + need.action + " action"
	}
	return ""
}

// policy reads a document once. One that cannot be read fails the test, and allows nothing.
func (e *enforcement) policy(document string) judge.Policy {
	p, ok := e.policies[document]
	if ok {
		return p
	}
	p, err := judge.Parse(document)
	if err != nil {
		e.tb.Errorf("%v:\n%s", err, document)
	}
	e.checkActions(p)
	e.policies[document] = p
	return p
}

// judge tells what the documents decide; what it has doubts about fails the test.
func (a *AWS) judge(documents []string, need access) judge.Decision {
	var policies []judge.Policy
	for _, document := range documents {
		policies = append(policies, a.enforced.policy(document))
	}
	decision, doubts := judge.Evaluate(policies, judge.Request{
		Action: need.action, Resource: need.resource, Context: need.context, Keys: need.keys,
	})
	for _, doubt := range doubts {
		a.enforced.tb.Errorf("judging %s on %s: %s", need.action, need.resource, doubt)
	}
	return decision
}
