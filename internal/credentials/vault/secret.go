package vault

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
)

// A lease is a key that Vault takes back. The zero lease is none: a key of a KV
// store has no end that Vault knows of.
type lease struct {
	loan
	id  string
	key credentials.Key
	got time.Time
}

// read returns the key: the one that is lent already, as long as that can be
// made to last, else what stands at the path.
func (s *Source) read(ctx context.Context, fresh bool) (credentials.Found, error) {
	if s.lease.id != "" && !fresh {
		if kept, err := s.keep(ctx); kept || err != nil {
			return credentials.Found{Key: s.lease.key, Made: s.lease.got}, err
		}
	}
	secret, err := s.client.do(ctx, http.MethodGet, s.options.Path, nil)
	if err != nil && (statusOf(err) != http.StatusNotFound || len(secret.Errors) > 0) {
		return credentials.Found{}, s.explain(err, "reading "+s.options.Path, s.token.id)
	}
	text, made, err := s.field(secret)
	if err != nil {
		return credentials.Found{}, err
	}
	key, err := credentials.NewKey(text, s.options.Kind)
	if err != nil {
		return credentials.Found{}, credentials.Unusable("field %q of %s: %w", s.options.Field, s.options.Path, err)
	}
	s.lease = lease{}
	if secret.LeaseID != "" {
		made = wall()
		s.lease = lease{id: secret.LeaseID, key: key, got: made, loan: lent(secret.loaned)}
	}
	return credentials.Found{Key: key, Made: made}, nil
}

// keep makes the lease last. It is false where a new one has to be asked for.
// The error says that Vault could not be asked: the key is good until its end.
func (s *Source) keep(ctx context.Context) (bool, error) {
	switch {
	case s.lease.over():
		return false, nil
	case !s.lease.due():
		return true, nil
	case !s.lease.renewable:
		return false, nil
	}
	answer, err := s.client.do(ctx, http.MethodPost, "sys/leases/renew", map[string]any{"lease_id": s.lease.id, "increment": int(s.lease.term.Seconds())})
	switch code := statusOf(err); {
	case code == http.StatusForbidden || code == http.StatusBadRequest || code == http.StatusNotFound:
		return false, nil // not ours to renew, or taken back
	case err != nil:
		return false, s.explain(err, "renewing the lease of "+s.options.Path, s.token.id)
	}
	s.lease.loan = s.lease.extended(answer.loaned)
	return !s.lease.due(), nil
}

// field takes the key out of what stands at the path, and says when it was put
// there, where Vault tells.
func (s *Source) field(found reply) (text string, made time.Time, err error) {
	o := s.options
	if found.Data == nil {
		hint := "check credentials.vault.path"
		if !strings.Contains(o.Path, "/data/") {
			hint += "; in a KV store of version 2 there is data behind the mount, as in secret/data/anthropic"
		}
		return "", made, credentials.Missing("Vault has nothing at %s; %s", o.Path, hint)
	}
	data := found.Data
	meta, versioned := data["metadata"].(map[string]any)
	if _, inside := data["data"]; versioned && inside {
		stamp, _ := meta["created_time"].(string)
		made, _ = time.Parse(time.RFC3339Nano, stamp)
		if data, _ = data["data"].(map[string]any); data == nil {
			return "", made, credentials.Missing("the newest version of %s was deleted in Vault; write a new one, or undelete it", o.Path)
		}
	}
	value, there := data[o.Field]
	text, isText := value.(string)
	switch {
	case !there:
		hint := "set credentials.vault.field to the one that holds the key"
		if len(data) == 0 && !strings.Contains(o.Path, "/data/") {
			hint = "in a KV store of version 2 there is data behind the mount, as in secret/data/anthropic"
		}
		return "", made, credentials.Missing("%s has no field %q; %s", o.Path, o.Field, hint)
	case !isText:
		return "", made, credentials.Unusable("field %q of %s is no text", o.Field, o.Path)
	}
	return text, made.Round(0), nil
}
