package claude

import "unicode/utf8"

// maxEncoded bounds the bytes kept by encodings. A full window is about 250 KB,
// so some ten documents can be typed in by turns without encoding anew.
const maxEncoded = 4 << 20

// encodings keeps JSON that was encoded before, by what it was made from, so
// that a keystroke encodes only the tail of its prompt. The bytes are never
// changed: requests under way read them.
type encodings struct{ *kept[encodingKey, []byte] }

// An encodingKey names what was encoded. Blocks and rules have names of their
// own, so that no block's ID can stand for the rules.
type encodingKey struct {
	rules bool
	name  string // a block's ID, or the rules themselves
}

func newEncodings(limit int) encodings {
	return encodings{newKept(limit, func(k encodingKey, json []byte) int { return len(k.name) + len(json) })}
}

// get returns the encoding named key, made by encode where it is not kept.
func (e encodings) get(key encodingKey, encode func() []byte) []byte {
	if key.name == "" {
		return encode() // a block without an ID cannot be told from others
	}
	return e.kept.get(key, encode)
}

// escapes maps the bytes that JSON demands to be escaped, and those above
// ASCII, to what is to be done about them: 0 nothing, 'u' a \u escape, 'x' look
// at the whole rune, anything else that letter after a backslash.
var escapes = func() (t [256]byte) {
	for c := range 0x20 {
		t[c] = 'u'
	}
	for c := 0x80; c <= 0xff; c++ {
		t[c] = 'x'
	}
	t['"'], t['\\'], t['\n'], t['\r'], t['\t'] = '"', '\\', 'n', 'r', 't'
	return t
}()

// appendString appends s, without quotes, as the inside of a JSON string.
// Bytes that are not UTF-8 become U+FFFD each: JSON cannot carry them and the
// API refuses the request. Unlike encoding/json it leaves <, > and & as they
// are: nobody puts a prompt into HTML, and in code the escapes cost six bytes
// for one.
func appendString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		switch esc := escapes[c]; esc {
		case 0:
			i++
			continue
		case 'x':
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				dst = append(append(dst, s[start:i]...), "\ufffd"...)
				start = i + 1
			}
			i += n
			continue
		case 'u':
			dst = append(append(dst, s[start:i]...), '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			dst = append(append(dst, s[start:i]...), '\\', esc)
		}
		i++
		start = i
	}
	return append(dst, s[start:]...)
}
