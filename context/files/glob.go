package files

import "strings"

// A glob is one compiled pattern of an ignore file, without the signs that say
// what it applies to. Its meaning is git's: it works on bytes, and "*", "?"
// and classes do not match a slash.
//
// The forms that nearly all patterns have are compared directly. The others are
// run as a set of states that is moved on byte by byte: hostile patterns such
// as "*a*a*a*a*b" cost length times length and no more.
type glob struct {
	exact  string // for globs without special signs
	suffix string // for "*" and then no special signs, in a name
	prog   []instr
	never  bool // the pattern is malformed and matches nothing
}

type op uint8

const (
	opByte op = iota // one certain byte
	opSet            // one byte of a set; never a slash
	opStar           // any bytes but slashes
	opAll            // any bytes
	opDirs           // nothing, or any bytes that end in a slash; followed by opInDirs
	opInDirs
)

type instr struct {
	op  op
	b   byte
	set *[256]bool
}

const special = `*?[\`

// compileGlob compiles pattern, for a whole path or, if inName, for a name
// without slashes. With fold, case does not matter.
func compileGlob(pattern string, inName, fold bool) glob {
	if fold {
		pattern = lowerASCII(pattern)
	}
	first := strings.IndexAny(pattern, special)
	if first < 0 {
		return glob{exact: pattern, never: pattern == ""}
	}
	if rest, ok := strings.CutPrefix(pattern, "*"); ok && inName && rest != "" && !strings.ContainsAny(rest, special) {
		return glob{suffix: rest}
	}
	var g glob
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; c {
		case '\\':
			if i++; i == len(pattern) {
				return glob{never: true}
			}
			g.prog = append(g.prog, instr{op: opByte, b: pattern[i]})
		case '?':
			g.prog = append(g.prog, instr{op: opSet, set: &anyByte})
		case '[':
			set, n := compileClass(pattern[i:], fold)
			if n == 0 {
				return glob{never: true}
			}
			g.prog = append(g.prog, instr{op: opSet, set: set})
			i += n - 1
		case '*':
			stars := len(pattern[i:]) - len(strings.TrimLeft(pattern[i:], "*"))
			// git compares what stands before the first special sign by itself,
			// and takes the rest for a pattern of its own: stars that begin it
			// stand at a beginning.
			begins := i == 0 || pattern[i-1] == '/' || i == first
			rest := pattern[i+stars:]
			i += stars - 1
			switch {
			case stars == 1 || !begins || inName:
				g.prog = append(g.prog, instr{op: opStar})
			case strings.HasPrefix(rest, "/"):
				g.prog = append(g.prog, instr{op: opDirs}, instr{op: opInDirs})
				i++ // the slash
			case rest == "" || strings.HasPrefix(rest, `\/`):
				g.prog = append(g.prog, instr{op: opAll})
			default:
				g.prog = append(g.prog, instr{op: opStar})
			}
		default:
			g.prog = append(g.prog, instr{op: opByte, b: c})
		}
	}
	return g
}

// anyByte is the set of "?".
var anyByte = func() (set [256]bool) {
	for i := range set {
		set[i] = i != '/'
	}
	return set
}()

// match reports whether the glob matches all of text.
func (g *glob) match(text string) bool {
	switch {
	case g.never:
		return false
	case g.suffix != "":
		return strings.HasSuffix(text, g.suffix)
	case g.prog == nil:
		return text == g.exact
	}
	now, next := make([]bool, len(g.prog)+1), make([]bool, len(g.prog)+1)
	g.enter(now, 0)
	for i := range len(text) {
		alive := false
		for s, in := range g.prog {
			if now[s] {
				alive = true
				g.advance(next, s, in, text[i])
			}
		}
		if !alive {
			return false
		}
		now, next = next, now
		clear(next)
	}
	return now[len(g.prog)]
}

// advance marks the states that s leads to over the byte c.
func (g *glob) advance(next []bool, s int, in instr, c byte) {
	switch in.op {
	case opByte:
		if c == in.b {
			g.enter(next, s+1)
		}
	case opSet:
		if in.set[c] {
			g.enter(next, s+1)
		}
	case opStar:
		if c != '/' {
			g.enter(next, s)
		}
	case opAll:
		g.enter(next, s)
	case opDirs, opInDirs:
		inside := s
		if in.op == opDirs {
			inside++
		}
		next[inside] = true
		if c == '/' {
			g.enter(next, inside+1)
		}
	}
}

// enter marks state s, and those that are reached from it over no byte.
func (g *glob) enter(states []bool, s int) {
	for ; s < len(g.prog); s++ {
		states[s] = true
		switch g.prog[s].op {
		case opStar, opAll:
		case opDirs:
			s++
		default:
			return
		}
	}
	states[s] = true
}

// compileClass compiles the class that begins text and returns its length, 0
// if it is malformed.
func compileClass(text string, fold bool) (*[256]bool, int) {
	var set [256]bool
	i := 1
	negated := i < len(text) && (text[i] == '!' || text[i] == '^')
	if negated {
		i++
	}
	for first, low := true, -1; ; first = false {
		if i >= len(text) {
			return nil, 0
		}
		c := text[i]
		if c == ']' && !first {
			break
		}
		switch {
		case c == '-' && low > 0 && i+1 < len(text) && text[i+1] != ']':
			if i++; text[i] == '\\' {
				if i++; i == len(text) {
					return nil, 0
				}
			}
			for b := low; b <= int(text[i]); b++ {
				set[b] = true
			}
			low = -1
		case c == '[' && i+1 < len(text) && text[i+1] == ':':
			end := strings.IndexByte(text[i+2:], ']')
			if end < 0 {
				return nil, 0
			}
			name, ok := strings.CutSuffix(text[i+2:i+2+end], ":")
			if !ok { // a set that happens to hold "[:"
				set['['], low = true, '['
				break
			}
			in, known := classes[name]
			if !known {
				return nil, 0
			}
			for b := range 128 {
				set[b] = set[b] || in(byte(b))
			}
			i += 2 + end
			low = -1
		default:
			if c == '\\' {
				if i++; i == len(text) {
					return nil, 0
				}
			}
			set[text[i]], low = true, int(text[i])
		}
		i++
	}
	if fold {
		for b := 'a'; b <= 'z'; b++ {
			set[b] = set[b] || set[b-'a'+'A']
		}
	}
	if negated {
		for b := range set {
			set[b] = !set[b]
		}
	}
	set['/'] = false
	return &set, i + 1
}

// classes are the named classes of POSIX, for ASCII.
var classes = map[string]func(b byte) bool{
	"alpha":  func(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' },
	"digit":  func(b byte) bool { return '0' <= b && b <= '9' },
	"alnum":  func(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' || '0' <= b && b <= '9' },
	"upper":  func(b byte) bool { return 'A' <= b && b <= 'Z' },
	"lower":  func(b byte) bool { return 'a' <= b && b <= 'z' },
	"xdigit": func(b byte) bool { return '0' <= b && b <= '9' || 'a' <= b|0x20 && b|0x20 <= 'f' },
	"blank":  func(b byte) bool { return b == ' ' || b == '\t' },
	"space":  func(b byte) bool { return b == ' ' || '\t' <= b && b <= '\r' },
	"cntrl":  func(b byte) bool { return b < ' ' || b == 0x7f },
	"print":  func(b byte) bool { return ' ' <= b && b < 0x7f },
	"graph":  func(b byte) bool { return ' ' < b && b < 0x7f },
	"punct": func(b byte) bool {
		return ' ' < b && b < 0x7f && !('a' <= b|0x20 && b|0x20 <= 'z' || '0' <= b && b <= '9')
	},
}

func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}
