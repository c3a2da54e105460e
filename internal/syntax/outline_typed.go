package syntax

// typedef defines the name that stands behind a type.
func (r *reader) typedef(k keyword, i int, opened bool) definition {
	return definition{kind: k.kind, mode: k.body}
}
