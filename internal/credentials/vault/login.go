package vault

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
)

// podToken is where Kubernetes puts the token of a pod's service account.
const podToken = "/var/run/secrets/kubernetes.io/serviceaccount/token"

// A token lets us in.
type token struct {
	loan
	id  string
	own bool // of a login of ours, and not given to us
}

// enter sees to it that the client has a token which will be good for a while.
func (s *Source) enter(ctx context.Context) error {
	if s.options.Auth == Token {
		return s.adopt(ctx)
	}
	if s.token.id == "" || s.token.over() {
		return s.login(ctx)
	}
	if !s.token.due() {
		return nil
	}
	if s.token.renewable && s.renewToken(ctx) == nil && !s.token.due() {
		return nil
	}
	// It cannot be renewed any more, and is replaced before it ends. As long as
	// it is good a login that fails is tried again later.
	if err := s.login(ctx); err != nil && s.token.over() {
		return err
	}
	return nil
}

// adopt takes the token that somebody else has got, such as the user by `vault
// login` or an agent that writes a file. It is read each time, because it may
// have been replaced.
func (s *Source) adopt(ctx context.Context) error {
	id, from, err := s.given()
	if err != nil {
		return err
	}
	if id != s.token.id {
		s.client.token, s.token, s.lease = id, token{id: id}, lease{}
		// Its term is told to every token that has the default policy. Without an
		// answer it is used as it is.
		self, err := s.client.do(ctx, http.MethodGet, "auth/token/lookup-self", nil)
		if err == nil {
			ttl, _ := self.Data["ttl"].(float64)
			renewable, _ := self.Data["renewable"].(bool)
			s.token.loan = lent(loaned{int(ttl), renewable})
		} else if statusOf(err) == 0 {
			s.token = token{}
			return s.explain(err, "the login", id)
		}
		return nil
	}
	if s.token.due() && s.token.renewable {
		_ = s.renewToken(ctx) // until it is over, reading goes on
	}
	if s.token.over() {
		return credentials.Missing("the token for Vault (%s) has ended; put a new one there, with vault login or your agent", from)
	}
	return nil
}

// given is the token that was given to us, and where it was.
func (s *Source) given() (id, from string, err error) {
	from = s.options.TokenFile
	if from == "" {
		if id := strings.TrimSpace(s.getenv("VAULT_TOKEN")); id != "" {
			return id, "VAULT_TOKEN", nil
		}
		home, err := os.UserHomeDir()
		if err != nil {
			return "", "", credentials.Missing("there is no token for Vault: set VAULT_TOKEN or credentials.vault.tokenFile")
		}
		from = filepath.Join(home, ".vault-token")
	}
	id, _, err = credentials.ReadPrivate(from)
	if err != nil {
		return "", "", fmt.Errorf("the token for Vault: %w (set VAULT_TOKEN or credentials.vault.tokenFile, or run vault login)", err)
	}
	if id = strings.TrimSpace(id); id == "" {
		return "", "", credentials.Missing("%s holds no token for Vault", from)
	}
	return id, from, nil
}

// login gets a token of our own, in the place of the one before. What was lent
// by that one ends with it, so the key is asked for anew, too.
func (s *Source) login(ctx context.Context) error {
	with, secret, err := s.proof()
	if err != nil {
		return err
	}
	before := s.client.token
	s.client.token = ""
	answer, err := s.client.do(ctx, http.MethodPost, "auth/"+strings.Trim(s.options.AuthMount, "/")+"/login", with)
	if err == nil && (answer.Auth == nil || answer.Auth.Token == "") {
		err = credentials.Missing("Vault answered the login without a token; check credentials.vault.authMount")
	}
	if err != nil {
		s.client.token = before
		return s.explain(err, "the login by "+string(s.options.Auth), secret)
	}
	s.client.token = answer.Auth.Token
	s.token = token{id: answer.Auth.Token, own: true, loan: lent(answer.Auth.loaned)}
	s.lease = lease{}
	return nil
}

// proof is what a login shows, read anew each time because it is replaced as
// keys are. secret is what of it must not be repeated.
func (s *Source) proof() (with map[string]string, secret string, err error) {
	o := s.options
	if o.Auth == Kubernetes {
		if o.Role == "" {
			return nil, "", credentials.Missing("the login by kubernetes needs credentials.vault.role")
		}
		path := o.TokenFile
		if path == "" {
			path = podToken
		}
		// Kubernetes lets every process of the pod read it, so its mode says nothing.
		jwt, err := os.ReadFile(path)
		if err != nil {
			return nil, "", credentials.Missing("the token of the service account: %w", err)
		}
		secret = strings.TrimSpace(string(jwt))
		return map[string]string{"role": o.Role, "jwt": secret}, secret, nil
	}
	if o.Auth != AppRole {
		return nil, "", credentials.Missing("credentials.vault.auth is %q, which is no way to log in", o.Auth)
	}
	if o.RoleIDFile == "" || o.SecretIDFile == "" {
		return nil, "", credentials.Missing("the login by approle needs credentials.vault.roleIDFile and credentials.vault.secretIDFile")
	}
	role, err := os.ReadFile(o.RoleIDFile) // an id is no secret
	if err != nil {
		return nil, "", credentials.Missing("the role id: %w", err)
	}
	secret, _, err = credentials.ReadPrivate(o.SecretIDFile)
	if err != nil {
		return nil, "", fmt.Errorf("the secret id: %w", err)
	}
	secret = strings.TrimSpace(secret)
	return map[string]string{"role_id": strings.TrimSpace(string(role)), "secret_id": secret}, secret, nil
}

// renewToken makes the token last longer.
func (s *Source) renewToken(ctx context.Context) error {
	answer, err := s.client.do(ctx, http.MethodPost, "auth/token/renew-self", map[string]any{"increment": int(s.token.term.Seconds())})
	if err == nil && answer.Auth != nil {
		s.token.loan = s.token.extended(answer.Auth.loaned)
	}
	return err
}
