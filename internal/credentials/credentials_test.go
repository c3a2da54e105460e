package credentials_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/claude-lsp/claude-lsp/internal/credentials"
)

const secret = "sk-ant-Sup3r-S3cret"

func mustKey(t *testing.T, s string, kind credentials.Kind) credentials.Key {
	t.Helper()
	k, err := credentials.NewKey(s, kind)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestNewKey(t *testing.T) {
	for _, tt := range []struct {
		name, in, want, err string
	}{
		{name: "plain", in: secret, want: secret},
		{name: "line break of a file", in: secret + "\r\n", want: secret},
		{name: "blanks round it", in: " \t" + secret + " ", want: secret},
		{name: "empty", in: "", err: "empty"},
		{name: "only blanks", in: " \n", err: "empty"},
		{name: "two lines", in: "sk-a\nsk-b", err: "a line break"},
		{name: "a space", in: "Bearer sk-a", err: "a space"},
		{name: "control", in: "sk-\x00a", err: "a control character"},
		{name: "delete", in: "sk-\x7fa", err: "a control character"},
		{name: "typographic dash", in: "sk–a", err: "not ASCII"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k, err := credentials.NewKey(tt.in, credentials.Bearer)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("error %v, want one that says %q", err, tt.err)
				}
				if strings.Contains(err.Error(), "sk-") {
					t.Fatalf("the error repeats the secret: %v", err)
				}
				if k.Reveal() != "" {
					t.Fatal("a refused key still reveals something")
				}
				return
			}
			if err != nil || k.Reveal() != tt.want || k.Kind() != credentials.Bearer {
				t.Fatalf("got %q, %v, %v", k.Reveal(), k.Kind(), err)
			}
		})
	}
	var zero credentials.Key
	if zero.Reveal() != "" || zero.Kind() != credentials.APIKey || zero.Err() != nil {
		t.Error("the zero key is not empty")
	}
}

func TestFromEnvironment(t *testing.T) {
	for _, tt := range []struct {
		name string
		env  map[string]string
		ok   bool
		want string
		kind credentials.Kind
		err  string
	}{
		{name: "nothing set"},
		{name: "blank counts as not set", env: map[string]string{"ANTHROPIC_API_KEY": " \n"}},
		{name: "API key", env: map[string]string{"ANTHROPIC_API_KEY": "k\n"}, ok: true, want: "k", kind: credentials.APIKey},
		{name: "token", env: map[string]string{"ANTHROPIC_AUTH_TOKEN": "t"}, ok: true, want: "t", kind: credentials.Bearer},
		{name: "the API key wins", env: map[string]string{"ANTHROPIC_API_KEY": "k", "ANTHROPIC_AUTH_TOKEN": "t"}, ok: true, want: "k", kind: credentials.APIKey},
		{name: "a blank API key leaves room for the token", env: map[string]string{"ANTHROPIC_API_KEY": " ", "ANTHROPIC_AUTH_TOKEN": "t"}, ok: true, want: "t", kind: credentials.Bearer},
		{name: "unusable is not missing", env: map[string]string{"ANTHROPIC_API_KEY": "a\x01b", "ANTHROPIC_AUTH_TOKEN": "t"}, ok: true, err: "ANTHROPIC_API_KEY: the key cannot be used: its byte 2 of 3 is a control character"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k, ok := credentials.FromEnvironment(func(n string) string { return tt.env[n] })
			if ok != tt.ok || k.Reveal() != tt.want || k.Kind() != tt.kind {
				t.Fatalf("got %q kind %v ok %v", k.Reveal(), k.Kind(), ok)
			}
			if got := fmt.Sprint(k.Err()); tt.err == "" && k.Err() != nil || !strings.Contains(got, tt.err) {
				t.Fatalf("error %q, want one that says %q", got, tt.err)
			}
		})
	}
}

// TestNothingPrintsTheSecret walks every printing path there is, with the key
// alone and buried in values that fmt and the encoders take apart themselves.
func TestNothingPrintsTheSecret(t *testing.T) {
	key := mustKey(t, secret, credentials.APIKey)
	type exported struct {
		Key credentials.Key
		Ptr *credentials.Key
	}
	type unexported struct{ key credentials.Key }
	values := map[string]any{
		"value": key, "pointer": &key,
		"exported field": exported{key, &key}, "unexported field": unexported{key}, "pointer to unexported field": &unexported{key},
		"slice": []credentials.Key{key}, "map": map[string]credentials.Key{"k": key}, "interface": []any{key, &key},
		"map key of text": map[string]any{"a": exported{key, &key}},
	}
	var out bytes.Buffer
	for name, v := range values {
		out.Reset()
		for _, verb := range "vTtbcdoOqxXUeEfFgGspw" {
			for _, flags := range []string{"", "+", "#", "-10", "010.3", " "} {
				fmt.Fprintf(&out, "%"+flags+string(verb), v)
			}
		}
		fmt.Fprint(&out, v)
		fmt.Fprintln(&out, v)
		if b, err := json.Marshal(v); err == nil {
			out.Write(b)
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("m", "k", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "k", v)
		for _, enc := range []zapcore.Encoder{
			zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.NewConsoleEncoder(zap.NewDevelopmentEncoderConfig()),
		} {
			log := zap.New(zapcore.NewCore(enc, zapcore.AddSync(&out), zap.DebugLevel))
			log.Info("m", zap.Any("any", v), zap.Reflect("reflect", v), zap.String("s", fmt.Sprint(v)))
			log.Sugar().Infow("m", "k", v)
			log.Sugar().Info(v)
		}
		got := out.String()
		for _, leak := range []string{secret, "Sup3r", fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret), fmt.Sprint([]byte(secret)), fmt.Sprintf("%q", secret)} {
			if strings.Contains(got, leak) {
				t.Errorf("%s: a printing path shows %q", name, leak)
			}
		}
		if !strings.Contains(got, "[key]") && !strings.HasPrefix(name, "unexported") && !strings.HasPrefix(name, "pointer to un") {
			t.Errorf("%s: nothing shows [key] either:\n%s", name, got)
		}
	}
}
