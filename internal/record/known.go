package record

import "github.com/claude-lsp/claude-lsp/internal/redact"

const (
	// knownRun is how many bytes in a row of a secret are enough to know it
	// again: a copy of its half, or its beginning in an answer of the time when
	// it was not typed to its end.
	knownRun = 8
	// shortRun is the same for its beginning, and the least. What is shorter is
	// masked where it was found alone.
	shortRun = 6
	// maxKnown bounds the runs that are remembered: those of some forty long
	// private keys.
	maxKnown = 1 << 16
)

// known are the secrets that were seen, in pieces.
type known struct {
	runs  map[string]struct{}
	pairs [1 << 16]bool // the first two bytes of each: most of a text needs no other look
}

func newKnown() *known { return &known{runs: map[string]struct{}{}} }

func (k *known) add(secret string) {
	if len(secret) < shortRun {
		return
	}
	if len(k.runs)+len(secret) > maxKnown {
		clear(k.runs)
		clear(k.pairs[:])
	}
	n := min(len(secret), knownRun)
	for i := range min(len(secret)-n+1, maxKnown) {
		k.run(secret[i : i+n])
	}
	for ; n >= shortRun; n-- { // what an answer repeated while it was typed
		k.run(secret[:n])
	}
}

func (k *known) run(s string) {
	k.runs[s] = struct{}{}
	k.pairs[pair(s)] = true
}

func pair(s string) int { return int(s[0])<<8 | int(s[1]) }

// find is where text has a piece of a known secret.
func (k *known) find(text string) []span {
	if len(k.runs) == 0 {
		return nil
	}
	var found []span
	for i := range len(text) - shortRun + 1 {
		if !k.pairs[pair(text[i:])] {
			continue
		}
		for n := shortRun; n <= knownRun && i+n <= len(text); n++ {
			if _, ok := k.runs[text[i:i+n]]; ok {
				found = append(found, span{From: i, To: i + n})
			}
		}
	}
	return redact.Merge(found)
}

// secrets is where text has a secret, or a piece of one that was seen before.
func (k *known) secrets(text string) []span {
	found := redact.Spans(text)
	for _, s := range found {
		k.add(text[s.From:s.To])
	}
	return redact.Merge(append(found, k.find(text)...))
}
