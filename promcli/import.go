package promcli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/transfer"
)

// importCommand is prom import.
type importCommand struct {
	File       string            `arg:"" help:"The file, .csv or .jsonl; - is the standard input."`
	Table      string            `arg:"" help:"The table."`
	Format     string            `enum:"csv,jsonl," default:"" placeholder:"csv|jsonl" help:"The format, where the file's name does not tell it."`
	Map        map[string]string `placeholder:"NAME=COLUMN" help:"The column of a name in the file; nothing behind the sign leaves it out."`
	OnConflict string            `enum:"fail,skip,update" default:"fail" help:"A row that is there already: fail rejects, skip keeps, update overwrites by the primary key."`
	Null       string            `placeholder:"TEXT" help:"What CSV has for NULL, without quotes; without it, nothing between two commas."`
	Delimiter  string            `default:"," help:"What is between the fields of CSV, a character; tab for a tabulator."`
	Rejects    string            `placeholder:"FILE" help:"The file of the rows that are refused; without it, that of the rows with .rejects.jsonl behind its name."`
}

// Help returns what --help shows below the flags.
func (*importCommand) Help() string {
	return `The first line of CSV, and the keys of JSON lines, name the columns:

  prom import book.csv book
  prom import people.csv person --map 'Full name=name' --map 'Fax=' --on-conflict update
  zcat book.jsonl.gz | prom import - book --format jsonl --rejects book.rejects.jsonl

Values are read by the types of the columns. Rows that the rules of the model's tags, or the database, refuse are
written into a file, each with its line and the reason, and the others are imported: then the exit code is 1. All rows
are imported in one transaction: when it is interrupted, none.`
}

// Run runs the command.
func (c *importCommand) Run(ctx context.Context, e *env) error {
	o := transfer.ImportOptions{Format: transfer.Format(c.Format), Null: c.Null, Columns: c.Map,
		OnConflict: transfer.Conflict(c.OnConflict)}
	switch {
	case c.Delimiter == "tab" || c.Delimiter == `\t`:
		o.Comma = '\t'
	case len(c.Delimiter) == 1 && c.Delimiter != `"` && c.Delimiter != "\n" && c.Delimiter != "\r":
		o.Comma = c.Delimiter[0]
	default:
		return usage("--delimiter must be one character of ASCII, and no quote: a comma, a semicolon or tab")
	}
	if o.Format == "" {
		switch filepath.Ext(c.File) {
		case ".csv", ".tsv", ".txt":
			o.Format = transfer.CSV
		case ".jsonl", ".ndjson":
			o.Format = transfer.Lines
		default:
			return usage("the name of the file does not tell its format: say --format csv or --format jsonl")
		}
	}
	in, size, rejects := e.in, int64(0), c.Rejects
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer f.Close() //nolint:errcheck // it was read
		if info, err := f.Stat(); err == nil {
			size = info.Size()
		}
		in = f
		if rejects == "" {
			rejects = c.File + ".rejects.jsonl"
		}
	} else if rejects == "" {
		return usage("name the file of refused rows with --rejects, since the rows come from the standard input")
	}
	on, tables, err := e.rowsOf(ctx, c.Table)
	if err != nil {
		return err
	}
	b := e.newBar()
	if b != nil {
		o.Tell = func(_, read int64) { b.set("import "+c.Table, "bytes", read, size) }
	}
	refused := &rejectFile{name: rejects}
	o.Reject = refused.write
	done, err := transfer.Import(ctx, (*db.DB)(on), in, tables[0], o)
	b.end()
	if err = errors.Join(err, refused.close()); err != nil {
		return err
	}
	result := struct {
		transfer.Imported
		Rejects string `json:"rejects,omitempty"`
	}{Imported: done}
	if done.Rejected > 0 {
		result.Rejects = rejects
	}
	err = e.print(result, func(w io.Writer) error {
		text := fmt.Sprintf("%s %s into %s", e.paint(green, "✓"), rowsOf(int64(done.Rows)), c.Table)
		if done.Skipped > 0 {
			text += fmt.Sprintf(", %d were there already", done.Skipped)
		}
		_, err := fmt.Fprintln(w, text)
		return err
	})
	if err == nil && done.Rejected > 0 {
		err = fmt.Errorf("refused %s; %s has them, with the reasons: correct the rows, and import them",
			rowsOf(int64(done.Rejected)), rejects)
	}
	return err
}

// rejectFile is the file of refused rows, which is made when there is one.
type rejectFile struct {
	name string
	f    *os.File
	w    *bufio.Writer
}

func (r *rejectFile) write(reject transfer.Reject) error {
	if r.f == nil {
		if err := os.MkdirAll(filepath.Dir(r.name), 0o777); err != nil {
			return err
		}
		f, err := os.OpenFile(r.name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) // it holds data
		if err != nil {
			return err
		}
		r.f, r.w = f, bufio.NewWriter(f)
	}
	text, err := json.Marshal(reject)
	if err == nil {
		_, err = r.w.WriteString(strings.TrimSpace(string(text)) + "\n")
	}
	return err
}

func (r *rejectFile) close() error {
	if r.f == nil {
		return nil
	}
	return errors.Join(r.w.Flush(), r.f.Close())
}
