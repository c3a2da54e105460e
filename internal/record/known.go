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
type known map[string]struct{}

func (k known) add(secret string) {
	if len(secret) < shortRun {
		return
	}
	if len(k)+len(secret) > maxKnown {
		clear(k)
	}
	n := min(len(secret), knownRun)
	for i := range min(len(secret)-n+1, maxKnown) {
		k[secret[i:i+n]] = struct{}{}
	}
	for ; n >= shortRun; n-- { // what an answer repeated while it was typed
		k[secret[:n]] = struct{}{}
	}
}

// find is where text has a piece of a known secret.
func (k known) find(text string) []span {
	if len(k) == 0 {
		return nil
	}
	var found []span
	for i := range text {
		for n := shortRun; n <= knownRun && i+n <= len(text); n++ {
			if _, ok := k[text[i:i+n]]; ok {
				found = append(found, span{From: i, To: i + n})
			}
		}
	}
	return redact.Merge(found)
}

// secrets is where text has a secret, or a piece of one that was seen before.
func (k known) secrets(text string) []span {
	found := redact.Spans(text)
	for _, s := range found {
		k.add(text[s.From:s.To])
	}
	return redact.Merge(append(found, k.find(text)...))
}
