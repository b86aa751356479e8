package transfer

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// ProgressTable is the table of the target that tells how far a copy is. It is dropped at the end.
const ProgressTable = "prom_copy"

// state is what the progress table knows of a table.
type state struct {
	columns string // their names, by which a copy of something else is told
	total          // so far
	last    []schema.Value
	done    bool
}

func columnsText(cols []*schema.Column) string { return strings.Join(schema.ColumnNames(cols), ",") }

// createProgress makes the progress table, with a row for each table.
func (j *job) createProgress(ctx context.Context) error {
	err := j.to.run(ctx, ProgressTable, "CREATE TABLE "+j.to.d.Table(ProgressTable)+
		" (name TEXT PRIMARY KEY, cols TEXT NOT NULL, copied BIGINT NOT NULL, sum BIGINT NOT NULL, last TEXT NOT NULL, done BIGINT NOT NULL)")
	for _, t := range j.tables {
		if err == nil {
			t.state = state{columns: columnsText(t.cols)}
			err = j.save(ctx, t)
		}
	}
	return err
}

// save writes how far a table is.
func (j *job) save(ctx context.Context, t *table) error {
	last, err := keyText(t.key, t.state.last)
	if err != nil {
		return err
	}
	done := int64(0)
	if t.state.done {
		done = 1
	}
	text := func(s string) schema.Value { return schema.TextValue(schema.Text, s) }
	number := func(n int64) schema.Value { return schema.IntValue(schema.Int64, n) }
	_, err = j.to.db.Exec(ctx, &driver.Statement{Op: "copy", Table: ProgressTable, Write: true,
		SQL: j.to.sql("INSERT INTO " + j.to.d.Table(ProgressTable) +
			" AS p (name, cols, copied, sum, last, done) VALUES (?, ?, ?, ?, ?, ?) " +
			"ON CONFLICT (name) DO UPDATE SET copied = excluded.copied, sum = excluded.sum, last = excluded.last, done = excluded.done"),
		Args: []schema.Value{text(t.Name), text(t.state.columns), number(t.state.Rows), number(int64(t.state.Sum)),
			text(last), number(done)}})
	return err
}

// load reads how far a copy came that was ended early. It is false when there was none.
func (j *job) load(ctx context.Context) (begun bool, err error) {
	found, err := j.to.db.Inspect(ctx, ProgressTable)
	if err != nil || !found.Exists {
		return false, err
	}
	states := map[string]state{}
	lasts := map[string]string{}
	err = j.to.read(ctx, ProgressTable, "SELECT name, cols, copied, sum, last, done FROM "+j.to.d.Table(ProgressTable),
		nil,
		func(rows driver.Rows) error {
			var s state
			name, err := rows.Text(0)
			if err == nil {
				s.columns, err = rows.Text(1)
			}
			if err == nil {
				s.Rows, err = rows.Int(2)
			}
			var sum, done int64
			if err == nil {
				sum, err = rows.Int(3)
			}
			if err == nil {
				lasts[name], err = rows.Text(4)
			}
			if err == nil {
				done, err = rows.Int(5)
			}
			s.Sum, s.done = uint64(sum), done != 0
			states[name] = s
			return err
		})
	if err != nil {
		return false, err
	}
	other := fmt.Errorf("prom: copy: the target has an unfinished copy of other tables or columns (table %s): finish that "+
		"with the same tables, or begin again with --again", ProgressTable)
	if len(states) != len(j.tables) {
		return false, other
	}
	for _, t := range j.tables {
		s, ok := states[t.Name]
		if !ok || s.columns != columnsText(t.cols) {
			return false, other
		}
		if s.last, err = keyValues(t.key, lasts[t.Name]); err != nil {
			return false, fmt.Errorf("prom: copy %s: %w", t.Name, err)
		}
		t.state, t.resumed = s, s.Rows > 0 || s.done
	}
	return true, nil
}

// keyText writes the values of a key, and keyValues reads them.
func keyText(key []*schema.Column, values []schema.Value) (string, error) {
	if len(values) == 0 {
		return "", nil
	}
	texts := make([]string, len(values))
	for i, v := range values {
		switch v.Kind() {
		case schema.Bool, schema.Int16, schema.Int32, schema.Int64, schema.Time, schema.Date, schema.Clock:
			texts[i] = strconv.FormatInt(v.Int(), 10)
		case schema.Uint64:
			texts[i] = strconv.FormatUint(v.Uint(), 10)
		case schema.Float32, schema.Float64:
			texts[i] = strconv.FormatFloat(v.Float(), 'g', -1, 64)
		case schema.Bytes:
			texts[i] = base64.StdEncoding.EncodeToString(v.Bytes())
		default:
			texts[i] = v.Text()
		}
	}
	b, err := json.Marshal(texts)
	return string(b), err
}

var errKey = errors.New("the progress table has a key that is none of the table: begin again with --again")

func keyValues(key []*schema.Column, text string) ([]schema.Value, error) {
	if text == "" {
		return nil, nil
	}
	var texts []string
	if json.Unmarshal([]byte(text), &texts) != nil || len(texts) != len(key) {
		return nil, errKey
	}
	values := make([]schema.Value, len(texts))
	for i, s := range texts {
		k := key[i].Kind
		n, err := int64(0), error(nil)
		switch k {
		case schema.Bool, schema.Int16, schema.Int32, schema.Int64, schema.Time, schema.Date, schema.Clock:
			n, err = strconv.ParseInt(s, 10, 64)
		}
		switch k {
		case schema.Bool:
			values[i] = schema.BoolValue(n != 0)
		case schema.Int16, schema.Int32, schema.Int64:
			values[i] = schema.IntValue(k, n)
		case schema.Time, schema.Date:
			if infinite, ok := schema.InfiniteMicros(n); ok {
				values[i] = schema.Infinity(k, schema.InfiniteText(infinite))
			} else {
				values[i] = schema.TimeValue(k, time.UnixMicro(n).UTC())
			}
		case schema.Clock:
			values[i] = schema.ClockValue(time.Duration(n) * time.Microsecond)
		case schema.Uint64:
			var u uint64
			u, err = strconv.ParseUint(s, 10, 64)
			values[i] = schema.UintValue(u)
		case schema.Float32, schema.Float64:
			var f float64
			f, err = strconv.ParseFloat(s, 64)
			values[i] = schema.FloatValue(k, f)
		case schema.Bytes:
			var b []byte
			b, err = base64.StdEncoding.DecodeString(s)
			values[i] = schema.BytesValue(b)
		default:
			values[i] = schema.TextValue(k, s)
		}
		if err != nil {
			return nil, errKey
		}
	}
	return values, nil
}
