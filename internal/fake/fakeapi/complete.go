package main

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/claude-lsp/claude-lsp/internal/fake/messages"
)

// cursor is the mark that claude-lsp puts where the cursor is.
var cursor = regexp.MustCompile(`<CURSOR(?:_\d+)?/>`)

// language is how the task of a prompt names the document's language.
var language = regexp.MustCompile(`\bin this (\S+) document`)

// complete answers a completion request in the form that claude-lsp asks for:
// one fence. It knows no language and no meaning; it goes on as other lines of
// the prompt go on, so that people can watch something plausible arrive.
func complete(b messages.Body) string {
	var corpus []string // the lines of everything the user sent
	before, after, task := "", "", ""
	for _, m := range b.Messages {
		if m.Role != "user" {
			continue
		}
		for _, c := range m.Content {
			marks := cursor.FindAllStringIndex(c.Text, -1)
			if marks == nil {
				corpus = append(corpus, lines(c.Text)...)
				continue
			}
			// The first mark is the cursor; the task after the text names it once
			// more, in a paragraph of its own.
			first, last := marks[0], marks[len(marks)-1]
			before, after, task = c.Text[:first[0]], c.Text[first[1]:], ""
			if end := strings.LastIndex(c.Text[:last[0]], "\n\n"); end >= first[1] {
				after, task = c.Text[first[1]:end], c.Text[end:]
			}
		}
	}
	corpus = append(corpus, lines(after)...)
	corpus = append(corpus, lines(before)...)

	fence := "```"
	for _, run := range regexp.MustCompile("`{3,}").FindAllString(task, -1) {
		fence = run
	}
	name := ""
	if m := language.FindStringSubmatch(task); m != nil {
		name = m[1]
	}
	return fence + name + "\n" + insertion(corpus, before, after) + "\n" + fence + "\n"
}

// insertion is the text for the cursor, the best of what it can think of.
func insertion(corpus []string, before, after string) string {
	start := strings.LastIndexByte(before, '\n') + 1
	typed := strings.TrimLeft(before[start:], " \t")
	rest, _, _ := strings.Cut(after, "\n")
	rest = strings.TrimSpace(rest)

	var found string
	if typed == "" {
		found = follower(corpus, lines(before[:start]), firstLine(after))
	} else {
		found = common(corpus, func(l string) (string, bool) {
			tail, ok := strings.CutPrefix(strings.TrimSpace(l), typed)
			return tail, ok && tail != "" && strings.TrimSpace(l) != typed+rest
		})
	}
	if found == "" {
		found = word(corpus, typed)
	}
	return strings.TrimSuffix(found, rest) // what stands there already
}

// follower is the line that most often comes after a line like the one above
// the cursor; it looks at fewer of its first characters until there is one.
func follower(corpus, above []string, next string) string {
	last := ""
	for _, l := range above {
		if l = strings.TrimSpace(l); l != "" {
			last = l
		}
	}
	if last == "" {
		return ""
	}
	for n := len(last); n > 3; n = n * 2 / 3 {
		i := 0
		found := common(corpus, func(string) (string, bool) {
			i++
			if i >= len(corpus) {
				return "", false
			}
			follows := strings.TrimSpace(corpus[i])
			return follows, strings.HasPrefix(strings.TrimSpace(corpus[i-1]), last[:n]) && follows != "" && follows != next
		})
		if found != "" {
			return found
		}
	}
	return ""
}

// word finishes the word at the end of what was typed, or adds the word that
// the prompt uses most.
func word(corpus []string, typed string) string {
	isWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }
	begun := typed[len(strings.TrimRightFunc(typed, isWord)):]
	var words []string
	for _, l := range corpus {
		words = append(words, strings.FieldsFunc(l, func(r rune) bool { return !isWord(r) })...)
	}
	return common(words, func(w string) (string, bool) {
		tail, ok := strings.CutPrefix(w, begun)
		return tail, ok && tail != "" && len(w) > 3 && !unicode.IsDigit([]rune(w)[0])
	})
}

// common is the most frequent of what pick takes from the list; of equals, the
// one that came last, because that is nearest to the cursor.
func common(list []string, pick func(string) (string, bool)) string {
	type tally struct {
		text        string
		times, seen int
	}
	counts := map[string]*tally{}
	for i, l := range list {
		if s, ok := pick(l); ok {
			t := counts[s]
			if t == nil {
				t = &tally{text: s}
				counts[s] = t
			}
			t.times++
			t.seen = i
		}
	}
	best := &tally{}
	for _, t := range counts {
		if cmp.Or(cmp.Compare(t.times, best.times), cmp.Compare(t.seen, best.seen)) > 0 {
			best = t
		}
	}
	return best.text
}

// lines splits text and leaves out the carriage returns.
func lines(text string) []string {
	return slices.Collect(strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n"))
}

// firstLine is the first line of text that holds anything, without its margin.
func firstLine(text string) string {
	for l := range strings.SplitSeq(text, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			return l
		}
	}
	return ""
}
