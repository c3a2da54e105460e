package completion

import (
	"bytes"
	"strings"
)

// The tags that models put round an answer, as far as they are known to. Fill
// is the one that the prompt allows. In a document where such a name is a real
// element the answer comes in a fence, and the fence wins because it is read
// first.
var wrappers = map[string]bool{
	"fill": true, "fim": true, "middle": true, "completion": true, "code": true,
	"insert": true, "insertion": true, "inserted_code": true, "new_code": true,
	"answer": true, "output": true, "result": true, "response": true,
	"suggestion": true, "snippet": true, "missing": true, "hole": true,
}

// The tags round what a model thinks aloud. Their content is no answer.
var thoughts = map[string]bool{
	"think": true, "thinking": true, "thought": true, "thoughts": true,
	"reasoning": true, "analysis": true, "scratchpad": true,
}

// isThought reports whether a tag of this name holds what is thought aloud: some
// models have names of their own for it (antthinking, think_step).
func isThought(name string) bool { return thoughts[name] || strings.Contains(name, "think") }

// longestTag is as many bytes as a tag is looked for in, so that no answer can
// make the search slow.
const longestTag = 80

// tagAtEnd finds the tag that text ends with: its name in lower case, where it
// begins, and whether it is a closing one. An opening tag may have attributes.
func tagAtEnd(text []byte) (name string, from int, closing bool) {
	far := max(0, len(text)-longestTag)
	if from = far + bytes.LastIndexByte(text[far:], '<'); from < far {
		return "", 0, false
	}
	inner := text[from+1 : len(text)-1]
	if closing = len(inner) > 0 && inner[0] == '/'; closing {
		inner = inner[1:]
	}
	n := 0
	for n < len(inner) && (wordByte(inner[n]) || inner[n] == '-') {
		n++
	}
	if rest := inner[n:]; len(rest) > 0 && (closing || rest[0] != ' ' || bytes.IndexByte(rest, '=') < 0) {
		return "", 0, false
	}
	return strings.ToLower(string(inner[:n])), from, closing
}

// tagHeadByte reads a byte behind an opening wrapper tag. A fence that follows
// is the wrapper's content; anything else is code, from its first byte on but
// for one line break.
func (f *fence) tagHeadByte(c byte) event {
	if c != '\n' {
		f.line = append(f.line, c)
		if s := f.line[leading(f.line):]; len(s) == 0 || run(s) > 0 {
			return nothing
		}
		return f.tagCode()
	}
	if f.tagHeadLine(); f.mode == inTag {
		return f.tagByte('\n')
	}
	return nothing
}

// tagHeadLine takes a whole line behind an opening wrapper tag, which is blank
// or begins like a fence. The fence takes the place of the wrapper.
func (f *fence) tagHeadLine() {
	line := f.line
	if blank(line) {
		f.line = f.line[:0]
		return
	}
	whole := f.parts
	f.parts = f.parts[:len(f.parts)-1]
	if f.opens(line) {
		f.line = f.line[:0]
		return
	}
	f.parts = whole
	f.tagCode()
}

// tagCode begins the code of a wrapper with what was held back, byte by byte,
// because the closing tag may be in it.
func (f *fence) tagCode() event {
	held := bytes.Clone(f.line)
	f.line = f.line[:0]
	f.mode = inTag
	e := nothing
	for _, c := range held {
		e = max(e, f.tagByte(c))
	}
	return e
}

// tagByte reads a byte of a wrapper's code. What may be the start of the
// closing tag is held back.
func (f *fence) tagByte(c byte) event {
	closing := "</" + f.tag + ">"
	f.line = append(f.line, c)
	for len(f.line) > 0 {
		switch held := strings.ToLower(string(f.line)); {
		case held == closing:
			f.line = f.line[:0]
			return f.close()
		case strings.HasPrefix(closing, held):
			return nothing
		}
		first := f.line[0]
		f.line = f.line[1:]
		if first == '\n' {
			f.pending++
			return codeLine // a line break is never held back, so nothing follows it
		}
		f.emit([]byte{first})
	}
	return nothing
}

// thoughtByte reads a byte of what the model thinks aloud.
func (f *fence) thoughtByte(c byte) event {
	if len(f.line) >= 2*longestTag {
		f.line = append(f.line[:0], f.line[longestTag:]...)
	}
	f.line = append(f.line, c)
	if c != '>' {
		return nothing
	}
	if name, _, closing := tagAtEnd(f.line); closing && name == f.tag {
		f.line = f.line[:0]
		f.mode = inText
	}
	return nothing
}

// wordByte reports whether c may stand in a name. Bytes of letters beyond
// ASCII count: most languages allow them.
func wordByte(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}
