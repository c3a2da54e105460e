package credentials_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// TestMain lets the test's own binary be the command that prints a key.
func TestMain(m *testing.M) {
	if os.Getenv("CREDENTIALS_TEST_COMMAND") == "" {
		goleak.VerifyTestMain(m)
		return
	}
	switch arg := os.Args[len(os.Args)-1]; arg {
	case "where":
		dir, _ := os.Getwd()
		fmt.Println(strings.ReplaceAll(dir, " ", "_"))
	case "fail":
		fmt.Println("k-printed")
		fmt.Fprintln(os.Stderr, "k-secret of the error")
		os.Exit(3)
	case "hang":
		time.Sleep(time.Hour)
	case "flood":
		fmt.Print(strings.Repeat("a key that has no end ", 100_000))
	case "read":
		n, err := os.Stdin.Read(make([]byte, 1))
		fmt.Printf("k-%d-%v\n", n, err)
	default:
		fmt.Println(arg)
	}
}
