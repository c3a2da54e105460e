package syntax

// Where text is broken, its indentation tells what belongs together.

// recover ends what a definition in the given column cannot stand in.
func (r *reader) recover(column int) {
	if column <= r.column && (r.group.open != 0 || len(r.head) > 0 && !r.onlyModifiers()) {
		r.finish()
	}
	for len(r.blocks) > 1 {
		b := r.blocks[len(r.blocks)-1]
		if b.mode == outer && column >= b.column || column > b.column {
			break
		}
		r.finish()
		r.close(r.prev.To)
	}
}

// misplaced sees whether a closing bracket } that is the first on its line fits
// what is open. It ends what stands deeper than it, because that lacks an end,
// and reports whether the bracket stands deeper than all that it could end.
func (r *reader) misplaced() bool {
	if g := &r.group; g.open != 0 {
		if r.indent == r.column && g.open == '{' {
			g.depth = 1
		}
		if r.indent >= r.column {
			return false
		}
		r.abandon()
	}
	for len(r.blocks) > 1 {
		b := &r.blocks[len(r.blocks)-1]
		if b.mode == skipped && r.indent <= b.column {
			b.depth = 0
		}
		if r.indent >= min(b.column, b.brace) {
			return b.depth == 0 && r.indent > max(b.column, b.brace)
		}
		r.finish()
		r.close(r.prev.To)
	}
	return false
}

// onlyModifiers reports whether the statement has not come to what it defines.
func (r *reader) onlyModifiers() bool {
	for _, t := range r.head {
		if t.Kind == Word && !r.g.modifiers[r.str(t)] {
			h := r.head // template <class T> is one too
			return r.str(h[0]) == "template" && r.angle == 0 && r.text[h[len(h)-1].To-1] == '>'
		}
	}
	return true
}

// abandon ends a group that was never closed; what it began with still tells
// what the statement is.
func (r *reader) abandon() {
	if g := r.group; g.open != 0 && !g.drop {
		r.push(Token{Open, g.from, max(r.prev.To, g.from+1)})
	}
	r.group = group{}
}
