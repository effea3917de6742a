package awsclient

import (
	"crypto/tls"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Certificates that the user gave to AWS's clients count for what is no AWS client too.
func TestTransport(t *testing.T) {
	t.Parallel()
	own := &tls.Config{ServerName: "own", MinVersion: tls.VersionTLS12}
	client := HTTP(time.Minute).WithTransportOptions(func(tr *http.Transport) { tr.TLSClientConfig = own })
	for name, c := range map[string]aws.HTTPClient{"as it is": client, "wrapped": BodyInMemory(client)} {
		transport, ok := Transport(c).(*http.Transport)
		if !ok || transport.TLSClientConfig.ServerName != own.ServerName {
			t.Errorf("%s: got %T, want a transport with the client's own TLS settings", name, Transport(c))
		}
	}
	if got := Transport(http.DefaultClient); got != http.DefaultTransport {
		t.Errorf("got %T for Go's own client, want Go's own transport", got)
	}
}
