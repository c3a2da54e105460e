package main

import (
	"cmp"
	"crypto/x509"
	"net/http"
	"net/url"
	"os"

	"github.com/claude-lsp/claude-lsp/internal/config"
)

// networkFindings tell by which proxy the endpoint is reached and whose
// certificates are trusted, where the environment says something about it. A
// proxy's user and password are not told.
func networkFindings(cfg config.Config, getenv func(string) string, proxyFor func(*http.Request) (*url.URL, error)) []finding {
	var found []finding
	base := cmp.Or(cfg.Claude.BaseURL, firstParty)
	variables := []string{"HTTPS_PROXY", "https_proxy"}
	endpoint, err := url.Parse(base)
	if err == nil && endpoint.Scheme == "http" {
		variables = []string{"HTTP_PROXY", "http_proxy"}
	}
	for _, name := range variables {
		if err != nil || getenv(name) == "" {
			continue
		}
		f := finding{what: "proxy", ok: true, told: "one is set"}
		switch proxy, wrong := proxyFor(&http.Request{URL: endpoint}); {
		case wrong != nil: // its text may repeat the password
			f.ok, f.says, f.told = false, name+" cannot be understood", "one is set and cannot be understood"
			f.todo = "set it to the URL of a proxy, such as http://user:password@proxy.example:3128"
		case proxy == nil:
			f.says = name + " is not used for " + base + ": loopback addresses and those of NO_PROXY are reached without it"
			f.told = "one is set, and not used for the endpoint"
		default:
			f.says = proxy.Scheme + "://" + proxy.Host + ", from " + name
		}
		found = append(found, f)
		break
	}
	if file := getenv("SSL_CERT_FILE"); file != "" {
		f := finding{what: "trust", ok: true, says: "the system's certificates and those of " + file + ", from SSL_CERT_FILE", told: "the system's certificates and those of a file"}
		if pem, err := os.ReadFile(file); err != nil || !x509.NewCertPool().AppendCertsFromPEM(pem) {
			f.ok, f.says, f.told = false, "SSL_CERT_FILE is "+file+", which holds no certificate", "SSL_CERT_FILE holds no certificate"
			f.todo = "set it to a file of certificates in PEM form, or unset it"
		}
		found = append(found, f)
	}
	return found
}
