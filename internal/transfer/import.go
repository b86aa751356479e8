package transfer

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Conflict says what becomes of a row that is there already.
type Conflict string

// What becomes of it.
const (
	Fail   Conflict = "fail"   // the row of the file is a reject
	Skip   Conflict = "skip"   // the row that is there stays
	Update Conflict = "update" // the row that is there gets the values of the file; it is found by the primary key
)

// ImportOptions are how [Import] reads.
type ImportOptions struct {
	Format     Format
	Null       string            // the text of CSV for NULL, without quotes
	Comma      byte              // between the fields of CSV; 0 for a comma
	Columns    map[string]string // the columns of names in the file that are not those of columns; "" leaves one out
	OnConflict Conflict          // "" for Fail

	// Reject gets each row that is not imported, with its line and the reason; an error of it ends the import.
	Reject func(r Reject) error
	Tell   func(rows int64, read int64) // rows and bytes that were read; may be nil
}

// Reject is a row that is not imported.
type Reject struct {
	Line   int             `json:"line"`
	Reason string          `json:"reason"`
	Row    json.RawMessage `json:"row,omitempty"` // as the file has it
}

// Imported is what [Import] did.
type Imported struct {
	Rows     int64 `json:"rows"`              // that were inserted or updated
	Skipped  int64 `json:"skipped,omitempty"` // that were there already
	Rejected int64 `json:"rejected"`
}

// importRows is how many rows one statement inserts, if that many arguments are allowed.
const importRows = 200

// importing is one import.
type importing struct {
	ImportOptions
	to    side
	t     *schema.Table
	forms schema.Forms
	plan  *scan.Plan // of the model; nil without one
	names []string   // of the file
	from  []*schema.Column
	cols  []*schema.Column // that are inserted: those of the file, and those that are filled
	fill  []func() schema.Value
	input *counter
	done  Imported

	values []schema.Value // of the rows that wait
	waits  []Reject       // what they are rejected as, without a reason
}

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// Import inserts the rows of a file into a table, all in one transaction: an error of the file or the database, and not
// a reject, leaves nothing. Of a model the rules of its tags hold; hooks and methods are not called. A column that the
// file lacks gets what a new value of the model has, or the default of the database.
func Import(ctx context.Context, to *db.DB, r io.Reader, t *schema.Table, o ImportOptions) (Imported, error) {
	in := &importing{ImportOptions: o, to: sideOf(to), t: t, input: &counter{r: r}}
	if in.Comma == 0 {
		in.Comma = ','
	}
	ctx = to.Unlimited(ctx)
	err := to.Tx(ctx, func(ctx context.Context) (err error) {
		in.done, in.values, in.waits = Imported{}, nil, nil
		if err = in.to.settle(ctx); err != nil {
			return err
		}
		if in.forms, _, err = to.Forms(ctx, t); err != nil {
			return err
		}
		if t.Model != nil {
			if in.plan, err = scan.For(t.Model); err != nil {
				return err
			}
		}
		if o.Format == CSV {
			err = in.csv(ctx)
		} else {
			err = in.lines(ctx)
		}
		if err == nil {
			err = in.flush(ctx)
		}
		for _, c := range t.Key {
			if err == nil && c.Auto && c.Kind.Integer() && slices.Contains(in.cols, c) {
				err = in.to.run(ctx, t.Name, in.to.d.CountOn(t.Name, c.Name))
			}
		}
		return err
	})
	if err != nil {
		return Imported{}, err
	}
	return in.done, nil
}

// errorf returns an error of the file as a whole.
func (in *importing) errorf(format string, args ...any) error {
	return fmt.Errorf("prom: import %s: %w", in.t.Name, fmt.Errorf(format, args...))
}

func (in *importing) csv(ctx context.Context) error {
	r := newCSVReader(in.input, in.Comma)
	head, err := r.read()
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = errors.New("the file is empty: its first line names the columns")
		}
		return in.errorf("line 1: %w", err)
	}
	var names []string
	for _, f := range head {
		names = append(names, strings.TrimSpace(f.text))
	}
	if err := in.columns(names); err != nil {
		return err
	}
	r.one = len(names) == 1
	for {
		cells, err := r.read()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, errQuote), errors.Is(err, errBehind), errors.Is(err, errNotEnded):
			err = in.reject(Reject{Line: r.line, Reason: err.Error()})
		case err != nil:
			return in.errorf("line %d: %w", r.line, err)
		default:
			err = in.cells(ctx, r.line, cells)
		}
		if err != nil {
			return err
		}
	}
}

func (in *importing) cells(ctx context.Context, line int, cells []cell) error {
	raw := Reject{Line: line, Row: in.rowOf(cells)}
	if len(cells) != len(in.names) {
		raw.Reason = fmt.Sprintf("the line has %d fields, and the first line %d", len(cells), len(in.names))
		return in.reject(raw)
	}
	n := len(in.values)
	for i, c := range in.from {
		if c == nil {
			continue
		}
		var v schema.Value
		if f := cells[i]; f.quoted || f.text != in.Null {
			var err error
			if v, err = parseText(c.Kind, f.text); err != nil {
				in.values = in.values[:n]
				raw.Reason = "column " + c.Name + ": " + err.Error()
				return in.reject(raw)
			}
		}
		in.values = append(in.values, v)
	}
	return in.row(ctx, raw, n)
}

// rowOf returns a record as an object of texts.
func (in *importing) rowOf(cells []cell) json.RawMessage {
	b := []byte{'{'}
	for i, f := range cells {
		name := fmt.Sprintf("field %d", i+1)
		if i < len(in.names) {
			name = in.names[i]
		}
		if i > 0 {
			b = append(b, ',')
		}
		key, _ := json.Marshal(name) // texts
		text, _ := json.Marshal(f.text)
		if !f.quoted && f.text == in.Null {
			text = []byte("null")
		}
		b = append(append(append(b, key...), ':'), text...)
	}
	return append(b, '}')
}

func (in *importing) lines(ctx context.Context) error {
	r := bufio.NewReaderSize(in.input, 64<<10)
	for line := 1; ; line++ {
		text, err := r.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return in.errorf("line %d: %w", line, err)
		}
		if trimmed := bytes.TrimSpace(text); len(trimmed) > 0 {
			if err := in.object(ctx, line, trimmed); err != nil {
				return err
			}
		}
		if err != nil {
			return nil
		}
	}
}

// object reads a line of JSON. The first one tells the columns; one of other columns is inserted with its own.
func (in *importing) object(ctx context.Context, line int, text []byte) error {
	raw := Reject{Line: line, Row: slices.Clone(text)}
	var object map[string]json.RawMessage
	if json.Unmarshal(text, &object) != nil || object == nil {
		raw.Row, _ = json.Marshal(string(text)) // a text
		raw.Reason = "the line is not a JSON object"
		return in.reject(raw)
	}
	in.documents(object)
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	if !slices.Equal(names, in.names) {
		if err := in.flush(ctx); err != nil {
			return err
		}
		if err := in.columns(names); err != nil {
			in.names = nil
			var wrapped error = err
			if inner := errors.Unwrap(err); inner != nil {
				wrapped = inner
			}
			raw.Reason = wrapped.Error()
			return in.reject(raw)
		}
	}
	n := len(in.values)
	for i, c := range in.from {
		if c == nil {
			continue
		}
		var v schema.Value
		if value := object[in.names[i]]; value != nil && (c.Kind == schema.JSON || string(value) != "null") {
			var err error
			if v, err = parseJSON(c.Kind, value); err != nil {
				in.values = in.values[:n]
				raw.Reason = "column " + c.Name + ": " + err.Error()
				return in.reject(raw)
			}
		}
		in.values = append(in.values, v)
	}
	return in.row(ctx, raw, n)
}

// documents adds the columns of documents that a line lacks: null is a document, so that NULL is no value at all.
func (in *importing) documents(object map[string]json.RawMessage) {
	for _, c := range in.t.Columns {
		if c.Kind != schema.JSON || !c.Null || c.Default != nil || c.Generated != "" {
			continue
		}
		has := false
		for name := range object {
			column, mapped := in.Columns[name]
			has = has || mapped && column == c.Name || !mapped && name == c.Name
		}
		if !has {
			object[c.Name] = nil
		}
	}
}

// row checks a row, whose values begin at from, and inserts the rows that wait when they are many.
func (in *importing) row(ctx context.Context, raw Reject, from int) error {
	for _, fill := range in.fill {
		in.values = append(in.values, fill())
	}
	if err := in.check(in.values[from:]); err != nil {
		in.values = in.values[:from]
		raw.Reason = reasonOf(err)
		return in.reject(raw)
	}
	in.waits = append(in.waits, raw)
	if len(in.waits) < importRows && (len(in.waits)+1)*len(in.cols) <= in.to.d.Features().MaxArgs {
		return nil
	}
	return in.flush(ctx)
}

// check checks the values of a row: the rules of a model, or what a found table says.
func (in *importing) check(row []schema.Value) error {
	if in.plan != nil {
		return in.plan.CheckStored(in.cols, row)
	}
	for i, c := range in.cols {
		v := row[i]
		switch {
		case v.IsNull() && !v.IsList() && !c.Null && !(c.Auto && c.Kind.Integer()):
			return fmt.Errorf("column %s: a value is required", c.Name)
		case v.Kind() == schema.Text && !v.IsList() && strings.IndexByte(v.Text(), 0) >= 0:
			return fmt.Errorf("column %s: a text cannot hold a NUL", c.Name)
		}
	}
	return nil
}

// reasonOf returns why a row is refused, without the name of its table.
func reasonOf(err error) string {
	var broken scan.Violations
	if errors.As(err, &broken) {
		reasons := make([]string, len(broken))
		for i, v := range broken {
			reasons[i] = "column " + v.Column + ": " + v.Reason
		}
		return strings.Join(reasons, "; ")
	}
	return strings.TrimPrefix(err.Error(), "prom: ")
}

func (in *importing) reject(r Reject) error {
	in.done.Rejected++
	if in.Reject == nil {
		return nil
	}
	return in.Reject(r)
}

// statement returns the statement that inserts so many rows.
func (in *importing) statement(rows int) string {
	d := in.to.d
	args := make([]string, len(in.cols))
	for i, c := range in.cols {
		args[i] = d.ArgOf(in.forms.Of(c))
	}
	row := "(" + strings.Join(args, ", ") + ")"
	sql := "INSERT INTO " + d.Table(in.t.Name) + " (" + dialect.QuoteList(schema.ColumnNames(in.cols)) + ") "
	if over := d.Features().Overriding; over != "" && slices.ContainsFunc(in.cols,
		func(c *schema.Column) bool { return c.Auto && c.Kind.Integer() }) {
		sql += over + " "
	}
	sql += "VALUES " + row + strings.Repeat(", "+row, rows-1)
	switch in.OnConflict {
	case Skip:
		sql += " ON CONFLICT DO NOTHING"
	case Update:
		var set []string
		for _, c := range in.cols {
			if !slices.Contains(in.t.Key, c) && !c.Created {
				set = append(set, d.Quote(c.Name)+" = excluded."+d.Quote(c.Name))
			}
		}
		sql += " ON CONFLICT (" + dialect.QuoteList(schema.ColumnNames(in.t.Key)) + ") DO "
		if sql += "NOTHING"; set != nil {
			sql = strings.TrimSuffix(sql, "NOTHING") + "UPDATE SET " + strings.Join(set, ", ")
		}
	}
	return in.to.sql(sql)
}

// flush inserts the rows that wait, together. If that fails, they go one by one, and those that the database refuses
// are rejects.
func (in *importing) flush(ctx context.Context) error {
	rows, n := len(in.waits), len(in.cols)
	if rows == 0 {
		return nil
	}
	insert := func(from, count int) error {
		return in.to.db.Tx(ctx, func(ctx context.Context) error { // a savepoint
			changed, err := in.to.db.Exec(ctx, &driver.Statement{SQL: in.statement(count), Op: "import", Table: in.t.Name,
				Write: true,
				Args:  in.values[from*n : (from+count)*n]})
			if err == nil {
				in.done.Rows += changed
				in.done.Skipped += int64(count) - changed
			}
			return err
		})
	}
	err := insert(0, rows)
	for i := 0; err != nil && i < rows; i++ {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		one := insert(i, 1)
		if one == nil {
			continue
		}
		if !ofTheRow(one) {
			return one
		}
		raw := in.waits[i]
		raw.Reason = strings.TrimPrefix(reasonOf(one), "import "+in.t.Name+": ")
		if err := in.reject(raw); err != nil {
			return err
		}
	}
	clear(in.values)
	clear(in.waits)
	in.values, in.waits = in.values[:0], in.waits[:0]
	if in.Tell != nil {
		in.Tell(in.done.Rows+in.done.Skipped+in.done.Rejected, in.input.n)
	}
	return nil
}

// ofTheRow reports whether an error is about the values of a row, and not about the table or the connection.
func ofTheRow(err error) bool {
	var e *driver.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Kind {
	case driver.KindUnique, driver.KindForeignKey, driver.KindNotNull, driver.KindCheck, driver.KindType,
		driver.KindTooLong, driver.KindNotStored:
		return true
	}
	return false
}
