package online

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// The number of rows of a chunk adapts to the time that one takes, between these bounds.
const (
	firstChunk = 500
	leastRows  = 50 // but fewer while rows are locked by others
	mostRows   = 100_000
)

// walk is a walk through the rows of a table in the order of the primary key.
type walk struct {
	s     *session
	t     *table
	phase string
	last  []string // the key of the last row that was done; nil for none
	end   []string // the key of the last row of the walk
	rows  int64    // done by now
	quick time.Duration
	pause time.Duration

	// do does the n rows of a condition, the last of which has the key last.
	do func(ctx context.Context, where string, args []any, last []string, n int64) error
}

func (t *table) keys(cast string) string {
	names := make([]string, len(t.Key))
	for i, k := range t.Key {
		names[i] = quote(k.Name) + cast
	}
	return strings.Join(names, ", ")
}

// beyond is a comparison of the key of a row with a key of arguments, from number n on.
func (t *table) beyond(op string, key []string, args *[]any) string {
	values := make([]string, len(key))
	for i, v := range key {
		*args = append(*args, v)
		values[i] = fmt.Sprintf("$%d::text::%s", len(*args), t.Key[i].Type)
	}
	return "(" + t.keys("") + ") " + op + " (" + strings.Join(values, ", ") + ")"
}

// lastKey is the greatest key of the table; nil for a table without rows.
func (s *session) lastKey(ctx context.Context, t *table) ([]string, error) {
	return s.keyOf(ctx, t, "", " DESC", nil, 0)
}

// keyOf reads the key of one row.
func (s *session) keyOf(ctx context.Context, t *table, where, order string, args []any, skip int64) ([]string, error) {
	columns := make([]string, len(t.Key))
	for i, k := range t.Key {
		columns[i] = quote(k.Name) + order
	}
	type row struct{ K []string }
	found, err := list[row](ctx, s, fmt.Sprintf("SELECT ARRAY[%s] AS k FROM %s %s ORDER BY %s OFFSET %d LIMIT 1",
		t.keys("::text"), t.sql(), where,
		strings.Join(columns, ", "), skip), args...)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0].K, nil
}

// run walks to the end. A chunk that meets locked rows is made smaller and tried again.
func (w *walk) run(ctx context.Context, total int64) error {
	s := w.s
	if w.end == nil {
		return nil
	}
	// The planner must not read the whole table for a chunk.
	if err := s.exec(ctx, "SET enable_seqscan = off"); err != nil {
		return err
	}
	defer func() { _ = s.exec(context.WithoutCancel(ctx), "RESET enable_seqscan") }()
	size, start, begun, pause := int64(firstChunk), time.Now(), w.rows, firstPause
	waiting, said := time.Time{}, time.Time{}
	for {
		from := time.Now()
		bound, n, err := w.chunk(ctx, size)
		switch {
		case err == nil:
		case !busy(err):
			return err
		default:
			if waiting.IsZero() {
				waiting = from
			}
			if time.Since(waiting) > s.req.LockWait {
				return fmt.Errorf("a row stays locked for longer than %s, because of %s: run the same command again when these "+
					"transactions have ended", s.req.LockWait, s.holders(ctx, []uint32{w.t.OID}))
			}
			if time.Since(waiting) > 2*time.Second && time.Since(said) > 5*time.Second {
				said = time.Now()
				s.say(w.phase, "waiting for a locked row, because of %s", s.holders(ctx, []uint32{w.t.OID}))
			}
			size = max(1, size/4)
			if err := sleep(ctx, pause/2+rand.N(pause)); err != nil {
				return err
			}
			pause = min(2*pause, time.Second)
			continue
		}
		waiting, pause = time.Time{}, firstPause
		w.rows, w.last = w.rows+n, bound
		rate := float64(w.rows-begun) / max(time.Since(start).Seconds(), 1e-3)
		total := max(total, w.rows)
		s.report(Event{Phase: w.phase, Rows: w.rows, Total: total, Rate: rate,
			Rest: time.Duration(float64(total-w.rows) / max(rate, 1) * float64(time.Second)).Round(time.Second)})
		if slices.Equal(bound, w.end) {
			return nil
		}
		took := max(time.Since(from), time.Millisecond)
		// Below leastRows a chunk costs as much as its transaction, and no less time when it is smaller.
		size = min(mostRows, size*2, max(leastRows, size/4, int64(float64(size)*float64(w.quick)/float64(took))))
		if err := sleep(ctx, w.pause); err != nil {
			return err
		}
	}
}

// chunk does the next rows, size at most, and returns the key of the last one and their number.
func (w *walk) chunk(ctx context.Context, size int64) (bound []string, n int64, err error) {
	var args []any
	where := "WHERE " + w.t.beyond("<=", w.end, &args)
	if w.last != nil {
		where += " AND " + w.t.beyond(">", w.last, &args)
	}
	bound, err = w.s.keyOf(ctx, w.t, where, "", args, size-1)
	if err != nil {
		return nil, 0, err
	}
	if n = size; bound != nil {
		where += " AND " + w.t.beyond("<=", bound, &args)
	} else {
		bound = w.end
		if err := w.s.row(ctx, "SELECT count(*) FROM "+w.t.sql()+" "+where, args, &n); err != nil {
			return nil, 0, err
		}
	}
	return bound, n, w.do(ctx, where, args, bound, n)
}

// Failures is the error of rows that cannot be converted.
type Failures struct {
	Table, Column, Type string
	Rows                int64    // how many
	Key                 []string // of one of them, by the primary key; nil where that is the column itself
	KeyColumns          []string
	Cause               string // of that one: a SQLSTATE, or "null"
}

func (f *Failures) Error() string {
	what := "cannot be converted to " + f.Type
	switch f.Cause {
	case "null":
		what += ", because the result is NULL and the column is NOT NULL"
	case "22003", "22001", "22P02", "22007", "22008":
		what += map[string]string{"22003": ", because the value is out of range", "22001": ", because the value is too long",
			"22P02": ", because the value is no text of the type", "22007": ", because the value is no time or date",
			"22008": ", because the time or date is out of range"}[f.Cause]
	default:
		what += " (SQLSTATE " + f.Cause + ")"
	}
	example := ""
	if f.Key != nil {
		example = fmt.Sprintf(", for example that with %s = %s", strings.Join(f.KeyColumns, ", "), strings.Join(f.Key, ", "))
	}
	return fmt.Sprintf("%d rows of %s %s%s: fix these rows, or say by --using how to convert them", f.Rows, f.Table,
		what, example)
}

// tryFunction is the temporary function that tells why a row cannot be converted; NULL when it can.
const tryFunction = "pg_temp.prom_alter_try"

func (s *session) createTry(ctx context.Context, t *table, d *definitions) error {
	null := ""
	if t.NotNull {
		null = " IF v IS NULL THEN RETURN 'null'; END IF;"
	}
	body := "\n#variable_conflict use_column\nDECLARE v " + d.typ + "; BEGIN " + s.assign(t, "v", "r") + null +
		" RETURN NULL; EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE; END\n"
	return s.exec(ctx, "CREATE OR REPLACE FUNCTION "+tryFunction+"(r "+t.sql()+") RETURNS text LANGUAGE plpgsql AS "+
		""+dollar(body))
}

// tryRows converts each row before anything is changed.
func (s *session) tryRows(ctx context.Context, t *table, d *definitions) error {
	if d.safe {
		return nil
	}
	s.say(PhaseTry, "try to convert each row")
	if err := s.createTry(ctx, t, d); err != nil {
		return err
	}
	end, err := s.lastKey(ctx, t)
	if err != nil {
		return err
	}
	failures := Failures{Table: s.req.Table, Column: s.req.Column, Type: d.typ}
	w := &walk{s: s, t: t, phase: PhaseTry, end: end, quick: time.Second,
		do: func(ctx context.Context, where string, args []any, _ []string, _ int64) error {
			return s.failing(ctx, t, where, args, &failures)
		}}
	if err := w.run(ctx, t.Estimate); err != nil {
		return err
	}
	if failures.Rows > 0 {
		return &failures
	}
	return nil
}

// failing counts the rows of a part of the table that cannot be converted.
func (s *session) failing(ctx context.Context, t *table, where string, args []any, f *Failures) error {
	var n int64
	var first []string
	var cause *string
	err := s.row(ctx, "SELECT count(*), (array_agg(cause))[1], coalesce((array_agg(to_json(key)))[1]::text, '') FROM "+
		"(SELECT ARRAY["+
		t.keys("::text")+"] AS key, "+tryFunction+"(prom_alter_row) AS cause FROM "+t.sql()+" AS prom_alter_row "+where+
		" OFFSET 0) AS tried WHERE cause IS NOT NULL", args, &n, &cause, (*keyValue)(&first))
	if err != nil || n == 0 {
		return err
	}
	if f.Rows += n; f.Cause == "" && cause != nil {
		f.Cause = *cause
		for _, k := range t.Key {
			f.KeyColumns = append(f.KeyColumns, k.Name)
		}
		f.Key = first
		for _, k := range t.Key {
			if k.Name == s.req.Column { // it would be the value
				f.Key = nil
			}
		}
	}
	return nil
}

// keyValue scans a key that is written as JSON.
type keyValue []string

func (k *keyValue) Scan(from any) error {
	text, _ := from.(string)
	*k = key(text)
	return nil
}

// backfill lets the trigger fill the shadow of the rows that were there before it. Rows behind the last key of now were
// inserted later.
func (s *session) backfill(ctx context.Context, t *table, st *state) error {
	end, last := key(st.End), key(st.Last)
	if st.End == "" {
		var err error
		if end, err = s.lastKey(ctx, t); err != nil {
			return err
		}
	}
	quiet, err := s.quiet(ctx)
	if err != nil {
		return err
	}
	set := fmt.Sprintf("SET lock_timeout = %d", rowBudget.Milliseconds())
	if quiet {
		set += "; SET session_replication_role = replica"
	}
	if err := s.exec(ctx, set); err != nil {
		return err
	}
	defer func() {
		set := "SET lock_timeout = 0"
		if quiet {
			set += "; SET session_replication_role = DEFAULT"
		}
		_ = s.exec(context.WithoutCancel(ctx), set)
	}()
	// A row whose shadow has a value was written since the trigger is there.
	filled := " AND " + quote(shadowName) + " IS NULL"
	if s.req.Using == "" {
		filled += " AND " + quote(s.req.Column) + " IS NOT NULL"
	}
	s.say(PhaseCopy, "backfill the rows")
	w := &walk{s: s, t: t, phase: PhaseCopy, last: last, end: end, rows: st.Rows, quick: s.req.ChunkTime,
		pause: s.req.Pause}
	w.do = func(ctx context.Context, where string, args []any, last []string, n int64) error {
		s.result.Chunks++
		args = append(args, keyText(last), keyText(end))
		var filling int64
		return s.row(ctx, fmt.Sprintf(`WITH filled AS (UPDATE %s SET %s = NULL %s%s RETURNING 1)
			UPDATE %s SET last_key = $%d::text, end_key = $%d::text, done_rows = done_rows + %d WHERE table_name = %s
			RETURNING (SELECT count(*) FROM filled)`, t.sql(), quote(shadowName), where, filled, t.state(), len(args)-1,
			len(args), n,
			literal(t.Name)), args, &filling)
	}
	err = w.run(ctx, t.Estimate)
	st.Rows = w.rows
	if err != nil {
		return s.explain(err)
	}
	return s.enter(ctx, t, st, PhaseVerify)
}

// explain adds a remedy to an error of the backfill.
func (s *session) explain(err error) error {
	if c := code(err); len(c) == 5 && (c[:2] == "22" || c[:2] == "P0") {
		return fmt.Errorf("a row was written since the conversion was tried, and cannot be converted: take the alteration "+
			"back "+
			"by --abort, and run it again to find the row: %w", err)
	}
	return err
}

// verify compares the shadow with the conversion of each row: a session may have written with triggers disabled.
func (s *session) verify(ctx context.Context, t *table, d *definitions, st *state) error {
	end, err := s.lastKey(ctx, t)
	if err != nil {
		return err
	}
	s.say(PhaseVerify, "compare the values")
	var wrong int64
	compare := " AND (" + quote(shadowName) + ")::text IS DISTINCT FROM ((" + s.conversion() + ")::" + d.typ + ")::text"
	w := &walk{s: s, t: t, phase: PhaseVerify, end: end, quick: time.Second,
		do: func(ctx context.Context, where string, args []any, _ []string, _ int64) error {
			var n int64
			err := s.row(ctx, "SELECT count(*) FROM "+t.sql()+" "+where+compare, args, &n)
			wrong += n
			return err
		}}
	if err := w.run(ctx, max(t.Estimate, st.Rows)); err != nil {
		return err
	}
	if wrong > 0 {
		return fmt.Errorf("%d rows have another value in the shadow column than the conversion gives now: a session wrote "+
			"with "+
			"triggers disabled, or the conversion is not the same at all times; take it back by --abort, and run it again",
			wrong)
	}
	return s.enter(ctx, t, st, PhaseBuild)
}

var errChanged = errors.New("the table was changed while the alteration was prepared")
