package prom_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/prom-go/prom"
)

// Reader is stored in a file that the program has opened by database/sql.
type Reader struct {
	ID   int64 `prom:"key,auto"`
	Name string
}

// A program that has a *sql.DB of a SQLite file gives it to prom, which opens the file once more, with the same
// PRAGMAs.
func ExampleOpenSQL() {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "join")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	handle, err := sql.Open("sqlite", "file:"+filepath.Join(folder, "library.db")+"?_pragma=journal_mode(wal)")
	if err != nil {
		log.Fatal(err)
	}
	defer handle.Close()

	db, err := prom.OpenSQL(ctx, "library", handle)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	readers := prom.NewRepo[Reader](prom.Using(db))
	if err := readers.Create(ctx, &Reader{Name: "Ada"}); err != nil {
		log.Fatal(err)
	}

	var name string
	if err := handle.QueryRowContext(ctx, `SELECT name FROM reader`).Scan(&name); err != nil {
		log.Fatal(err)
	}
	fmt.Println(name)
	// Output: Ada
}
