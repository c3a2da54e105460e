package messages

// The fake counts by a fixed rule, so that tests can work its figures out by
// hand: five bytes of text are two tokens on current models (2.5 bytes a token,
// rounded up for each block), and on those with the older tokenizer thirteen
// bytes are four. A block that is not text counts by its JSON. Nothing is added
// for turns. The real tokenizer is not public; only the ratio is.

// Tokens is how many tokens of a current model the fake sees in text.
func Tokens(text string) int { return (2*len(text) + 4) / 5 }

func (m spec) tokens(text string) int {
	if m.oldTokens {
		return (4*len(text) + 12) / 13
	}
	return Tokens(text)
}

func (m spec) blockTokens(b Block) int {
	if b.Type == "text" {
		return m.tokens(b.Text)
	}
	return m.tokens(string(b.Raw))
}

// promptTokens counts a whole prompt.
func promptTokens(b Body, m spec) int {
	n := 0
	for _, blk := range b.blocks() {
		n += m.blockTokens(blk)
	}
	return n
}

// blocks is the prompt in the order in which the API reads it: tools, system,
// messages.
func (b Body) blocks() []Block {
	var all []Block
	all = append(all, b.Tools...)
	all = append(all, b.System...)
	for _, m := range b.Messages {
		all = append(all, m.Content...)
	}
	return all
}
