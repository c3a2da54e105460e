package completion

import (
	"strings"
)

// element takes the text out of elements that are all round an answer and of
// names that the document knows no tag of: <response><code>…</code></response>,
// with attributes or a CDATA section or without. Of several inside one, the one
// that its name and its content say is the text.
func (p *place) element(s string) (string, bool) {
	if p.hasTags() && !p.strangeTag(s) {
		return "", false
	}
	name, inner, behind, ok := cutElement(s)
	if !ok || behind != "" || p.knowsTag(name) {
		return "", false
	}
	inner, data := cutData(inner)
	if data {
		return inner, true
	}
	var fields []field
	for rest := strings.TrimSpace(inner); strings.HasPrefix(rest, "<"); {
		name, content, behind, ok := cutElement(rest)
		if !ok || p.knowsTag(name) {
			fields = nil
			break
		}
		content, _ = cutData(content)
		fields = append(fields, field{name, content})
		rest = strings.TrimSpace(behind)
		if rest != "" && rest[0] != '<' {
			fields = nil
		}
	}
	if text, ok := theText(p, fields); ok {
		return text, true
	}
	return strings.Trim(inner, "\n"), true
}

// hasTags reports whether elements are the language's own.
func (p *place) hasTags() bool {
	id := p.lang.ID()
	return markup[id] || proseLanguages[id] || id == "javascript"
}

// startsElement reports whether s begins with a tag alone on its line.
func startsElement(s string) bool {
	line, _, _ := strings.Cut(s, "\n")
	if !strings.HasSuffix(line, ">") {
		return false
	}
	name, from, closing := tagAtEnd([]byte(line))
	return name != "" && from == 0 && !closing
}

// strangeTag reports whether s, an answer in a language of elements, begins
// with a tag that only an answer has: one with a name that answers have for
// their text and no vocabulary has for its elements, or, outside of XML, with a
// CDATA section or an underscore.
func (p *place) strangeTag(s string) bool {
	name, inner, _, ok := cutElement(s)
	if !ok || name != strings.ToLower(name) {
		return false
	}
	if p.lang.ID() != "xml" && (strings.Contains(name, "_") || strings.Contains(inner, "<![CDATA[")) {
		return true
	}
	return answers[name] || name == "answer" || name == "response" || name == "fim"
}

// knowsTag reports whether the document has a tag of this name.
func (p *place) knowsTag(name string) bool {
	return strings.Contains(p.before, "<"+name) || strings.Contains(p.after, "<"+name) || strings.Contains(p.after, "</"+name)
}

// cutElement parts s, which begins with an element, into it and what follows.
// The name has letters, digits, _, - and : in it.
func cutElement(s string) (name, inner, behind string, ok bool) {
	end := strings.IndexByte(s, '>')
	if end < 2 || s[0] != '<' || end > 2*longestTag {
		return "", "", "", false
	}
	name, attributes, some := strings.Cut(s[1:end], " ")
	if name == "" || strings.IndexFunc(name, func(r rune) bool { return !isWord(r) && r != '-' && r != ':' && r != '.' }) >= 0 ||
		some && !strings.Contains(attributes, "=") {
		return "", "", "", false
	}
	inner, behind, ok = strings.Cut(s[end+1:], "</"+name+">")
	return name, inner, behind, ok
}

// cutData takes the content out of a CDATA section.
func cutData(s string) (string, bool) {
	inner, ok := strings.CutPrefix(strings.TrimSpace(s), "<![CDATA[")
	if !ok {
		return s, false
	}
	inner, ok = strings.CutSuffix(inner, "]]>")
	return strings.Trim(inner, "\n"), ok
}
