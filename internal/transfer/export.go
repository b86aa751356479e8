package transfer

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// Format is the form of a file of rows.
type Format string

// The formats.
const (
	CSV   Format = "csv"
	Lines Format = "jsonl"
)

// TableOf declares a table as the database has it.
func TableOf(ctx context.Context, of *db.DB, name string) (*schema.Table, error) {
	found, err := of.Describe(ctx, name)
	if err != nil {
		return nil, err
	}
	declared, _ := schema.Declare([]string{name}, []schema.Found{found}, true)
	for i, c := range declared[0].Columns { // of a type that is none of a column is a text
		if found.Columns[i].Kind == schema.Null && !found.FoldNames {
			c.Kind = schema.Text
		}
	}
	return declared[0], nil
}

// ExportOptions are how [Export] writes.
type ExportOptions struct {
	Format Format
	Null   string // the text of CSV for NULL, without quotes
	Tell   func(rows, of int64)
}

// Export writes all rows of a table, soft-deleted ones too, in the order of its key. It reads one snapshot, that of the
// transaction of ctx if there is one.
func Export(ctx context.Context, of *db.DB, w io.Writer, t *schema.Table, o ExportOptions) (rows int64, err error) {
	from := sideOf(of)
	all := &table{Table: t, cols: t.Columns, key: t.Key}
	for _, c := range t.Columns {
		if c.Kind == schema.Any && o.Format == CSV {
			return 0, fmt.Errorf("prom: export %s: column %s: %w", t.Name, c.Name, errAny)
		}
	}
	ctx = of.Unlimited(ctx)
	b := bufio.NewWriterSize(w, 64<<10)
	run := func(ctx context.Context) error {
		if err := from.settle(ctx); err != nil {
			return err
		}
		about := int64(0)
		if o.Tell != nil {
			if about, err = from.number(ctx, t.Name, from.d.RowCount(t.Name)); err != nil {
				return err
			}
		}
		line := lineWriter{cols: t.Columns, o: o}
		if _, err := b.Write(line.head()); err != nil {
			return fmt.Errorf("prom: export %s: %w", t.Name, err)
		}
		return from.rows(ctx, all, true, nil, func(values []schema.Value) error {
			text, err := line.row(values)
			if err == nil {
				_, err = b.Write(text)
			}
			if err != nil {
				return fmt.Errorf("prom: export %s: row %d: %w", t.Name, rows+1, err)
			}
			if rows++; o.Tell != nil && rows%1000 == 0 {
				o.Tell(rows, about)
			}
			return nil
		})
	}
	if of.InTx(ctx) {
		err = run(ctx)
	} else {
		err = Snapshot(ctx, of, run)
	}
	if err == nil {
		if err = b.Flush(); err != nil {
			err = fmt.Errorf("prom: export %s: %w", t.Name, err)
		}
	}
	return rows, err
}

// Snapshot runs fn in a transaction that reads one snapshot.
func Snapshot(ctx context.Context, of *db.DB, fn func(ctx context.Context) error) error {
	return of.Tx(of.Unlimited(ctx), fn, db.ReadOnly(), db.WithIsolation(driver.RepeatableRead))
}

// lineWriter writes rows as lines.
type lineWriter struct {
	cols  []*schema.Column
	o     ExportOptions
	buf   []byte
	cells []cell
}

func (l *lineWriter) head() []byte {
	if l.o.Format != CSV {
		return nil
	}
	for _, c := range l.cols {
		l.cells = append(l.cells, cell{c.Name, true})
	}
	return appendCSV(nil, l.cells, l.o.Null)
}

func (l *lineWriter) row(values []schema.Value) (text []byte, err error) {
	if l.o.Format == CSV {
		l.cells = l.cells[:0]
		for i, v := range values {
			f := cell{l.o.Null, false}
			if !v.IsNull() || v.IsList() {
				if f.text, err = textOf(l.cols[i].Kind, v); err != nil {
					return nil, err
				}
				f.quoted = true
			}
			l.cells = append(l.cells, f)
		}
		l.buf = appendCSV(l.buf[:0], l.cells, l.o.Null)
		return l.buf, nil
	}
	l.buf = append(l.buf[:0], '{')
	for i, v := range values {
		null := v.IsNull() && !v.IsList()
		if null && l.cols[i].Kind == schema.JSON {
			continue // null is a document
		}
		if len(l.buf) > 1 {
			l.buf = append(l.buf, ',')
		}
		name, _ := json.Marshal(l.cols[i].Name) // a text
		l.buf = append(append(l.buf, name...), ':')
		if null {
			l.buf = append(l.buf, "null"...)
		} else if l.buf, err = appendJSON(l.buf, l.cols[i].Kind, v); err != nil {
			return nil, err
		}
	}
	return append(l.buf, '}', '\n'), nil
}
