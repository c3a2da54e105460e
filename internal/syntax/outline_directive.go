package syntax

import "strings"

// directiveWords are what may stand behind the # of a directive.
var directiveWords = words("define undef include include_next import if ifdef ifndef elif elifdef elseif else endif error warning line pragma region endregion nullable")

// directive passes over the directive whose # was just read, which goes on
// where a backslash ends a line, and defines the macro that it may define. It
// reports whether it was one.
func (r *reader) directive() bool {
	rest := strings.TrimLeft(r.text[r.at:min(len(r.text), r.at+32)], " \t")
	n := 0
	for n < len(rest) && isName(rest[n]) {
		n++
	}
	if !directiveWords[rest[:n]] {
		return false
	}
	start, end := r.line, r.at
	var part [3]Token // the directive, the macro's name, what follows it
	for n = 0; r.at < len(r.text); {
		t := r.next()
		if t.Kind == Newline {
			r.line, r.fresh = t.To, true
			if r.text[end-1] != '\\' {
				break
			}
			continue
		}
		if t.Kind == Space || t.Kind == Comment {
			r.broken(t)
			continue
		}
		r.fresh = false
		end = t.To
		if n < len(part) {
			part[n] = t
			n++
		}
	}
	switch word := r.str(part[0]); {
	case word == "define" && n >= 2 && part[1].Kind == Word:
		kind := Constant
		if n == 3 && part[2].From == part[1].To && part[2].Kind == Open {
			kind = Macro
		}
		if to, ok := r.lines.signature(start, end); ok {
			r.out = append(r.out, Symbol{Kind: kind, Name: r.str(part[1]), From: start, To: to, End: max(to, r.lines.end(end))})
		}
	case strings.HasPrefix(word, "if") && len(r.conditions) < maxScopes:
		b := r.blocks[len(r.blocks)-1]
		r.conditions = append(r.conditions, condition{len(r.blocks), b.depth})
	case strings.HasPrefix(word, "el") && len(r.conditions) > 0:
		r.otherwise(r.conditions[len(r.conditions)-1])
	case word == "endif" && len(r.conditions) > 0:
		r.conditions = r.conditions[:len(r.conditions)-1]
	}
	return true
}

// A condition is what was open where an #if stands.
type condition struct{ blocks, depth int }

// otherwise goes back to what was open before the #if, where the text in front
// of the #else has opened more, because the text behind it opens that again.
func (r *reader) otherwise(c condition) {
	if len(r.blocks) == c.blocks+1 && r.blocks[c.blocks].mode == skipped {
		r.group = group{}
		r.reset()
		r.close(r.prev.To)
	}
	if len(r.blocks) == c.blocks && r.blocks[c.blocks-1].mode == skipped {
		r.blocks[c.blocks-1].depth = c.depth
	}
}
