package completion

import "slices"

// Which part of an answer is the code for the cursor? A model was asked for one
// fence, so what is marked off is meant, and what is not is talk, whatever it
// looks like. Of several marked parts the first one that has something to
// insert is taken: a part that only shows the surroundings is all echo and
// vanishes while it is fitted in, and examples of use come last. Only an answer
// that marks nothing off is looked at for bare code, and one that begins with
// what can only be code, and shows a fence later, as an example.

// candidateParts are the indexes of the parts that may be the code, the
// likeliest first.
func candidateParts(p *place, parts []part) []int {
	var marked []int
	for i, part := range parts {
		if part.kind != partText {
			marked = append(marked, i)
		}
	}
	if len(marked) == 0 {
		if len(parts) > 0 {
			return []int{0}
		}
		return nil
	}
	if parts[0].kind == partText && codeLike(p.lang, firstLine(string(parts[0].text))) {
		return slices.Insert(marked, 0, 0)
	}
	return marked
}

// A fitted is one suggestion for a place: text takes the place of the first to
// bytes behind the cursor.
type fitted struct {
	text string
	to   int
}

// choose fits at most limit different suggestions from the parts of an answer
// into p. ended says that no more of the answer will come, and cut that it
// breaks off somewhere in its last part. The names are those of the steps that
// changed or dropped something, each once; where nothing is found, the last one
// is the step that dropped the last part that was tried.
func choose(p *place, parts []part, want form, limit int, ended, cut bool) (found []fitted, names []string) {
	p.prepare()
	for _, i := range candidateParts(p, parts) {
		part := parts[i]
		if part.kind == partText && !ended {
			continue // a fence may still come
		}
		open := i == len(parts)-1 && !part.closed
		fit, ok, changed := p.polish(draft{
			kind: part.kind, info: part.info, text: string(part.text), form: want,
			open: !part.closed && part.kind == partFenced, growing: open && !ended, cut: open && ended && cut,
		})
		for i, name := range changed {
			if last := !ok && i == len(changed)-1; last {
				names = slices.DeleteFunc(names, func(n string) bool { return n == name })
			}
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		if f := (fitted{fit.text, fit.to}); ok && !slices.Contains(found, f) {
			found = append(found, f)
			if len(found) == limit {
				break
			}
		}
	}
	return found, names
}
