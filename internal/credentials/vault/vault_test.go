package vault

import (
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
)

func TestKV(t *testing.T) {
	f := newFake(t)
	s := f.source(Options{Namespace: "team/editors", Kind: credentials.Bearer}, "VAULT_TOKEN=root")
	defer s.Close()
	found := wantKey(t, s, "k-1")
	if found.Key.Kind() != credentials.Bearer || !found.Made.Equal(time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)) {
		t.Errorf("the key is of kind %v, made %v", found.Key.Kind(), found.Made)
	}
	if !found.Ends.IsZero() || !found.Tend.IsZero() || found.Hold != hold {
		t.Errorf("a key of a KV store, read by a token without an end: %+v", found)
	}
	f.kv = "k-2"
	wantKey(t, s, "k-2")
	for i, h := range f.headers {
		if h.Get("X-Vault-Namespace") != "team/editors" || h.Get("X-Vault-Request") != "true" || h.Get("X-Vault-Token") != "root" {
			t.Errorf("%s was asked with namespace %q", f.asked[i], h.Get("X-Vault-Namespace"))
		}
	}
	s.Close()
	if len(f.revoked) != 0 {
		t.Error("a token that was given to us is revoked")
	}
}

func TestWhatIsNoKey(t *testing.T) {
	for _, tt := range []struct {
		name string
		o    Options
		data map[string]any
		kind error
		says string
	}{
		{name: "nothing there", o: Options{Path: "secret/anthropic"}, says: "there is data behind the mount"},
		{name: "nothing there, with data", says: "check credentials.vault.path"},
		{name: "version 1", o: Options{Path: "kv/anthropic"}, data: map[string]any{"key": "k-1"}},
		{name: "another field", o: Options{Field: "api"}, data: map[string]any{"key": "k-1"}, says: `no field "api"; set credentials.vault.field`},
		{name: "no text", data: map[string]any{"key": 17}, kind: credentials.ErrUnusable, says: "is no text"},
		{name: "no key", data: map[string]any{"key": "k 1"}, kind: credentials.ErrUnusable, says: `field "key" of secret/data/anthropic: `},
		{name: "deleted", data: map[string]any{"data": nil, "metadata": map[string]any{"deletion_time": "2026-01-02T03:04:05Z"}}, says: "was deleted"},
		{name: "data of version 1 that are named so", o: Options{Field: "data"}, data: map[string]any{"data": "k-1", "metadata": "of mine"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			f.kv, f.data = "", tt.data
			s := f.source(tt.o, "VAULT_TOKEN=root")
			defer s.Close()
			if tt.says == "" {
				wantKey(t, s, "k-1")
				return
			}
			if tt.kind == nil {
				tt.kind = credentials.ErrMissing
			}
			if found, err := s.Get(t.Context(), false); !errors.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Get = %q, %v; want %q", found.Key.Reveal(), err, tt.says)
			}
		})
	}
}

func TestWhatStopsALogin(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("USERPROFILE", os.Getenv("HOME"))
	id, private := secretFile(t, "role"), secretFile(t, "k-secret")
	open := secretFile(t, "k-secret")
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		o      Options
		env    string
		refuse map[string]int
		says   string
	}{
		{name: "no address", o: Options{Address: "-"}, says: "set credentials.vault.address or VAULT_ADDR"},
		{name: "http to elsewhere", o: Options{Address: "http://vault.test"}, says: "tokens and keys go over https"},
		{name: "no URL", o: Options{Address: "vault.test"}, says: "cannot be understood"},
		{name: "no token", says: "vault login"},
		{name: "no token in the file", o: Options{TokenFile: secretFile(t, "\n")}, says: "holds no token"},
		{name: "a token for all to see", o: Options{TokenFile: open}, says: "chmod 600"},
		{name: "a token that is not good", env: "VAULT_TOKEN=k-other", says: "docs/vault.md"},
		{name: "no ids", o: Options{Auth: AppRole}, says: "needs credentials.vault.roleIDFile and"},
		{name: "no file of an id", o: Options{Auth: AppRole, RoleIDFile: "/no/such", SecretIDFile: private}, says: "the role id: "},
		{name: "a secret id for all to see", o: Options{Auth: AppRole, RoleIDFile: id, SecretIDFile: open}, says: "chmod 600"},
		{
			name: "a secret id that is not good", o: Options{Auth: AppRole, RoleIDFile: id, SecretIDFile: private},
			refuse: map[string]int{"auth/approle/login": 400}, says: "the login by approle (400, as the test wants it; map[role_id:role secret_id:[key]])",
		},
		{
			name: "no such mount", o: Options{Auth: AppRole, AuthMount: "robots/", RoleIDFile: id, SecretIDFile: private},
			refuse: map[string]int{"auth/robots/login": 404}, says: "authMount",
		},
		{name: "no role", o: Options{Auth: Kubernetes, TokenFile: private}, says: "credentials.vault.role"},
		{name: "no pod", o: Options{Auth: Kubernetes, Role: "r", TokenFile: "/no/such"}, says: "service account"},
		{name: "another way", o: Options{Auth: "ldap"}, says: "no way to log in"},
		{name: "sealed", env: "VAULT_TOKEN=root", refuse: map[string]int{"secret/data/anthropic": 503}, says: "sealed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			f.refuse = tt.refuse
			s := f.source(tt.o, tt.env)
			if tt.o.Address == "-" {
				s.options.Address = ""
			}
			defer s.Close()
			_, err := s.Get(t.Context(), false)
			if !errors.Is(err, credentials.ErrMissing) && !errors.Is(err, credentials.ErrUnusable) || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("Get = %v; want %q", err, tt.says)
			}
			if strings.Contains(err.Error(), "k-secret") || strings.Contains(err.Error(), "k-other") {
				t.Errorf("the error tells a secret: %v", err)
			}
		})
	}
}

func TestAddressesThatMayBeAsked(t *testing.T) {
	for address, want := range map[string]bool{
		"https://vault.test": true, "http://127.0.0.1:8200": true, "http://localhost:8200": true, "http://[::1]:8200": true,
		"http://vault.test": false, "http://127.0.0.1.vault.test": false, "http://10.0.0.1": false, "": false, "ftp://localhost": false, "::": false,
	} {
		if _, err := parse(address); (err == nil) != want {
			t.Errorf("parse(%q) = %v", address, err)
		}
	}
}

// lasting has a Keeper hold the source for two days of Vault's time.
func lasting(t *testing.T, f *fake, s *Source, check func(k *credentials.Keeper)) {
	t.Helper()
	k := credentials.NewKeeper(s, nil)
	defer k.Close()
	for range 48 * 6 {
		key, err := k.Key(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		f.turn(func() {
			id, isLease := strings.CutPrefix(key.Reveal(), "k-of-")
			if until := f.leases[id].until; isLease && !time.Now().Before(until) {
				t.Fatalf("the key of %s is used after its end", id)
			}
		})
		time.Sleep(10 * time.Minute)
	}
	f.turn(func() { check(k) })
}

func TestLogins(t *testing.T) {
	approle := Options{Auth: AppRole, RoleIDFile: secretFile(t, "role\n"), SecretIDFile: secretFile(t, "k-secret\n")}
	for _, o := range []Options{approle, {Auth: Kubernetes, AuthMount: "cluster", Role: "editors", TokenFile: secretFile(t, "jwt")}} {
		t.Run(string(o.Auth), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t)
				s := f.source(o)
				lasting(t, f, s, func(*credentials.Keeper) {
					logins := slices.DeleteFunc(slices.Clone(f.asked), func(a string) bool { return !strings.HasSuffix(a, "/login") })
					// A token lasts an hour, is renewed each 40 minutes, and ends for good after
					// four hours; it is replaced before.
					if len(logins) < 12 || len(logins) > 15 || len(f.renewals) < 4*len(logins) {
						t.Errorf("%d logins and %d renewals in two days", len(logins), len(f.renewals))
					}
				})
				if len(f.revoked) != 1 {
					t.Errorf("Close gave back %v; want the last token", f.revoked)
				}
			})
		})
	}
}

func TestLeases(t *testing.T) {
	approle := Options{Auth: AppRole, RoleIDFile: secretFile(t, "role"), SecretIDFile: secretFile(t, "k-secret"), Path: "database/creds/editors"}
	for _, tt := range []struct {
		name      string
		term, max time.Duration
		o         Options
		made      int // leases in two days, at least
		renewed   bool
	}{
		{"renewed and replaced", 30 * time.Minute, 3 * time.Hour, approle, 16, true},
		{"not to be renewed", 30 * time.Minute, 0, approle, 2 * 24 * 3, false},
		{"longer than the token's", 10 * time.Hour, 20 * time.Hour, approle, 12, false},
		{"of a token without an end", 30 * time.Minute, 3 * time.Hour, Options{Path: "database/creds/editors"}, 16, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t)
				f.leaseTerm, f.leaseMax = tt.term, tt.max
				s := f.source(tt.o, "VAULT_TOKEN=root")
				lasting(t, f, s, func(k *credentials.Keeper) {
					if len(f.leases) < tt.made || len(f.leases) > 2*tt.made {
						t.Errorf("%d leases in two days; want about %d", len(f.leases), tt.made)
					}
					renewed := slices.ContainsFunc(f.renewals, func(id string) bool { return strings.HasPrefix(id, "lease") })
					if renewed != tt.renewed {
						t.Errorf("leases renewed: %v", renewed)
					}
					state := k.State()
					if age := time.Since(state.Found.Made); age < 0 || age > 4*time.Hour || state.Found.Ends.IsZero() {
						t.Errorf("a lent key: %+v", state.Found)
					}
				})
			})
		})
	}
}

// Vault goes down for a while; the key that is lent is used until its end.
func TestVaultThatIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		f.leaseTerm, f.leaseMax = time.Hour, 24*time.Hour
		k := credentials.NewKeeper(f.source(Options{Path: "database/creds/editors"}, "VAULT_TOKEN=root"), nil)
		defer k.Close()
		lent, err := k.Key(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(30 * time.Minute)
		f.turn(func() { f.down = true })
		time.Sleep(29 * time.Minute)
		if key, err := k.Key(t.Context()); err != nil || !key.Equal(lent) {
			t.Errorf("Key = %v; want the one that is lent", err)
		}
		if err := k.State().Err; err == nil || !strings.Contains(err.Error(), "cannot be reached: dial tcp: connection refused") {
			t.Errorf("State tells %v", err)
		}
		time.Sleep(2 * time.Minute)
		if _, err := k.Key(t.Context()); err == nil {
			t.Error("a key is used after the end of its lease")
		}
		f.turn(func() { f.down = false })
		time.Sleep(2 * time.Minute)
		if key, err := k.Key(t.Context()); err != nil || key.Equal(lent) {
			t.Errorf("Key = %v once Vault is back; want a new one", err)
		}
	})
}

// What is down in the last third and back before the end costs nothing.
func TestRenewalIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		f.leaseTerm, f.leaseMax = time.Hour, 24*time.Hour
		k := credentials.NewKeeper(f.source(Options{Path: "database/creds/editors"}, "VAULT_TOKEN=root"), nil)
		defer k.Close()
		lent, _ := k.Key(t.Context())
		f.turn(func() { f.down = true })
		time.Sleep(50 * time.Minute)
		f.turn(func() { f.down = false })
		time.Sleep(3 * time.Hour)
		if key, err := k.Key(t.Context()); err != nil || !key.Equal(lent) || len(f.leases) != 1 {
			t.Errorf("Key = %v, after %d leases; want the first one, renewed", err, len(f.leases))
		}
	})
}

func TestTokenThatWasTakenBack(t *testing.T) {
	f := newFake(t)
	f.leaseTerm, f.leaseMax = time.Hour, 24*time.Hour
	s := f.source(Options{Auth: AppRole, RoleIDFile: secretFile(t, "role"), SecretIDFile: secretFile(t, "k-secret")})
	defer s.Close()
	first := wantKey(t, s, "k-of-lease-2")
	if again := wantKey(t, s, "k-of-lease-2"); !again.Ends.Equal(first.Ends) {
		t.Error("what is lent is asked for again")
	}
	clear(f.tokens)
	found, err := s.Get(t.Context(), true) // the service refused the key, too
	if err != nil || found.Key.Reveal() != "k-of-lease-4" {
		t.Errorf("Get = %q, %v; want a new login and a new key", found.Key.Reveal(), err)
	}
}

func TestFreshKeyIsANewLease(t *testing.T) {
	f := newFake(t)
	f.leaseTerm, f.leaseMax = time.Hour, 24*time.Hour
	s := f.source(Options{}, "VAULT_TOKEN=root")
	defer s.Close()
	wantKey(t, s, "k-of-lease-1")
	if found, err := s.Get(t.Context(), true); err != nil || found.Key.Reveal() != "k-of-lease-2" {
		t.Errorf("Get = %q, %v", found.Key.Reveal(), err)
	}
}

// An agent writes a new token into the file now and then.
func TestTokenFileIsReadAnew(t *testing.T) {
	f := newFake(t)
	path := secretFile(t, "root")
	s := f.source(Options{TokenFile: path}, "VAULT_TOKEN=of somebody else")
	defer s.Close()
	wantKey(t, s, "k-1")
	f.tokens = map[string]loan{"other": {until: time.Now().Add(time.Hour)}}
	if err := os.WriteFile(path, []byte("other\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	found := wantKey(t, s, "k-1")
	if left := time.Until(found.Tend); left < 30*time.Minute || left > 45*time.Minute || found.Hold > hold {
		t.Errorf("a token of an hour has to be renewed in %v", left)
	}
}

func TestTokenOfTheUser(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	if err := os.WriteFile(filepath.Join(home, ".vault-token"), []byte("root"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := newFake(t).source(Options{})
	defer s.Close()
	wantKey(t, s, "k-1")
}

// Over the network, because it is the library that reads the CA and does not
// follow.
func TestCAAndRedirects(t *testing.T) {
	f := newFake(t)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirection was followed") }))
	defer elsewhere.Close()
	redirect := false
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if redirect {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
			return
		}
		resp, err := f.RoundTrip(r)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = resp.Body.Close() }()
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	ca := secretFile(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	o := Options{Address: server.URL, Path: "secret/data/anthropic", TokenFile: secretFile(t, "root")}

	s := New(o)
	defer s.Close()
	if _, err := s.Get(t.Context(), false); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("Get without the CA = %v", err)
	}
	o.CAFile = secretFile(t, "no certificate")
	if _, err := New(o).Get(t.Context(), false); err == nil || !strings.Contains(err.Error(), "caFile") {
		t.Errorf("Get with a CA that is none = %v", err)
	}
	o.CAFile = ca
	s = New(o)
	defer s.Close()
	wantKey(t, s, "k-1")
	redirect = true
	if _, err := s.Get(t.Context(), false); err == nil || !strings.Contains(err.Error(), "sends elsewhere (307)") {
		t.Errorf("Get of a redirection = %v", err)
	}
}

func TestName(t *testing.T) {
	s := newFake(t).source(Options{Address: "https://vault.test:8200"})
	if got := s.Name(); got != "Vault at https://vault.test:8200, secret/data/anthropic" {
		t.Errorf("Name = %q", got)
	}
}
