package editors

import "testing"

func TestKakouneTypeSeeAccept(t *testing.T) {
	w := newWorld(t, writes(authorOfAdd))
	k := startKakoune(t, w, w.write("sums.c", addingInC))
	k.inserts("3")
	k.types("ret")
	k.sees("return a + b;")
	k.accepts()
	k.saves(returnsInC)
}
