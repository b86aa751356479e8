package promcli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/prom-go/prom"
)

// backupCommand is prom backup.
type backupCommand struct {
	File     string `arg:"" help:"The new file. It must not exist, and its folder must."`
	Check    bool   `help:"Check the copy by SQLite's quick_check before the file appears."`
	Attached string `placeholder:"NAME" help:"Copy the attached database of this name instead of the main one."`
}

// Help returns what --help shows below the flags.
func (*backupCommand) Help() string {
	return `A SQLite database is copied into a new file while programs use it:

  prom backup --dsn sqlite:///var/lib/app/app.db /backup/app-$(date +%F).db

The file appears when it is complete. For PostgreSQL there are pg_dump and pg_basebackup.`
}

// backedUp is the result of backup.
type backedUp struct {
	File    string  `json:"file"`
	Bytes   int64   `json:"bytes"`
	Seconds float64 `json:"seconds"`
}

// Run runs the command.
func (c *backupCommand) Run(ctx context.Context, e *env) error {
	db, err := e.db()
	if err != nil {
		return err
	}
	// Opening the database would make it.
	if d := db.DSN(); db.Dialect().Name() == "sqlite" {
		if _, err := os.Stat(d.Path); errors.Is(err, fs.ErrNotExist) {
			return usage("there is no database at the path of the DSN")
		}
	}
	b, start := e.newBar(), time.Now()
	opts := []prom.BackupOption{prom.BackupProgress(func(done, all int64) { b.set("backup", "pages", done, all) })}
	if c.Check {
		opts = append(opts, prom.BackupCheck())
	}
	if c.Attached != "" {
		opts = append(opts, prom.BackupAttached(c.Attached))
	}
	err = db.Backup(ctx, c.File, opts...)
	b.end()
	if err != nil {
		return err
	}
	info, err := os.Stat(c.File)
	if err != nil {
		return err
	}
	r := backedUp{c.File, info.Size(), time.Since(start).Seconds()}
	return e.print(r, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%s %s: %d bytes in %s\n", e.paint(green, "✓"), r.File, r.Bytes,
			time.Since(start).Round(10*time.Millisecond))
		return err
	})
}
