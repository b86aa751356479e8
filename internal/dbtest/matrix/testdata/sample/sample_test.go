package sample

import (
	"os"
	"testing"
)

func TestPasses(t *testing.T) {
	t.Run("sub", func(*testing.T) {})
	if os.Getenv("PROM_TEST_BIN") == "" || os.Getenv("PROM_TEST_ENGINE") != "postgres" {
		t.Error("the environment")
	}
}

func TestFails(t *testing.T) {
	t.Log("quiet")
	t.Run("sub", func(t *testing.T) { t.Error("on purpose") })
}

func TestIsLeftOut(t *testing.T) { t.Skip("on purpose") }
