package dropin

import "slices"

// allRows is the table, in its order.
func allRows() []row {
	rows := slices.Concat(inlineRows(), eventRows(), panelRows(), contextRows(), networkRows(), statusRows(), settingRows(), processRows())
	slices.SortFunc(rows, func(a, b row) int { return a.n - b.n })
	return rows
}
