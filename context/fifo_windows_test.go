package doccontext

import "testing"

func makeFIFO(testing.TB, string) {}
