package completion

import "slices"

// A Miss says why a request could not be answered from what is known already.
type Miss string

// The misses. Of several suggestions that are known the most telling miss
// counts, and that is the last one in this list.
const (
	MissNothing   Miss = "nothing_known" // nothing is known of this document
	MissElsewhere Miss = "elsewhere"     // what is known belongs to other places of it
	MissUsedUp    Miss = "used_up"       // all of it is in the text already, or there was nothing in it
	MissInvoked   Miss = "not_invoked"   // it was not asked for by hand, so there is one candidate alone
	MissSettings  Miss = "settings"      // it was made with another model, length or number of lines
	MissTyped     Miss = "typed_else"    // something else was typed
)

var missesByWeight = []Miss{"", MissNothing, MissElsewhere, MissUsedUp, MissInvoked, MissSettings, MissTyped}

// or is the more telling of two.
func (m Miss) or(other Miss) Miss {
	if slices.Index(missesByWeight, other) > slices.Index(missesByWeight, m) {
		return other
	}
	return m
}
