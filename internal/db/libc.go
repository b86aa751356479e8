package db

import (
	"context"
	"log/slog"
	"runtime/debug"
	"sync"

	"github.com/prom-go/prom/internal/db/sqlite"
)

var libcOnce sync.Once

// warnOfLibc writes to the log, once for each process, that SQLite and its C library do not match.
func (db *DB) warnOfLibc(ctx context.Context) {
	if _, ok := db.driver.(sqlite.Driver); !ok {
		return
	}
	libcOnce.Do(func() {
		info, _ := debug.ReadBuildInfo()
		db.tellOfLibc(ctx, sqlite.WrongLibc(info))
	})
}

func (db *DB) tellOfLibc(ctx context.Context, wrong *sqlite.Libc) {
	if wrong == nil {
		return
	}
	db.Warn(ctx, "prom: modernc.org/libc does not match modernc.org/sqlite, which may crash the program",
		slog.String("sqlite", wrong.SQLite), slog.String("libc", wrong.Have), slog.String("wanted", wrong.Want),
		slog.String("advice", "go get modernc.org/libc@"+wrong.Want+
			", or replace it by that version in go.mod if another module asks for a newer one"))
}
