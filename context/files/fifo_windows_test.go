package files

import "testing"

func makeFIFO(testing.TB, string) {}
