package syntax

// Opens reports whether line, one line in ordinary code without its break,
// begins a block: what belongs to it stands indented on the next lines. It is
// so where the line ends in an opening bracket or in one of the language's own
// words for it (a colon in Python, then in Lua), comments left aside.
func (l *Language) Opens(line string) bool {
	var (
		last  Kind
		text  string // the last token
		first string // the first token
		open  bool   // a word begins a block that no ender on the line has closed
	)
	for t := range l.Scan(line, State{}) {
		switch t.Kind {
		case Space, Comment, Newline:
			continue
		}
		last, text = t.Kind, line[t.From:t.To]
		if first == "" {
			first = text
			open = l.starters[first]
		}
		switch {
		case t.Kind != Word:
		case l.enders[text]:
			open = false
		case l.within[text]:
			open = true
		}
	}
	switch {
	case first == "":
		return false
	case last == Open, open:
		return true
	case last != Word && last != Punct:
		return false
	case l.openers[text]:
		return true
	}
	// Operators run together, so the colon may be the end of a longer run.
	return text[len(text)-1] == ':' && (l.openers[":"] || l.labels[first])
}

// Closes reports whether line, one line in ordinary code, begins with what ends
// a block: a closing bracket or one of the language's own words for it (end in
// Ruby, done in a shell).
func (l *Language) Closes(line string) bool {
	for t := range l.Scan(line, State{}) {
		switch t.Kind {
		case Space, Comment, Newline:
			continue
		case Word:
			return l.enders[line[t.From:t.To]]
		}
		return t.Kind == Close
	}
	return false
}
