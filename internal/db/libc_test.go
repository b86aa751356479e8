package db

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/sqlite"
)

// Ensure that a modernc.org/libc that does not match is told to the log with the versions and the remedy.
func TestWarningOfLibc(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var out bytes.Buffer
	r := &Registry{}
	r.SetOptions(Logger(slog.New(slog.NewTextHandler(&out, nil))))
	db, err := r.Open("sqlite://:memory:")
	is.NoErr(err)
	t.Cleanup(func() { is.NoErr(db.Close()) })
	is.NoErr(db.Ping(t.Context()))
	is.Equal(out.String(), "") // this build is right
	db.tellOfLibc(t.Context(), nil)
	is.Equal(out.String(), "")
	db.tellOfLibc(t.Context(), &sqlite.Libc{SQLite: "v1.62.0", Have: "v1.99.0", Want: "v1.80.1"})
	for _, part := range []string{"level=WARN", "sqlite=v1.62.0", "libc=v1.99.0", "go get modernc.org/libc@v1.80.1"} {
		is.True(strings.Contains(out.String(), part))
	}
}
