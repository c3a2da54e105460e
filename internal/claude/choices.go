package claude

import (
	"maps"
	"slices"
)

// Models are the ids that a person may choose from, in alphabetical order: the
// known models that can answer without thinking first.
func Models() []string {
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(known)) {
		if known[id].thinking != always {
			ids = append(ids, id)
		}
	}
	return ids
}
