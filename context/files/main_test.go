package files

import (
	"testing"

	"go.uber.org/goleak"
)

// No scan, however it ends, leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
