package vaulttest

import (
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
	"github.com/claude-lsp/claude-lsp/internal/credentials/vault"
)

// keep has a Keeper for a source, and a log that must stay without warnings
// unless the test looks for one.
func keep(t *testing.T, o vault.Options) (*credentials.Keeper, *observer.ObservedLogs) {
	t.Helper()
	core, log := observer.New(zapcore.InfoLevel)
	k := credentials.NewKeeper(vault.New(o), zap.New(core))
	t.Cleanup(k.Close)
	return k, log
}

func wantKey(t *testing.T, k *credentials.Keeper, want string) {
	t.Helper()
	key, err := k.Key(t.Context())
	if err != nil || key.Reveal() != want {
		t.Fatalf("Key = %q, %v; want %q", key.Reveal(), err, want)
	}
}

func noWarning(t *testing.T, log *observer.ObservedLogs) {
	t.Helper()
	for _, e := range log.All() {
		t.Errorf("the log says: %s %v", e.Message, e.ContextMap())
	}
}

// wait waits until something is so.
func wait(t *testing.T, what string, so func() bool) {
	t.Helper()
	for range 200 {
		if so() {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("not within 20 seconds: %s", what)
}

// token is one that may read the test's own secret.
func token(t *testing.T, policy, term string) string {
	t.Helper()
	answer := need(t).do(t, http.MethodPost, "auth/token/create", map[string]any{"policies": []string{policy}, "period": term})
	return answer["auth"].(map[string]any)["client_token"].(string)
}

func TestKVVersion2(t *testing.T) {
	s := need(t)
	s.policy(t, "kv", "secret/data/kv")
	s.put(t, "kv", "k-1")
	source := vault.New(vault.Options{
		Address: s.url, CAFile: s.ca, Namespace: "ignored/by/this/edition",
		TokenFile: file(t, token(t, "kv", "1h")), Path: "secret/data/kv",
	})
	defer source.Close()
	want := func(key string) {
		t.Helper()
		found, err := source.Get(t.Context(), false)
		if err != nil || found.Key.Reveal() != key {
			t.Fatalf("Get = %q, %v; want %q", found.Key.Reveal(), err, key)
		}
		if age := time.Since(found.Made); age < 0 || age > time.Minute {
			t.Errorf("a key of this moment is %v old", age)
		}
		if left := time.Until(found.Tend); left < 30*time.Minute || left > 45*time.Minute {
			t.Errorf("a token of an hour is to be renewed in %v", left)
		}
	}
	want("k-1")
	s.put(t, "kv", "k-2")
	want("k-2")

	refused := func(says string, change func(*vault.Options)) {
		t.Helper()
		o := vault.Options{Address: s.url, CAFile: s.ca, TokenFile: file(t, token(t, "kv", "1h")), Path: "secret/data/kv"}
		change(&o)
		source := vault.New(o)
		defer source.Close()
		if _, err := source.Get(t.Context(), false); !errors.Is(err, credentials.ErrMissing) || !strings.Contains(err.Error(), says) {
			t.Errorf("Get = %v; want %q", err, says)
		}
	}
	// The policy of docs/vault.md allows the one secret and nothing beside it.
	refused("its policy does not allow it: docs/vault.md", func(o *vault.Options) { o.Path = "secret/data/other" })
	refused("its policy does not allow it: docs/vault.md", func(o *vault.Options) { o.Path = "secret/metadata/kv" })
	refused(`no field "api"`, func(o *vault.Options) { o.Field = "api" })
	refused("certificate", func(o *vault.Options) { o.CAFile = "" })
	root := file(t, rootToken)
	refused("there is data behind the mount", func(o *vault.Options) { o.TokenFile, o.Path = root, "secret/kv" })
	refused("check credentials.vault.path", func(o *vault.Options) { o.TokenFile, o.Path = root, "secret/data/nothing" })
	refused("check credentials.vault.path", func(o *vault.Options) { o.TokenFile, o.Path = root, "nowhere/data/nothing" })
	s.do(t, http.MethodDelete, "secret/data/kv", nil)
	refused("was deleted in Vault", func(*vault.Options) {})
}

// A token that was given to us and can be renewed does not end.
func TestTokenIsRenewed(t *testing.T) {
	s := need(t)
	s.policy(t, "periodic", "secret/data/periodic")
	s.put(t, "periodic", "k-1")
	d := s.door(t)
	k, log := keep(t, vault.Options{Address: d.url, TokenFile: file(t, token(t, "periodic", "3s")), Path: "secret/data/periodic"})
	wantKey(t, k, "k-1")
	time.Sleep(8 * time.Second)
	s.put(t, "periodic", "k-2")
	if key, _ := k.Key(t.Context()); !k.Replace(t.Context(), key) {
		t.Fatal("Vault does not take the token any more")
	}
	wantKey(t, k, "k-2")
	if n := d.count("renew-self"); n < 3 {
		t.Errorf("a token of three seconds was renewed %d times in eight", n)
	}
	noWarning(t, log)
}

func TestAppRole(t *testing.T) {
	s := need(t)
	s.policy(t, "approle", "secret/data/approle")
	s.put(t, "approle", "k-1")
	d := s.door(t)
	roleID, secretID := s.approle(t, "approle", "3s", "7s")
	o := vault.Options{Address: d.url, Auth: vault.AppRole, RoleIDFile: roleID, SecretIDFile: secretID, Path: "secret/data/approle"}
	k, log := keep(t, o)
	wantKey(t, k, "k-1")
	time.Sleep(16 * time.Second)
	s.put(t, "approle", "k-2")
	if key, _ := k.Key(t.Context()); !k.Replace(t.Context(), key) {
		t.Fatal("Vault does not take the token any more")
	}
	wantKey(t, k, "k-2")
	logins, renewals := d.count("login"), d.count("renew-self")
	if logins < 3 || logins > 8 || renewals < logins {
		t.Errorf("%d logins and %d renewals in 16 seconds, with tokens that last 3 and 7 at most", logins, renewals)
	}
	noWarning(t, log)
	k.Close()
	if d.count("revoke-self") != 1 {
		t.Error("the token is not given back")
	}

	o.SecretIDFile = file(t, "k-wrong")
	source := vault.New(o)
	defer source.Close()
	if _, err := source.Get(t.Context(), false); err == nil || !strings.Contains(err.Error(), ", invalid secret id); check what the login shows") || strings.Contains(err.Error(), "k-wrong") {
		t.Errorf("Get with a wrong secret id = %v", err)
	}
}

func TestKubernetes(t *testing.T) {
	s := need(t)
	s.policy(t, "pods", "secret/data/pods")
	s.put(t, "pods", "k-1")
	cluster, ca, jwt := startKubernetes(t)
	s.mount(t, "auth/cluster", "kubernetes")
	s.do(t, http.MethodPost, "auth/cluster/config", map[string]any{"kubernetes_host": cluster, "kubernetes_ca_cert": ca, "disable_local_ca_jwt": true})
	s.do(t, http.MethodPost, "auth/cluster/role/editors", map[string]any{
		"bound_service_account_names": "workspace", "bound_service_account_namespaces": "dev", "token_policies": "pods", "token_ttl": "3s", "token_max_ttl": "7s",
	})
	d := s.door(t)
	pod := file(t, jwt)
	if err := os.Chmod(pod, 0o644); err != nil { // as a cluster projects it
		t.Fatal(err)
	}
	o := vault.Options{Address: d.url, Auth: vault.Kubernetes, AuthMount: "cluster", Role: "editors", TokenFile: pod, Path: "secret/data/pods"}
	k, log := keep(t, o)
	wantKey(t, k, "k-1")
	time.Sleep(9 * time.Second)
	if n := d.count("login"); n < 2 {
		t.Errorf("%d logins in nine seconds, with tokens that last 7 at most", n)
	}
	noWarning(t, log)

	o.TokenFile = file(t, serviceToken(t)) // signed by somebody else
	source := vault.New(o)
	defer source.Close()
	if _, err := source.Get(t.Context(), false); !errors.Is(err, credentials.ErrMissing) {
		t.Errorf("Get of a pod that the cluster does not know = %v", err)
	}
}

// lending has Vault make keys for a role: with leases of 3 seconds, of 8 at
// most when they are renewed.
func lending(t *testing.T, name string) (*server, *consul) {
	t.Helper()
	s := need(t)
	fake, address := startConsul(t)
	s.mount(t, name, "consul")
	s.do(t, http.MethodPost, name+"/config/access", map[string]any{"address": address, "scheme": "http", "token": "of the administrator"})
	s.do(t, http.MethodPost, name+"/roles/editors", map[string]any{"consul_policies": "any", "ttl": "3s", "max_ttl": "8s"})
	s.policy(t, name, name+"/creds/editors")
	return s, fake
}

func TestLeasesAreRenewedAndReplaced(t *testing.T) {
	s, fake := lending(t, "lend")
	d := s.door(t)
	roleID, secretID := s.approle(t, "lend", "1m", "1h")
	k, log := keep(t, vault.Options{Address: d.url, Auth: vault.AppRole, RoleIDFile: roleID, SecretIDFile: secretID, Path: "lend/creds/editors", Field: "token"})
	used := map[string]bool{}
	for began := time.Now(); time.Since(began) < 25*time.Second; time.Sleep(50 * time.Millisecond) {
		key, err := k.Key(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !fake.good(key.Reveal()) {
			t.Fatalf("%s is used and was taken back", key.Reveal())
		}
		used[key.Reveal()] = true
	}
	if len(used) < 3 || len(used) > 8 || d.count("renew") < len(used) {
		t.Errorf("%d keys and %d renewals in 25 seconds, with leases of 3 and 8 at most", len(used), d.count("renew"))
	}
	noWarning(t, log)

	// The service refuses one that Vault takes for good.
	if key, _ := k.Key(t.Context()); !k.Replace(t.Context(), key) {
		t.Error("there is no other key for one that was refused")
	}
	k.Close()
	wait(t, "all that was lent is given back", func() bool { _, good := fake.count(); return good == 0 })
}

func TestVaultIsDown(t *testing.T) {
	s, fake := lending(t, "down")
	d := s.door(t)
	k, log := keep(t, vault.Options{Address: d.url, TokenFile: file(t, rootToken), Path: "down/creds/editors", Field: "token"})
	first, err := k.Key(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d.shut.Store(true)
	wait(t, "a warning", func() bool { return log.FilterMessageSnippet("the last one is used").Len() == 1 })
	if key, err := k.Key(t.Context()); err != nil || !key.Equal(first) || !fake.good(key.Reveal()) {
		t.Errorf("Key = %v; want the one that is lent", err)
	}
	wait(t, "the end of the lease", func() bool { _, err := k.Key(t.Context()); return err != nil })
	if _, err := k.Key(t.Context()); err == nil || !strings.Contains(err.Error(), "cannot be reached") {
		t.Errorf("Key = %v", err)
	}
	d.shut.Store(false)
	wait(t, "a new key", func() bool { key, err := k.Key(t.Context()); return err == nil && fake.good(key.Reveal()) })
}
