package provider_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spin-dd/terraform-provider-savings/internal/fakeaws"
)

// The marked credentials: an access key of the environment, a token of a web identity, and the keys
// that STS gives for that token and for the role that is assumed with them.
const (
	markedKey, markedSecret = "AKIAMARKEDSTATIC0001", "marked/static+secret/0123456789abcdefghi"
	markedSession           = "marked-static-session-token/0123456789+abcdefghijklmnop=="
	markedWebToken          = "eyJtYXJrZWQ.eyJ3ZWItaWRlbnRpdHktdG9rZW4tMDEyMzQ1Njc4OQ.bWFya2VkLXNpZ25hdHVyZQ"
)

// stsAnswers are the access key, secret and session token that each action of STS gives.
var stsAnswers = map[string][3]string{
	"AssumeRoleWithWebIdentity": {
		"ASIAMARKEDWEBID00001", "marked/web/secret/0123456789abcdefghijkl", "marked-web-session-token/0123456789abcdef==",
	},
	"AssumeRole": {
		"ASIAMARKEDROLE000001", "marked/role/secret/0123456789abcdefghijk", "marked-role-session-token/0123456789abcde==",
	},
}

// markedCloud is a fake AWS that gives and sees marked credentials. It keeps each one that it has
// given, so that a test can look for them elsewhere.
type markedCloud struct {
	*fakeaws.AWS
	url string

	mu    sync.Mutex
	known map[string]string // what a secret is, by its text
	used  map[string]bool   // access keys that signed, and kinds of authorization
}

func newMarkedCloud(t *testing.T) *markedCloud {
	t.Helper()
	m := &markedCloud{AWS: fakeaws.Start(t, fakeaws.WithRegion(region)), used: map[string]bool{}, known: map[string]string{
		markedKey: "access key", markedSecret: "secret access key", markedSession: "session token",
		markedWebToken: "web identity token",
	}}
	for action, keys := range stsAnswers {
		for i, name := range []string{"access key", "secret access key", "session token"} {
			m.known[keys[i]] = name + " of " + action
		}
	}
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	m.url = server.URL
	return m
}

func (m *markedCloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	authorization := r.Header.Get("Authorization")
	m.see(authorization)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	form := string(body)
	for action, keys := range stsAnswers {
		if strings.Contains(form, "Action="+action+"&") {
			m.giveKeys(w, action, keys)
			return
		}
	}
	if !strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".GetAuthorizationToken") {
		m.AWS.ServeHTTP(w, r)
		return
	}
	recorder := httptest.NewRecorder()
	m.AWS.ServeHTTP(recorder, r)
	m.learnPassword(recorder.Body.Bytes())
	for name, values := range recorder.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(recorder.Code)
	_, _ = w.Write(recorder.Body.Bytes())
}

// see keeps by whom a request was authorized.
func (m *markedCloud) see(authorization string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if authorization == "" {
		return
	}
	kind, rest, _ := strings.Cut(authorization, " ")
	m.used[kind] = true
	key, _, _ := strings.Cut(strings.TrimPrefix(rest, "Credential="), "/")
	m.used[key] = true
}

// learnPassword keeps the password of an answer of ECR's GetAuthorizationToken, in its two forms.
func (m *markedCloud) learnPassword(answer []byte) {
	var out struct {
		AuthorizationData []struct{ AuthorizationToken string }
	}
	if json.Unmarshal(answer, &out) != nil || len(out.AuthorizationData) == 0 {
		return // a refusal
	}
	token := out.AuthorizationData[0].AuthorizationToken
	plain, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return
	}
	_, password, _ := strings.Cut(string(plain), ":")
	m.mu.Lock()
	defer m.mu.Unlock()
	m.known[token], m.known[password] = "ECR authorization token", "registry password"
}

// giveKeys answers as STS does (AWS Security Token Service API Reference).
func (m *markedCloud) giveKeys(w http.ResponseWriter, action string, keys [3]string) {
	w.Header().Set("Content-Type", "text/xml")
	fmt.Fprintf(w, `<%[1]sResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><%[1]sResult><Credentials>`+
		`<AccessKeyId>%[2]s</AccessKeyId><SecretAccessKey>%[3]s</SecretAccessKey><SessionToken>%[4]s</SessionToken>`+
		`<Expiration>%[5]s</Expiration></Credentials><AssumedRoleUser><Arn>arn:aws:sts::%[6]s:assumed-role/r/s</Arn>`+
		`<AssumedRoleId>AROATEST:s</AssumedRoleId></AssumedRoleUser></%[1]sResult></%[1]sResponse>`,
		action, keys[0], keys[1], keys[2], time.Now().Add(time.Hour).UTC().Format(time.RFC3339), account)
}

// ownNames returns the environment in which requests to AWS's own names come here, over TLS: to the
// registry, and to STS, since the SDK asks for a web identity's keys without a look at AWS_ENDPOINT_URL.
func (m *markedCloud) ownNames(t *testing.T) []string {
	t.Helper()
	certificate, file := selfSigned(t, m.ECR().Host(), "sts."+region+".amazonaws.com")
	server := httptest.NewUnstartedServer(m)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of connections that are reset on purpose
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	proxy := httptest.NewServer(tunnel(server.Listener.Addr().String()))
	t.Cleanup(proxy.Close)
	return []string{"HTTPS_PROXY=" + proxy.URL, "AWS_CA_BUNDLE=" + file}
}

// tunnel is a proxy that leads every tunnel to one address.
type tunnel string

func (to tunnel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect {
		http.Error(w, "tunnels only", http.StatusMethodNotAllowed)
		return
	}
	far, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", string(to))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer far.Close()
	w.WriteHeader(http.StatusOK)
	near, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer near.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(near, far)
		near.Close()
	}()
	_, _ = io.Copy(far, near)
	far.Close()
	<-done
}

// selfSigned makes a certificate for hosts, and a file with it.
func selfSigned(t *testing.T, hosts ...string) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: hosts,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}
