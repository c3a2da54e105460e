package oracle

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"

	"github.com/claude-lsp/claude-lsp/internal/redact"
	"github.com/rs/zerolog"
	"github.com/zricethezav/gitleaks/v8/config"
	"github.com/zricethezav/gitleaks/v8/detect"
)

const (
	perKind   = 12 // secrets of each rule in each kind of line
	tries     = 40 // for each of them, until gitleaks takes it
	wanted    = 0.98
	leaksFrom = 6 // drawn bytes in a row that may not stay
)

// A line is one way in which a secret stands in a file.
type line struct {
	kind, format string // %[1]s is the name, %[2]s the secret
	name         func(words []string) string
	path         string
}

var lines = []line{
	{"quoted assignment", `	%s := "%s"` + "\n", camel, "main.go"},
	{"quoted argument", `client.configure(%s='%s')` + "\n", snake, "main.py"},
	{"env line", "%s=%s\n", upper, "deploy.txt"},
	{"export", "export %s=\"%s\"\n", upper, "run.sh"},
	{"yaml", "  %s: %s\n", kebab, "values.yaml"},
	{"json", `  "%s": "%s",` + "\n", snake, "settings.json"},
	{"toml", "%s = \"%s\"\n", snake, "app.toml"},
}

func camel(words []string) string {
	var name strings.Builder
	for i, w := range words {
		if i > 0 {
			w = strings.ToUpper(w[:1]) + w[1:]
		}
		name.WriteString(w)
	}
	return name.String()
}
func snake(words []string) string { return strings.Join(words, "_") }
func kebab(words []string) string { return strings.Join(words, "-") }
func upper(words []string) string { return strings.ToUpper(snake(words)) }

// A tally is how many secrets there were, and how many were taken out whole.
type tally struct{ n, hit int }

func (t tally) share() float64 { return float64(t.hit) / float64(max(t.n, 1)) }

func (t *tally) count(hit bool) {
	t.n++
	if hit {
		t.hit++
	}
}

// TestRecall draws secrets from the expressions of gitleaks' default rules,
// puts them into lines of several kinds, keeps those that gitleaks reports,
// and counts how many of them redact takes out.
func TestRecall(t *testing.T) {
	zerolog.SetGlobalLevel(zerolog.Disabled)
	detector, err := detect.NewDetectorDefaultConfig()
	if err != nil {
		t.Fatal(err)
	}
	byRule, byKind := map[string]*tally{}, map[string]*tally{}
	var all tally
	for id, rule := range detector.Config.Rules {
		byRule[id] = &tally{}
		o := oracle{detector, rule, drawer{Rand: rand.New(rand.NewPCG(1, seed(id)))}, t}
		o.measure(func(kind string, hit bool) {
			if byKind[kind] == nil {
				byKind[kind] = &tally{}
			}
			byRule[id].count(hit)
			byKind[kind].count(hit)
			all.count(hit)
		})
	}
	fmt.Printf("recall against gitleaks' default rules\n\n%-28s %8s %8s %8s\n", "kind of line", "secrets", "found", "share")
	for _, kind := range slices.Sorted(maps.Keys(byKind)) {
		c := byKind[kind]
		fmt.Printf("%-28s %8d %8d %7.2f%%\n", kind, c.n, c.hit, 100*c.share())
	}
	fmt.Printf("%-28s %8d %8d %7.2f%%\n\n", "all", all.n, all.hit, 100*all.share())
	ids := slices.SortedFunc(maps.Keys(byRule), func(a, b string) int {
		return cmp.Or(cmp.Compare(byRule[a].share(), byRule[b].share()), cmp.Compare(a, b))
	})
	whole := 0
	for _, id := range ids {
		switch c := byRule[id]; {
		case c.n == 0:
			fmt.Printf("%-44s not drawn\n", id)
		case c.hit < c.n:
			fmt.Printf("%-44s %4d of %4d\n", id, c.hit, c.n)
		default:
			whole++
		}
	}
	fmt.Printf("the other %d of %d rules: all\n", whole, len(ids))
	if all.share() < wanted {
		t.Errorf("recall is %.2f%%, want %.0f%%", 100*all.share(), 100*wanted)
	}
}

func seed(id string) (n uint64) {
	for _, b := range []byte(id) {
		n = n*31 + uint64(b)
	}
	return n
}

// An oracle asks gitleaks about one of its rules.
type oracle struct {
	detector *detect.Detector
	rule     config.Rule
	drawer   drawer
	t        *testing.T
}

// measure reports for each secret in which kind of line it stood and whether
// redact took it out.
func (o oracle) measure(report func(kind string, hit bool)) {
	if o.rule.Regex == nil { // the rule knows files by their names
		hit := redact.SecretFile("a/store.p12")
		report("file", hit)
		return
	}
	re, err := syntax.Parse(o.rule.Regex.String(), syntax.Perl)
	if err != nil {
		o.t.Fatalf("%s: %v", o.rule.RuleID, err)
	}
	secret := re // what there is to draw, without the name it is given to
	if groups := captures(re); len(groups) > 0 {
		secret = groups[max(0, o.rule.SecretGroup-1)]
	}
	draw := func(re *syntax.Regexp) sample {
		switch o.rule.RuleID { // expressions that take anything between two words
		case "private-key":
			return o.drawer.privateKey()
		case "kubernetes-secret-yaml":
			return o.drawer.manifest()
		}
		return o.drawer.draw(re)
	}
	o.kind("as the rule has it", report, func(int) (string, sample, string, string) {
		return "", draw(re), "\n", o.path("")
	})
	if o.rule.RuleID == "kubernetes-secret-yaml" {
		return // a manifest is a file of its own, not a value
	}
	o.kind("bare", report, func(int) (string, sample, string, string) {
		return "see ", draw(secret), "\n", o.path("notes.txt")
	})
	for _, l := range lines {
		o.kind(l.kind, report, func(i int) (string, sample, string, string) {
			head, tail, _ := strings.Cut(fmt.Sprintf(l.format, l.name(o.words(i)), "\x00"), "\x00")
			return head, draw(secret), tail, o.path(l.path)
		})
	}
}

// words make the name that the secret is given to: the words of the rule's id,
// or its service with a word that tells nothing.
func (o oracle) words(i int) []string {
	words := strings.Split(o.rule.RuleID, "-")
	if i%2 == 1 {
		words = []string{words[0], []string{"prod", "value", "main", "id"}[i/2%4]}
	}
	return words
}

// path is a path that the rule looks at.
func (o oracle) path(path string) string {
	if o.rule.Path == nil {
		return path
	}
	for _, p := range []string{path, "nuget.config", "a.yaml", "a.tf", "a.php"} {
		if o.rule.Path.MatchString(p) {
			return p
		}
	}
	o.t.Fatalf("%s: no path for %s", o.rule.RuleID, o.rule.Path)
	return ""
}

// kind measures secrets in one kind of line. Most rules do not know every
// kind.
func (o oracle) kind(kind string, report func(string, bool), draw func(i int) (head string, s sample, tail, path string)) {
	for i, n := 0, 0; i < tries*perKind && n < perKind; i++ {
		if i == tries && n == 0 {
			return
		}
		head, s, tail, path := draw(i)
		if !isText(s.text) {
			continue
		}
		text := head + string(s.text) + tail
		for _, f := range o.detector.Detect(detect.Fragment{Raw: text, FilePath: path}) {
			at := strings.Index(text, f.Secret)
			if f.RuleID != o.rule.RuleID || at < 0 || f.Secret == "" {
				continue
			}
			n++
			hit := taken(text, len(head), at, at+len(f.Secret), s)
			report(kind, hit)
			if !hit && os.Getenv("REDACT_MISSED") != "" {
				fmt.Printf("missed %s: %q\n", o.rule.RuleID, text)
			}
			break
		}
	}
}

// taken reports whether nothing that matters of the secret text[from:to] is
// left. The sample stands at text[start:].
func taken(text string, start, from, to int, s sample) bool {
	covered := make([]bool, len(text))
	touched := false
	for _, span := range redact.Spans(text) {
		for i := span.From; i < span.To; i++ {
			covered[i] = true
			touched = touched || from <= i && i < to
		}
	}
	from, to = max(from, start), min(to, start+len(s.text))
	if from >= to {
		return touched
	}
	part := sample{s.text[from-start : to-start], s.drawn[from-start : to-start]}
	return touched && part.leak(covered[from:to]) < leaksFrom
}
