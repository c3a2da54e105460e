package redact

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const (
	config = "file:///src/config.go"
	other  = "file:///src/other.go"
)

var here = New(Options{Key: []byte("a key of this machine"), Home: "/srv/people/grace"})

// What was taken out comes back in the document it came from, whole.
func TestRestore(t *testing.T) {
	token := "gh" + "p_" + fake36
	text := "token := \"" + token + "\"\n"
	clean, n := here.Text(config, text)
	if n != 1 || strings.Contains(clean, token) {
		t.Fatalf("%d secrets, and %q", n, clean)
	}
	name := strings.Split(clean, `"`)[1]
	undo := here.Undo(config, text)
	for _, tt := range []struct{ name, answer, want string }{
		{"as it stood", `use("` + name + `")`, `use("` + token + `")`},
		{"twice", name + name, token + token},
		{"none", "use()", "use()"},
	} {
		if got, ok := undo.Restore(tt.answer); got != tt.want || !ok {
			t.Errorf("%s: %q, %v, want %q", tt.name, got, ok, tt.want)
		}
	}
}

// Nothing else becomes a secret: not in another document, not with another
// key, not what a file or a model made up.
func TestRestoreNowhereElse(t *testing.T) {
	token := "gh" + "p_" + fake36
	text := "token := \"" + token + "\"\n"
	clean, _ := here.Text(config, text)
	name := strings.Split(clean, `"`)[1]
	digest := name[len(name)-len("0123456789_q7x") : len(name)-len("_q7x")]
	elsewhere := New(Options{Key: []byte("a key of another machine")})
	foreign, _ := elsewhere.Text(config, text)
	for _, tt := range []struct {
		name, answer string
		undo         Undo
	}{
		{"a document without secrets", name, here.Undo(other, "x := 1\n")},
		{"a document with the same secret", name, here.Undo(other, text)},
		{"the document after the secret went", name, here.Undo(config, "x := 1\n")},
		{"another machine's name", foreign, here.Undo(config, text)},
		{"another machine's undo", clean, elsewhere.Undo(config, text)},
		{"a name without a digest", placeholder("github-token"), here.Undo(config, text)},
		{"a kind that was changed", strings.Replace(name, "github", "gitlab", 1), here.Undo(config, text)},
		{"a digest that was made up", strings.Replace(name, digest, fake("abcdefghijklmnop", 10), 1), here.Undo(config, text)},
		{"half a name", name[:len(name)-5], here.Undo(config, text)},
		{"no key", placeholder("github-token"), New(Options{}).Undo(config, text)},
	} {
		got, ok := tt.undo.Restore("x := " + tt.answer)
		if ok || strings.Contains(got, token) {
			t.Errorf("%s: %q became %q, %v", tt.name, tt.answer, got, ok)
		}
	}
}

// A file that holds the very text of a placeholder cannot collect the secret
// when its text is cleaned and restored.
func TestCollect(t *testing.T) {
	token := "gh" + "p_" + fake36
	clean, _ := here.Text(config, token)
	hostile := "# continue with " + clean + "\n"
	sent, n := here.Text(other, hostile)
	if n != 0 || sent != hostile {
		t.Errorf("%d secrets in a hostile file: %q", n, sent)
	}
	if got, ok := here.Undo(other, hostile).Restore(clean); ok || strings.Contains(got, token) {
		t.Errorf("the hostile file got %q", got)
	}
}

// The same text is cleaned to the same bytes, by each Redactor with this key;
// another key makes other bytes.
func TestTextIsStable(t *testing.T) {
	text := `a = "` + "gh" + "p_" + fake36 + `"` + "\n"
	first, _ := here.Text(config, text)
	again, _ := New(Options{Key: []byte("a key of this machine")}).Text(config, text)
	if first != again {
		t.Errorf("the same key gave %q and %q", first, again)
	}
	changed, _ := New(Options{Key: []byte("another key")}).Text(config, text)
	if first == changed {
		t.Errorf("two keys gave %q", first)
	}
	elsewhere, _ := here.Text(other, text)
	if first == elsewhere {
		t.Errorf("two documents gave %q", first)
	}
}

func TestRestoreLines(t *testing.T) {
	key := "-----BEGIN PRIV" + "ATE KEY-----\r\n" + fakePEM + "\r\n" + fakePEM + "\r\n-----END PRIV" + "ATE KEY-----"
	text := "a\n" + key + "\nb\n"
	clean, n := here.Text(config, text)
	if n != 1 || strings.Count(clean, "\n") != strings.Count(text, "\n") {
		t.Fatalf("%d secrets, and %q", n, clean)
	}
	undo := here.Undo(config, text)
	if got, ok := undo.Restore(clean); got != text || !ok {
		t.Errorf("restored\n%q, want\n%q", got, text)
	}
	// A model that repeats the name alone means all of it.
	at := strings.Index(clean, stem)
	name := clean[at : strings.Index(clean, markerEnd)+len(markerEnd)]
	if got, ok := undo.Restore(name); got != fakePEM+"\r\n"+fakePEM || !ok {
		t.Errorf("%q became %q, %v", name, got, ok)
	}
}

func TestBegun(t *testing.T) {
	name := here.placeholder(config, &rule{id: "jwt"}, "x")
	user := here.placeholder(config, homeRule, "x")
	for _, name := range []string{name, user} {
		for n := 3; n < len(name); n++ {
			if got := Begun("x = " + name[:n]); got != len("x = ") {
				t.Errorf("%q begins at %d", "x = "+name[:n], got)
			}
		}
	}
	for _, text := range []string{"", "x", "x = R", "x = " + name, name + " + 1", "USERS"} {
		if got := Begun(text); got != len(text) {
			t.Errorf("in %q a placeholder begins at %d", text, got)
		}
	}
}

func TestAllow(t *testing.T) {
	token := "gh" + "p_" + fake36
	text := `x = "` + token + `"; y = "` + "np" + "m_" + fake36 + `"`
	r := New(Options{Allow: []string{"github-token", "*.pem", "deploy/.env.local", "certs/**/server.key", "~/.kube/config", ""}})
	clean, n := r.Text("", text)
	if n != 1 || !strings.Contains(clean, token) || strings.Contains(clean, fake36+`"`) && strings.Count(clean, fake36) != 1 {
		t.Errorf("%d secrets, and %q", n, clean)
	}
	for _, tt := range []struct {
		path   string
		secret bool
	}{
		{"/src/tls/CA.pem", false},
		{"/src/deploy/.env.local", false},
		{`C:\work\deploy\.env.local`, false},
		{"/src/.env.local", true},
		{"/src/deploy/.env", true},
		{"certs/server.key", false},
		{"certs/a/b/server.key", false},
		{"certs/a/b/client.key", true},
		{"/home/x/.kube/config", false},
		{"/src/main.go", false},
	} {
		if got := r.SecretFile(tt.path); got != tt.secret {
			t.Errorf("SecretFile(%q) = %v", tt.path, got)
		}
	}
}

func TestRuleIDsDiffer(t *testing.T) {
	var ids []string
	for i := range rules {
		if slices.Contains(ids, rules[i].id) {
			t.Errorf("two rules are called %s", rules[i].id)
		}
		ids = append(ids, rules[i].id)
		for _, word := range rules[i].keywords {
			if len(word) < 2 || strings.ToLower(word) != word {
				t.Errorf("%s: keyword %q", rules[i].id, word)
			}
		}
	}
}

// FuzzRestore: whatever the text, what was taken out comes back in its
// document, and in no other.
func FuzzRestore(f *testing.F) {
	for _, e := range Examples(fake) {
		f.Add(e.Text, "x = 1")
		f.Add("a "+e.Text+"\r\n"+e.Text+e.Text, e.Text)
	}
	f.Fuzz(func(t *testing.T, text, second string) {
		clean, n := here.Text(config, text)
		if again, m := here.Text(config, clean); again != clean || m != 0 {
			t.Fatalf("%d more secrets in cleaned text\n was %q\n now %q", m, clean, again)
		}
		got, ok := here.Undo(config, text).Restore(clean)
		if got != text && !HasPlaceholder(text) {
			t.Fatalf("%q\nbecame %q\nand then %q", text, clean, got)
		}
		if ok == HasPlaceholder(got) {
			t.Fatalf("%q is restored: %v", got, ok)
		}
		if n == 0 || HasPlaceholder(text) {
			return
		}
		if got, ok := here.Undo(other, second).Restore(clean); ok {
			t.Fatalf("%q of another document became %q", clean, got)
		}
	})
}

// A document is cleaned in parts, at ends of lines: the parts together are
// what the whole is, as long as no secret goes over several lines.
func TestParts(t *testing.T) {
	var lines []string
	for i, e := range Examples(fake) {
		if !strings.Contains(e.Text, "\n") && e.Kind != "curl-user" {
			lines = append(lines, fmt.Sprintf("v%d = %s\n", i, e.Text))
		}
	}
	whole, n := here.Text(config, strings.Join(lines, ""))
	for _, size := range []int{1, 2, 7} {
		var parts strings.Builder
		sum := 0
		for part := range slices.Chunk(lines, size) {
			clean, n := here.Text(config, strings.Join(part, ""))
			parts.WriteString(clean)
			sum += n
		}
		if parts.String() != whole || sum != n {
			t.Errorf("parts of %d lines have %d secrets, the whole has %d", size, sum, n)
		}
	}
}
