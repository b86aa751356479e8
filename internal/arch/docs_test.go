package arch_test

import (
	"os"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// Ensure that docs/architecture.md shows the arrows that the table arrows allow.
func TestDocs(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	page, err := os.ReadFile("../../docs/architecture.md")
	is.NoErr(err)
	short := strings.NewReplacer("prom (root)", ".", "modernc.org/sqlite", modernc, "squirrel", squirrel, "uuid", uuid, "pgx", pgx)
	shown := map[string]string{}
	for line := range strings.Lines(string(page)) {
		if from, to, ok := strings.Cut(line, "→"); ok && !strings.HasPrefix(line, "|") && !strings.Contains(from, ":") {
			shown[short.Replace(strings.TrimSpace(from))] = short.Replace(strings.TrimSpace(to))
		}
	}
	for from, to := range arrows {
		if strings.HasPrefix(from, "internal/dbtest") || from == "internal/arch" || from == "internal/parity" {
			continue // they serve tests
		}
		is.Equal(from+": "+shown[from], from+": "+strings.Join(to, ", "))
	}
}
