package document

// CommonPrefix returns how many bytes d and other have in common from their
// starts. Versions of one document share pieces, which are equal without being
// read: it costs what an edit has touched, and a look at each piece's address.
func (d *Document) CommonPrefix(other *Document) Offset {
	i := 0
	for i < len(d.text) && i < len(other.text) && d.text[i].piece == other.text[i].piece {
		i++
	}
	if i == len(d.text) || i == len(other.text) {
		return min(d.Len(), other.Len())
	}
	at := d.text[i].at // the same in both: all before it is shared
	a, b := d.text[i:], other.text[i:]
	for len(a) > 0 && len(b) > 0 {
		s, t := a[0].text[at-a[0].at:], b[0].text[at-b[0].at:]
		n := min(len(s), len(t))
		if s[:n] != t[:n] {
			for i := range n {
				if s[i] != t[i] {
					return at + Offset(i)
				}
			}
		}
		at += Offset(n)
		if n == len(s) {
			a = a[1:]
		}
		if n == len(t) {
			b = b[1:]
		}
	}
	return at
}

// CommonSuffix returns how many bytes d and other have in common from their
// ends; see CommonPrefix. The two may overlap: the text between two equal runs
// may have been taken out anywhere in them.
func (d *Document) CommonSuffix(other *Document) Offset {
	a, b := d.text, other.text
	for len(a) > 0 && len(b) > 0 && a[len(a)-1].piece == b[len(b)-1].piece {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	common := d.Len() - a.len()
	endA, endB := a.len(), b.len() // what is not known yet to be common
	for len(a) > 0 && len(b) > 0 {
		last, next := a[len(a)-1], b[len(b)-1]
		s, t := last.text[:endA-last.at], next.text[:endB-next.at]
		n := min(len(s), len(t))
		s, t = s[len(s)-n:], t[len(t)-n:]
		if s != t {
			for i := n - 1; i >= 0; i-- {
				if s[i] != t[i] {
					return common + Offset(n-1-i)
				}
			}
		}
		common, endA, endB = common+Offset(n), endA-Offset(n), endB-Offset(n)
		if endA == last.at {
			a = a[:len(a)-1]
		}
		if endB == next.at {
			b = b[:len(b)-1]
		}
	}
	return common
}
