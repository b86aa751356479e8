package walk

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

// writes creates, updates and deletes rows of a table in a transaction that rolls back. It returns what came of
// Create, Save, Delete and CreateMany.
func (w *walker) writes(ctx context.Context, t table) []string {
	verdicts := make([]string, 4)
	if w.isView(t) {
		return verdicts
	}
	s := t.schema()
	n, err := t.count(ctx)
	if err != nil {
		verdicts[0] = w.fault(t, "Count", "%v", err)
		return verdicts
	}
	err = w.db.Tx(ctx, func(ctx context.Context) error {
		row, how, err := w.newRow(ctx, t)
		if err != nil {
			switch verdicts[0] = "-"; {
			case errors.Is(err, prom.ErrCheck) && w.isPartition(t):
				w.note(t, "Create", "%v: the row belongs to another partition", err)
			case errors.Is(err, errNoOther) && slices.ContainsFunc([]error{prom.ErrUnique, prom.ErrForeignKey, prom.ErrValidation},
				func(kind error) bool { return errors.Is(err, kind) }):
				w.note(t, "Create", "%v: every row that it could refer to is taken", err)
			default:
				verdicts[0] = w.fault(t, "Create", "%v", err)
			}
			return errUndo
		}
		verdicts[0] = how
		if problem := w.same(ctx, t, row); problem != "" {
			verdicts[0] = w.fault(t, "Create", "%s", problem)
		}
		if len(s.Key) > 0 {
			verdicts[1] = w.update(ctx, t, row)
		}
		if verdicts[2] = "ok"; len(s.Key) > 0 {
			if err := t.remove(ctx, row); errors.Is(err, prom.ErrNotStored) {
				verdicts[2] = w.note(t, "Delete", "%v", err)
			} else if err != nil {
				verdicts[2] = w.fault(t, "Delete", "%v", err)
			} else if _, err := t.get(ctx, keyOf(reflect.ValueOf(row).Elem(), s)...); !errors.Is(err, prom.ErrNotFound) {
				verdicts[2] = w.fault(t, "Delete", "the row is still there: %v", err)
			}
		} else if deleted, err := t.removeWhere(ctx, row); err != nil || deleted < 1 {
			verdicts[2] = w.fault(t, "Delete by query", "%d rows: %v", deleted, err)
		}
		if strings.HasPrefix(how, "ok") && verdicts[2] == "ok" {
			verdicts[3] = w.many(ctx, t)
		}
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		verdicts[0] = w.fault(t, "the transaction", "%v", err)
	}
	if after, err := t.count(ctx); err != nil || after != n {
		verdicts[0] = w.fault(t, "rollback", "%d rows instead of %d: %v", after, n, err)
	}
	return verdicts
}

// newRow stores a row: a copy of one that is there where that can be, else one that promtest makes.
func (w *walker) newRow(ctx context.Context, t table) (row any, how string, err error) {
	rows, err := t.all(ctx)
	if err != nil {
		return nil, "", err
	}
	why := errNoOther
	if rows.Len() > 0 {
		err := w.db.Tx(ctx, func(ctx context.Context) error { // a savepoint
			row, err = w.copied(ctx, t, rows, 0)
			return err
		})
		if err == nil {
			return row, "ok", nil
		}
		if why = err; !errors.Is(err, errNoOther) {
			return nil, "", err
		}
	}
	row, err = w.made(ctx, t)
	if err != nil && rows.Len() > 0 {
		err = fmt.Errorf("%w, and a new one: %w", why, err)
	}
	return row, "made", err
}

// made stores a row that is like none: a value in each column that needs one, and references to rows that are there.
func (w *walker) made(ctx context.Context, t table) (any, error) {
	row := t.empty()
	v := reflect.ValueOf(row).Elem()
	for _, c := range t.schema().Columns {
		if !c.Null && !c.Auto && c.Default == nil && !w.refers(t.schema(), c) {
			w.mutate(v.FieldByIndex(c.Path), c)
		}
	}
	if err := w.refer(ctx, t, v); err != nil {
		return nil, err
	}
	return row, t.create(ctx, row)
}

// refer sets what a row must refer to to rows that are there.
func (w *walker) refer(ctx context.Context, t table, row reflect.Value) error {
	for _, c := range t.schema().Columns {
		target, column := w.target(t.schema(), c)
		if c.Null || c.Auto || target == nil {
			continue
		}
		keys, err := w.textsIn(ctx, fmt.Sprintf("SELECT %s FROM %s AS x LIMIT 1", w.list(w.cell("x."+w.quote(column.Name))),
			w.quoteTable(target.Name)))
		if err != nil {
			return err
		}
		if len(keys) == 0 { // there is none yet
			if i := slices.IndexFunc(w.tables, func(o table) bool { return o.schema() == target }); i >= 0 && w.tables[i] != t {
				parent, err := w.made(ctx, w.tables[i])
				if err != nil {
					return err
				}
				if err := setKey(row.FieldByIndex(c.Path), fmt.Sprint(plain(reflect.ValueOf(parent).Elem().FieldByIndex(column.Path)))); err != nil {
					return err
				}
			}
			continue
		}
		key, err := w.cells(keys[0])
		if err == nil {
			err = setKey(row.FieldByIndex(c.Path), key[0].text)
		}
		if err != nil {
			return err
		}
	}
	w.keepChecks(t, row)
	return nil
}

// literal is a constant in an expression.
var literal = regexp.MustCompile(`'((?:[^']|'')*)'`)

// keepChecks sets columns to a constant that a CHECK compares them with: the beginning of a range, the first choice.
func (w *walker) keepChecks(t table, row reflect.Value) {
	for _, check := range w.found[t.schema().Name].Checks {
		m := literal.FindStringSubmatch(check.Expr)
		for _, c := range t.schema().Columns {
			if m == nil || c.Null || !strings.Contains(check.Expr, c.Name) {
				continue
			}
			switch field := row.FieldByIndex(c.Path); x := field.Addr().Interface().(type) {
			case *time.Time:
				if at, err := time.Parse(time.RFC3339Nano, storedTime(cell{text: m[1]}, schema.Time)); err == nil {
					*x = at
				}
			case *string:
				*x = m[1]
			}
		}
	}
}

// deepest is how many rows that rows refer to are created for one.
const deepest = 3

// copied stores a copy of a row. Where there is no other row that it could refer to, it creates one.
func (w *walker) copied(ctx context.Context, t table, rows reflect.Value, depth int) (row any, err error) {
	if rows.Len() == 0 {
		return nil, errNoOther
	}
	row, err = w.clone(ctx, t, rows.Index(rows.Len()-1))
	if errors.Is(err, errNoOther) && depth < deepest {
		for _, k := range w.found[t.schema().Name].ForeignKeys {
			i := slices.IndexFunc(w.tables, func(o table) bool { return o.schema().Name == k.Table })
			if i < 0 || w.tables[i] == t || len(k.Columns) != 1 {
				continue
			}
			parents, err := w.tables[i].all(ctx)
			if err != nil {
				return nil, err
			}
			if _, err = w.copied(ctx, w.tables[i], parents, depth+1); err != nil {
				return nil, err
			}
		}
		row, err = w.clone(ctx, t, rows.Index(rows.Len()-1))
	}
	if err != nil {
		return nil, err
	}
	return row, t.create(ctx, row)
}

// same says in what a row differs from what the database has under its key; "" for nothing.
func (w *walker) same(ctx context.Context, t table, row any) string {
	s := t.schema()
	v := reflect.ValueOf(row).Elem()
	if len(s.Key) == 0 {
		return ""
	}
	want, err := w.rawRow(ctx, t, v)
	if err != nil {
		return err.Error()
	}
	if got := recordOf(v, s); !w.triggers[s.Name] && !slices.Equal(got, want) {
		return "the value differs from what was stored: " + differing(s, want, got)
	}
	read, err := t.get(ctx, keyOf(v, s)...)
	if err != nil {
		return err.Error()
	}
	if got := recordOf(reflect.ValueOf(read).Elem(), s); !slices.Equal(got, want) {
		return "what is read differs from what was stored: " + differing(s, want, got)
	}
	return ""
}

func differing(s *schema.Table, want, got []string) string {
	var out []string
	for i, c := range s.Columns {
		if want[i] != got[i] {
			out = append(out, fmt.Sprintf("%s: %.60q, not %.60q", c.Name, got[i], want[i]))
		}
	}
	return strings.Join(out, "; ")
}

// rawRow reads a row by its key in the transaction of ctx, by SQL of its own.
func (w *walker) rawRow(ctx context.Context, t table, row reflect.Value) ([]string, error) {
	s := t.schema()
	where := " WHERE true"
	for _, c := range s.Key {
		if n := reflect.ValueOf(plain(row.FieldByIndex(c.Path))); n.CanInt() && c.Kind.Integer() { // others are compared below
			where += fmt.Sprintf(" AND x.%s = %d", w.quote(c.Name), n.Int())
		}
	}
	texts, err := w.textsIn(ctx, "SELECT "+w.row("x", s)+" FROM "+w.quoteTable(s.Name)+" AS x"+where)
	if err != nil {
		return nil, err
	}
	key := recordOf(row, s)
	for _, text := range texts {
		record, err := w.record(text, s)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(s.Key, func(c *schema.Column) bool { return record[c.Ordinal] != key[c.Ordinal] }) {
			return record, nil
		}
	}
	return nil, errors.New("SQL does not find the row by its key")
}

// update changes each column of a row that can be changed, one after the other.
func (w *walker) update(ctx context.Context, t table, row any) string {
	s := t.schema()
	sets := w.uniqueSets(s)
	n := 0
	v := reflect.ValueOf(row).Elem()
	for _, c := range s.Columns {
		if c.Key || c.Auto || c.Created || c.Version || c.Deleted || w.refers(s, c) || w.isNative(s, c) ||
			slices.ContainsFunc(sets, func(set []*schema.Column) bool { return slices.Contains(set, c) }) {
			continue
		}
		old := reflect.New(v.Type())
		old.Elem().Set(v)
		if !w.mutate(v.FieldByIndex(c.Path), c) {
			v.Set(old.Elem())
			continue
		}
		err := w.db.Tx(ctx, func(ctx context.Context) error { return t.save(ctx, row) })
		switch {
		case errors.Is(err, prom.ErrCheck) || errors.Is(err, prom.ErrValidation):
			v.Set(old.Elem()) // a rule that says what the value may be
			continue
		case err != nil:
			v.Set(old.Elem())
			return w.fault(t, "Save", "%s: %v", c.Name, err)
		}
		n++
		read, err := t.get(ctx, keyOf(v, s)...)
		if err != nil {
			return w.fault(t, "Get after Save", "%v", err)
		}
		want, err := w.rawRow(ctx, t, v)
		if err != nil {
			return w.fault(t, "Save", "%v", err)
		}
		if got := recordOf(reflect.ValueOf(read).Elem(), s); !slices.Equal(got, want) {
			return w.fault(t, "Save", "what is read differs: %s", differing(s, want, got))
		}
		if mine := recordOf(v, s)[c.Ordinal]; mine != want[c.Ordinal] && !w.triggers[s.Name] {
			return w.fault(t, "Save", "%s: %.60q was saved, and %.60q is stored", c.Name, mine, want[c.Ordinal])
		}
	}
	return fmt.Sprintf("%d columns", n)
}

// isNative reports whether a column of texts has a type that does not take every text, such as interval.
func (w *walker) isNative(s *schema.Table, c *schema.Column) bool {
	found := w.found[s.Name]
	h := found.Column(c.Name)
	return w.isPostgres() && c.Kind.Elem() == schema.Text && c.Rules.Choices == nil && h != nil &&
		!strings.HasPrefix(h.Type, "text") && !strings.HasPrefix(h.Type, "character")
}

// many stores two rows by one statement, and many by COPY where the engine has it.
func (w *walker) many(ctx context.Context, t table) string {
	rows, err := t.all(ctx)
	if err != nil || rows.Len() == 0 {
		return ""
	}
	verdict := ""
	for _, n := range []int{2, 300} {
		list := make([]any, 0, n)
		err := w.db.Tx(ctx, func(ctx context.Context) error {
			seen := map[string]bool{}
			for i := range n {
				row, err := w.clone(ctx, t, rows.Index(i%rows.Len()))
				if err != nil {
					return err
				}
				text := byKey(recordOf(reflect.ValueOf(row).Elem(), t.schema()), t.schema())
				if key := strings.Join(strings.Split(text, between)[:len(t.schema().Key)], between); len(t.schema().Key) > 0 &&
					!t.schema().Key[0].Auto && seen[key] {
					continue // the same free pair of references
				} else {
					seen[key] = true
				}
				list = append(list, row)
			}
			if err := t.createMany(ctx, list...); err != nil {
				return err
			}
			return errUndo
		})
		switch {
		case errors.Is(err, errNoOther), errors.Is(err, prom.ErrUnique), errors.Is(err, prom.ErrCheck) && w.isPartition(t):
		case errors.Is(err, prom.ErrValidation):
			return w.note(t, "CreateMany", "%v", err)
		case !errors.Is(err, errUndo):
			return w.fault(t, "CreateMany", "of %d rows: %v", len(list), err)
		default:
			verdict = strings.TrimSpace(verdict + " " + fmt.Sprint(len(list)))
		}
	}
	return verdict
}

// isPartition reports whether a table takes only some rows of another one.
func (w *walker) isPartition(t table) bool {
	if !w.isPostgres() {
		return false
	}
	list, err := w.texts(context.Background(), "SELECT relname::text FROM pg_class WHERE relispartition AND oid = to_regclass($1)",
		w.quoteTable(t.schema().Name))
	return err == nil && len(list) > 0
}
