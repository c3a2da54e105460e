package planted

// A Finder looks for the pieces of many secrets in one pass over a text.
type Finder struct {
	begins [1 << 16]bool      // whether a piece begins with these two bytes
	pieces map[string][]piece // by their first minPart bytes
}

type piece struct{ kind, text string }

// NewFinder returns a Finder of secrets.
func NewFinder(secrets []Secret) *Finder {
	f := &Finder{pieces: map[string][]piece{}}
	for _, s := range secrets {
		for _, part := range s.Parts {
			f.begins[int(part[0])<<8|int(part[1])] = true
			head := part[:minPart]
			f.pieces[head] = append(f.pieces[head], piece{s.Kind, part})
		}
	}
	return f
}

// Find returns the first secret of which a piece is in text, and where.
func (f *Finder) Find(text []byte) (kind string, at int, found bool) {
	for i := 0; i+minPart <= len(text); i++ {
		if !f.begins[int(text[i])<<8|int(text[i+1])] {
			continue
		}
		for _, p := range f.pieces[string(text[i:i+minPart])] {
			if rest := text[i:]; len(rest) >= len(p.text) && string(rest[:len(p.text)]) == p.text {
				return p.kind, i, true
			}
		}
	}
	return "", 0, false
}
