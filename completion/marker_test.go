package completion

import "testing"

// A mark in front of the cursor (of a comment, a list item, a heading) holds no
// name; an answer repeats it all the same.
func TestMarkersAreNotRepeated(t *testing.T) {
	check(t, "go", []fit{
		{"a comment", "// ‸\nfunc A() {}\n", fenced("// A does nothing."), "// A does nothing.‸\nfunc A() {}\n"},
		{"a comment without a blank", "//‸\nfunc A() {}\n", fenced("// A does nothing."), "// A does nothing.‸\nfunc A() {}\n"},
		{"an operator", "\tx := -‸\n", fenced("- y"), "\tx := -- y‸\n"},
	})
	check(t, "python", []fit{
		{"a comment in a block", "def f():\n    # ‸\n    return 1\n", fenced("    # Gives one."), "def f():\n    # Gives one.‸\n    return 1\n"},
		{"another mark", "# ‸\n", fenced("## a heading"), "# ## a heading‸\n"},
	})
	check(t, "yaml", []fit{
		{"items", "a:\n  - x\n  - ‸\n", fenced("  - y\n  - z"), "a:\n  - x\n  - y\n  - z‸\n"},
		{"items at the margin", "a:\n  - x\n  - ‸\n", fenced("- y\n- z"), "a:\n  - x\n  - y\n  - z‸\n"},
	})
	check(t, "markdown", []fit{
		{"items", "* one\n* ‸\n", fenced("* two\n* three"), "* one\n* two\n* three‸\n"},
		{"an item of another list", "* ‸\n", fenced("- two"), "* - two‸\n"},
		{"a number", "1. one\n2. ‸\n", fenced("2. two"), "1. one\n2. two‸\n"},
		{"a task", "- [ ] a\n- [ ] ‸\n", fenced("- [ ] b"), "- [ ] a\n- [ ] b‸\n"},
		{"a heading", "# A\n\n## ‸\n", fenced("## Install"), "# A\n\n## Install‸\n"},
	})
}
