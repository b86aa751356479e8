package prom_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/prom-go/prom"
)

// A SQLite database is copied into a file that a program can open.
func ExampleDB_Backup() {
	ctx := context.Background()
	folder, _ := os.MkdirTemp("", "prom")
	defer os.RemoveAll(folder)
	var registry prom.Registry
	db, _ := registry.Open("sqlite://:memory:")
	defer registry.Close()
	venues := prom.NewRepo[Venue](prom.Using(db))
	_ = venues.Create(ctx, &Venue{Name: "Hall", Seats: 100})

	now, w := time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC), io.Discard
	file := filepath.Join(folder, "shop-"+now.Format(time.DateOnly)+".db")
	err := db.Backup(ctx, file, prom.BackupCheck(), prom.BackupProgress(func(done, all int64) {
		fmt.Fprintf(w, "%d of %d pages\n", done, all)
	}))
	if err != nil {
		fmt.Println(err)
	}

	copied, _ := registry.Open("sqlite://" + filepath.ToSlash(file) + "#copy")
	v, err := venues.Using(copied).Query().First(ctx)
	fmt.Println(filepath.Base(file), v.Name, err)
	// Output: shop-2024-05-01.db Hall <nil>
}
