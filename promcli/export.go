package promcli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/transfer"
	"github.com/prom-go/prom/schema"
)

// exportCommand is prom export.
type exportCommand struct {
	Table  string `arg:"" optional:"" help:"The table."`
	All    bool   `help:"All tables, into a folder, a file for each."`
	Format string `enum:"csv,jsonl," default:"" placeholder:"csv|jsonl" help:"The format; without it, that of the file's name, or csv."`
	Output string `name:"output" short:"o" placeholder:"FILE" help:"The file, or with --all the folder; without it, the standard output."`
	Null   string `placeholder:"TEXT" help:"What CSV has for NULL, without quotes; without it, nothing between two commas."`
}

// Help returns what --help shows below the flags.
func (*exportCommand) Help() string {
	return `Rows of a table, in the order of its key, as prom import reads them:

  prom export book -o book.csv
  prom export book --format jsonl | gzip > book.jsonl.gz
  prom export --all --format jsonl -o folder

All tables are read in one snapshot. In CSV a NULL is nothing between two commas, and an empty text is "". Times are in
UTC, bytes in CSV are \x and hexadecimal digits, in JSON lines base64. A file holds the data: mind where it goes.`
}

// exported is the result of export.
type exported struct {
	Tables []exportedTable `json:"tables"`
}

type exportedTable struct {
	Table string `json:"table"`
	File  string `json:"file,omitempty"`
	Rows  int64  `json:"rows"`
}

// Run runs the command.
func (c *exportCommand) Run(ctx context.Context, e *env) error {
	switch {
	case c.All == (c.Table != ""):
		return usage("name a table, or say --all")
	case c.All && c.Output == "":
		return usage("--all writes a file for each table: name the folder with -o")
	case strings.ContainsAny(c.Null, ",\"\r\n"):
		return usage("--null must not hold a comma, a quote or the end of a line")
	}
	format := transfer.Format(c.Format)
	if format == "" {
		if format = transfer.CSV; strings.HasSuffix(c.Output, ".jsonl") {
			format = transfer.Lines
		}
	}
	on, tables, err := e.rowsOf(ctx, c.Table)
	if err != nil {
		return err
	}
	b := e.newBar()
	defer b.end()
	var done exported
	err = transfer.Snapshot(ctx, (*db.DB)(on), func(ctx context.Context) error {
		for _, t := range tables {
			o := transfer.ExportOptions{Format: format, Null: c.Null}
			if b != nil {
				o.Tell = func(rows, of int64) { b.set("export "+t.Name, "rows", rows, of) }
			}
			file := c.Output
			if c.All {
				file = filepath.Join(c.Output, fileName(t.Name)+"."+string(format))
			}
			rows, err := e.export(ctx, (*db.DB)(on), file, t, o)
			if err != nil {
				return err
			}
			done.Tables = append(done.Tables, exportedTable{t.Name, file, rows})
		}
		return nil
	})
	b.end()
	if err != nil || c.Output == "" {
		return err
	}
	return e.print(done, func(w io.Writer) error {
		for _, t := range done.Tables {
			if _, err := fmt.Fprintf(w, "%s %s: %d rows in %s\n", e.paint(green, "✓"), t.Table, t.Rows, t.File); err != nil {
				return err
			}
		}
		return nil
	})
}

// export writes a table into a file, which is there as a whole or not at all; "" is the standard output.
func (e *env) export(ctx context.Context, on *db.DB, file string, t *schema.Table,
	o transfer.ExportOptions) (rows int64, err error) {
	if file == "" {
		return transfer.Export(ctx, on, e.out, t, o)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return 0, err
	}
	f, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*")
	if err != nil {
		return 0, err
	}
	rows, err = transfer.Export(ctx, on, f, t, o)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return rows, err
}

// fileName returns the name of a table as the name of a file.
func fileName(table string) string {
	return strings.Map(func(r rune) rune {
		if r == '/' || r == '\\' || r == os.PathSeparator || r < ' ' {
			return '_'
		}
		return r
	}, table)
}

// rowsOf returns the connection and the tables of a command about rows: those of models where the program has them,
// else what is found; all of them when no table is named.
func (e *env) rowsOf(ctx context.Context, name string) (on *prom.DB, tables []*schema.Table, err error) {
	if len(e.repos) > 0 && e.flags.DSN == "" {
		repos, err := e.models()
		if err != nil {
			return nil, nil, err
		}
		for _, r := range repos {
			if name != "" && r.Schema().Name != name {
				continue
			}
			of, err := r.DB()
			switch {
			case err != nil:
				return nil, nil, err
			case on != nil && on != of:
				return nil, nil, usage("the models use several connections: choose one with --on")
			}
			on, tables = of, append(tables, r.Schema())
		}
		if tables != nil {
			return on, tables, nil
		}
	}
	if on, err = e.db(); err != nil {
		return nil, nil, err
	}
	names := []string{name}
	if name == "" {
		if names, err = on.Tables(ctx); err != nil {
			return nil, nil, err
		}
	}
	for _, name := range names {
		t, err := transfer.TableOf(ctx, (*db.DB)(on), name)
		if err != nil {
			return nil, nil, err
		}
		for _, r := range e.repos { // of another connection than its own
			if r.Schema().Name == name {
				t = r.Schema()
			}
		}
		tables = append(tables, t)
	}
	return on, tables, nil
}
