// Package credentials says where the API key comes from and keeps it from
// being printed.
package credentials

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// A Kind says in which header a key travels.
type Kind uint8

// The kinds. The API takes either; gateways often take the second alone.
const (
	APIKey Kind = iota // x-api-key: as keys from the Console are sent
	Bearer             // Authorization: Bearer, as tokens of gateways and of OAuth are sent
)

// hidden is all that any way of printing a Key shows.
const hidden = "[key]"

// A Key is an API key. Printing, logging or encoding one shows "[key]".
//
// The secret is held by a closure and not by a field: fmt does not call the
// methods of a value that sits in an unexported field of another struct, it
// prints the fields; of a function it can only print the address.
//
// The zero Key is no key: Reveal returns "".
type Key struct {
	reveal func() (string, Kind)
	err    error
}

// NewKey makes a key of secret. White space and line breaks round the secret
// are dropped, because keys come from files and shells that leave some. What
// could not be sent in a header is an error, which does not repeat the secret:
// an empty key, and one with control characters, spaces or anything outside
// ASCII inside (usually a key that was pasted together with something else).
func NewKey(secret string, kind Kind) (Key, error) {
	if blank(secret) {
		return Key{}, errors.New("the key is empty")
	}
	secret = strings.TrimSpace(secret)
	for i := range len(secret) {
		if c := secret[i]; c <= ' ' || c >= 0x7f {
			return Key{}, fmt.Errorf("the key cannot be used: its byte %d of %d is %s; copy the key again, alone",
				i+1, len(secret), describe(c))
		}
	}
	return Key{reveal: func() (string, Kind) { return secret, kind }}, nil
}

// describe names a byte that no key may hold, without showing what was typed.
func describe(c byte) string {
	switch {
	case c == ' ':
		return "a space"
	case c == '\n' || c == '\r':
		return "a line break"
	case c < ' ' || c == 0x7f:
		return "a control character"
	}
	return "not ASCII"
}

// Reveal returns the secret, or "" of a Key that holds none. Only the code that
// writes the request's header calls it.
func (k Key) Reveal() string {
	if k.reveal == nil {
		return ""
	}
	s, _ := k.reveal()
	return s
}

// Equal reports whether two keys are the same and travel the same way.
func (k Key) Equal(other Key) bool {
	return k.Kind() == other.Kind() && subtle.ConstantTimeCompare([]byte(k.Reveal()), []byte(other.Reveal())) == 1
}

// Kind says in which header the key travels.
func (k Key) Kind() Kind {
	if k.reveal == nil {
		return APIKey
	}
	_, kind := k.reveal()
	return kind
}

// Err says why a key that was found cannot be used, or nil. It is set on keys
// of FromEnvironment alone.
func (k Key) Err() error { return k.err }

// String implements fmt.Stringer and shows no secret.
func (Key) String() string { return hidden }

// GoString implements fmt.GoStringer and shows no secret.
func (Key) GoString() string { return hidden }

// Format implements fmt.Formatter, so that verbs which bypass String (%x, %d,
// %+v …) show no secret either.
func (Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// MarshalText implements encoding.TextMarshaler, which encoding/json, TOML and
// zap ask; it shows no secret.
func (Key) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue implements slog.LogValuer and shows no secret.
func (Key) LogValue() slog.Value { return slog.StringValue(hidden) }

// The environment variables, named as Anthropic's own SDKs name them.
const (
	EnvAPIKey    = "ANTHROPIC_API_KEY"
	EnvAuthToken = "ANTHROPIC_AUTH_TOKEN"
)

// FromEnvironment returns the key that the environment holds; ok is false where
// it holds none. A key that is there but cannot be used is returned with ok and
// an Err, so that its owner is told what is wrong with it, and not that it is
// missing.
//
// ANTHROPIC_API_KEY wins when both are set, as in the official SDKs (Go v2.13.0
// warns and uses the API key). A variable that is blank counts as not set.
func FromEnvironment(getenv func(string) string) (key Key, ok bool) {
	for _, v := range []struct {
		name string
		kind Kind
	}{{EnvAPIKey, APIKey}, {EnvAuthToken, Bearer}} {
		secret := getenv(v.name)
		if blank(secret) {
			continue
		}
		k, err := NewKey(secret, v.kind)
		if err != nil {
			k.err = fmt.Errorf("%s: %w", v.name, err)
		}
		return k, true
	}
	return Key{}, false
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }
