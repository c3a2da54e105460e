package syntax

// An Import is one thing that a text imports.
type Import struct {
	// Path is what is imported as the text writes it, without quotes: "net/http",
	// "../lib/a", ".models", "crate::a::b", "<stdio.h>" without its brackets.
	Path string
	// Names are the names that the text lists or binds: those of "from a import
	// b as c" are b and c. It is empty where the path is all there is.
	Names    []string
	From, To int // bytes: the statement, from its first word to its end; what one statement imports shares them
}

// Imports returns what text imports, in order. Broken text gives what can be
// told from it. The result is nil for a language without such tables. The time
// is linear in the text.
func (l *Language) Imports(text string) []Import {
	if l.grammar == nil || l.grammar.imports == nil {
		return nil
	}
	r := &importReader{scanner: scanner{lang: l, text: text}}
	r.at = mark(text)
	r.advance()
	for r.tok.To > 0 {
		at := r.at
		l.grammar.imports(r)
		if r.at == at && r.tok.To > 0 { // it did not look further
			r.advance()
		}
	}
	return r.out
}

// An importReader reads a text token by token for what it imports.
type importReader struct {
	scanner
	tok    Token // the current one that is neither Space, Newline nor Comment; To is 0 behind the end
	before Token // the one in front of it
	fresh  bool  // it is the first on its line
	out    []Import

	names []string // what the statement under way binds, where a value follows
}

// advance goes to the next token.
func (r *importReader) advance() {
	if r.tok.Kind != Newline {
		r.before = r.tok
	}
	r.fresh = r.tok.To == 0
	for r.at < len(r.text) {
		t := r.next()
		switch t.Kind {
		case Newline:
			r.fresh = true
		case Space, Comment:
		default:
			r.tok = t
			return
		}
	}
	r.tok = Token{Kind: Newline}
}

// str returns the text of the current token.
func (r *importReader) str() string { return r.text[r.tok.From:r.tok.To] }

// is reports whether the current token is s, and takes it then.
func (r *importReader) is(s string) bool {
	if r.str() != s || r.tok.Kind == String {
		return false
	}
	r.advance()
	return true
}

// begins reports whether a statement may begin with the current token.
func (r *importReader) begins() bool {
	if r.fresh {
		return true
	}
	switch r.text[r.before.From:r.before.To] {
	case ";", "{", "}":
		return true
	}
	return r.before.Kind == Word && r.before.From > 0 && r.text[r.before.From-1] == '@' // an attribute
}

// word takes a name, or returns "" where none stands.
func (r *importReader) word() string {
	if r.tok.Kind != Word {
		return ""
	}
	s := r.str()
	r.advance()
	return s
}

// literal takes a string and returns what stands in it, or "" where there is
// none.
func (r *importReader) literal() string {
	s := r.str()
	if r.tok.Kind != String || len(s) < 2 {
		return ""
	}
	switch s[0] {
	case '"', '\'', '`':
	default:
		return ""
	}
	if s[len(s)-1] != s[0] {
		return ""
	}
	r.advance()
	return s[1 : len(s)-1]
}

// path takes words and what parts them, as long as they touch one another, and
// ends in front of a sign that is followed by no word.
func (r *importReader) path(separator string) string {
	if r.tok.Kind != Word {
		return ""
	}
	from, to := r.tok.From, r.tok.To
	for {
		r.advance()
		if r.fresh || r.str() != separator {
			break
		}
		r.advance()
		if r.tok.Kind != Word {
			break
		}
		to = r.tok.To
	}
	return r.text[from:to]
}

// add adds an import of the statement that begins at from and ends with the
// token before the current one.
func (r *importReader) add(path string, names []string, from int) {
	if path != "" {
		r.out = append(r.out, Import{Path: path, Names: names, From: from, To: max(r.before.To, from)})
	}
}

// end sets where the imports that were added since there were n end.
func (r *importReader) end(n int) {
	for i := range r.out[n:] {
		r.out[n+i].To = max(r.out[n+i].To, r.before.To)
	}
}
