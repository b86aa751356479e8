package broken

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	m.Run()
	os.Exit(3) // as for a goroutine that is left over
}

func TestPasses(*testing.T) {}
