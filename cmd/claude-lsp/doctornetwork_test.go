package main

import (
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/config"
)

func TestNetworkFindings(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty.pem")
	if err := os.WriteFile(empty, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	proxy := &url.URL{Scheme: "http", Host: "proxy.example:3128", User: url.UserPassword("ann", "s3same")}
	for _, tt := range []struct {
		name  string
		base  string
		env   map[string]string
		proxy *url.URL
		err   error
		want  []string // a part of each finding
		bad   int
	}{
		{name: "nothing is set"},
		{name: "a proxy", env: map[string]string{"HTTPS_PROXY": "x"}, proxy: proxy, want: []string{"http://proxy.example:3128, from HTTPS_PROXY"}},
		{name: "in small letters", env: map[string]string{"https_proxy": "x"}, proxy: proxy, want: []string{"from https_proxy"}},
		{name: "for http", base: "http://127.0.0.1:1", env: map[string]string{"HTTP_PROXY": "x", "HTTPS_PROXY": "y"}, want: []string{"HTTP_PROXY is not used for http://127.0.0.1:1"}},
		{name: "of the other scheme", env: map[string]string{"HTTP_PROXY": "x"}},
		{name: "no URL", env: map[string]string{"HTTPS_PROXY": "s3same"}, err: errors.New("parse s3same"), want: []string{"cannot be understood"}, bad: 1},
		{name: "no file", env: map[string]string{"SSL_CERT_FILE": filepath.Join(dir, "nothing")}, want: []string{"holds no certificate"}, bad: 1},
		{name: "no certificate", env: map[string]string{"SSL_CERT_FILE": empty, "HTTPS_PROXY": "x"}, proxy: proxy, want: []string{"proxy.example", "holds no certificate"}, bad: 1},
	} {
		var cfg config.Config
		cfg.Claude.BaseURL = tt.base
		found := networkFindings(cfg, func(name string) string { return tt.env[name] }, func(*http.Request) (*url.URL, error) { return tt.proxy, tt.err })
		if len(found) != len(tt.want) {
			t.Errorf("%s: found %+v, want %d", tt.name, found, len(tt.want))
			continue
		}
		bad := 0
		for i, f := range found {
			if !f.ok {
				bad++
			}
			if !strings.Contains(f.says, tt.want[i]) || f.ok != (f.todo == "") {
				t.Errorf("%s: found %+v, want something with %q", tt.name, f, tt.want[i])
			}
			if strings.Contains(f.says+f.todo+f.told, "s3same") || strings.Contains(f.told, "example") || strings.Contains(f.told, dir) {
				t.Errorf("%s: more is told than may be: %+v", tt.name, f)
			}
		}
		if bad != tt.bad {
			t.Errorf("%s: %d are bad, want %d", tt.name, bad, tt.bad)
		}
	}
}
