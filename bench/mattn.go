//go:build cgo

package main

import (
	"context"
	"fmt"

	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"
)

func init() {
	register(&Library{
		Name: "mattn (cgo)", Engine: SQLite, Module: "github.com/mattn/go-sqlite3", Times: spacedTimes,
		About: "database/sql with statements that were prepared once; SQLite in C",
		Open: func(ctx context.Context, at Place) (*Peer, error) {
			return openPrepared(ctx, "sqlite3", fmt.Sprintf("file:%s?_txlock=immediate&_journal_mode=WAL&_synchronous=%s&_busy_timeout=10000"+
				"&_foreign_keys=1&_cache_size=-%d", at.File, at.synchronous(), sqliteCache), at.Conns)
		},
	})
}
