package index

import "slices"

// postings says for each key which files have it, in rising order.
type postings map[uint32][]int32

func (p postings) add(key uint32, id int32) {
	list := p[key]
	if i, ok := slices.BinarySearch(list, id); !ok {
		p[key] = slices.Insert(list, i, id)
	}
}

func (p postings) remove(key uint32, id int32) {
	list := p[key]
	i, ok := slices.BinarySearch(list, id)
	switch {
	case !ok:
	case len(list) == 1:
		delete(p, key)
	default:
		p[key] = slices.Delete(list, i, i+1)
	}
}

// change takes a file from the keys that it had alone before, and adds it to
// those that it has alone now. Both lists rise.
func (p postings) change(id int32, before, now []uint32) {
	for len(before) > 0 || len(now) > 0 {
		switch {
		case len(now) == 0 || len(before) > 0 && before[0] < now[0]:
			p.remove(before[0], id)
			before = before[1:]
		case len(before) == 0 || now[0] < before[0]:
			p.add(now[0], id)
			now = now[1:]
		default:
			before, now = before[1:], now[1:]
		}
	}
}

// keys returns a list that rises, each key once.
func keys(list []uint32) []uint32 {
	slices.Sort(list)
	return slices.Compact(list)
}
