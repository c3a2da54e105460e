package redact

import (
	"fmt"
	"strings"
	"testing"
)

// A secret that was put back stands where nothing gives it away: it is known all
// the same, wherever it stands from then on.
func TestRestoredSecretsStayKnown(t *testing.T) {
	r := New(Options{Key: []byte("a key of this machine"), Home: "/srv/people/grace"})
	secret := fake("abcdefghijklmnopqrstuvwxyz0123456789", 24)
	text := `curl -H "Authorization: ` + secret + `" https://api.example.com`
	clean, _ := r.Text(config, text)
	name := stem + strings.Split(strings.Split(clean, stem)[1], `"`)[0]
	alone := `give("` + secret + `")`
	if got, _ := r.Text(config, alone); got != alone {
		t.Fatalf("%q is known by itself: %q; the test says nothing", alone, got)
	}
	if got, ok := r.Undo(config, text).Restore(`give("` + name + `")`); got != alone || !ok {
		t.Fatalf("restored %q, %v", got, ok)
	}
	if got, n := r.Text(config, alone+alone); got != strings.ReplaceAll(alone+alone, secret, name) || n != 2 {
		t.Errorf("in its document it becomes %q, %d secrets", got, n)
	}
	if got, _ := r.Text(config, text); got != clean {
		t.Errorf("where it stood before there is %q now, and %q before", got, clean)
	}
	if got, ok := r.Undo(config, alone).Restore(name); got != secret || !ok {
		t.Errorf("where it stands alone it is restored as %q, %v", got, ok)
	}
	got, n := r.Text(other, alone)
	if strings.Contains(got, secret) || strings.Contains(got, name) || n != 1 {
		t.Errorf("in another document it becomes %q, %d secrets", got, n)
	}
	if got := r.Nameless(alone); got != strings.ReplaceAll(alone, secret, placeholder("curl-header")) {
		t.Errorf("what is kept is %q", got)
	}
	if got, _ := New(Options{Key: r.key}).Text(config, alone); got != alone {
		t.Errorf("another Redactor knows it: %q", got)
	}
}

// A name in a path and a short word stand elsewhere by right.
func TestWordsAreNotRemembered(t *testing.T) {
	r := New(Options{Key: []byte("a key"), Home: "/srv/people/grace"})
	for _, tt := range []struct{ text, words string }{
		{"open(\"/srv/people/grace/notes\")", "grace said so"},
		{"postgres://app:x9Kq2@db.example/x", "x9Kq2 is short"},
	} {
		clean, n := r.Text(config, tt.text)
		if n == 0 {
			t.Fatalf("%s has no secret; the test says nothing", tt.text)
		}
		if got, ok := r.Undo(config, tt.text).Restore(clean); got != tt.text || !ok {
			t.Fatalf("restored %q, %v", got, ok)
		}
		if got, _ := r.Text(config, tt.words); got != tt.words {
			t.Errorf("%q becomes %q", tt.words, got)
		}
	}
}

// One that holds another is taken out whole, and the oldest are forgotten.
func TestRestoredSecretsAreBounded(t *testing.T) {
	var k restored
	rule := &rule{id: "secret"}
	for i := range maxRestored + 10 {
		k.remember(pair{secret: fmt.Sprintf("secret-%04d", i), rule: rule})
		k.remember(pair{secret: fmt.Sprintf("secret-%04d", i), rule: rule})
	}
	k.remember(pair{secret: "secret-0100-and-more", rule: rule})
	if len(k.all) != maxRestored {
		t.Errorf("%d are remembered", len(k.all))
	}
	if found := k.in("secret-0000 secret-0010"); found != nil {
		t.Errorf("the oldest are remembered: %v", found)
	}
	if found := k.in("secret-0100-and-more"); len(found) != 2 || found[0].secret != "secret-0100-and-more" {
		t.Errorf("found %v", found)
	}
}
