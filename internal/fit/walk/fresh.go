package walk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

// clone returns a copy of a row that can be stored beside it: without the key that the database makes, and with another
// value in each unique index.
func (w *walker) clone(ctx context.Context, t table, row reflect.Value) (any, error) {
	s := t.schema()
	p := reflect.New(row.Type())
	p.Elem().Set(row)
	v := reflect.New(row.Type()) // what a row notes of how it was loaded stays behind
	for _, c := range s.Columns {
		v.Elem().FieldByIndex(c.Path).Set(p.Elem().FieldByIndex(c.Path))
	}
	changed := map[*schema.Column]bool{}
	for _, c := range s.Columns {
		if f := v.Elem().FieldByIndex(c.Path); f.Type() == reflect.TypeFor[*prom.AnyValue]() && w.refers(s, c) {
			f.SetZero() // values that are no key refer to nothing, and a copy of the row would be refused
		}
		if c.Auto {
			v.Elem().FieldByIndex(c.Path).SetZero()
			changed[c] = true
		}
	}
	for _, set := range w.uniqueSets(s) {
		if slices.ContainsFunc(set, func(c *schema.Column) bool {
			return changed[c] || !c.Key && plain(v.Elem().FieldByIndex(c.Path)) == nil // a NULL equals none
		}) {
			continue
		}
		if err := w.change(ctx, s, v.Elem(), set, changed); err != nil {
			return nil, err
		}
	}
	return v.Interface(), nil
}

// uniqueSets returns the columns of the key and of each unique index that the database has.
func (w *walker) uniqueSets(s *schema.Table) (sets [][]*schema.Column) {
	if len(s.Key) > 0 {
		sets = append(sets, s.Key)
	}
	found := w.found[s.Name]
	for _, ix := range found.Indexes {
		if !ix.Unique {
			continue
		}
		var set []*schema.Column
		for _, c := range ix.Columns {
			for _, col := range s.Columns {
				if found.FoldNames && strings.EqualFold(col.Name, c.Name) || col.Name == c.Name ||
					c.Expr != "" && regexp.MustCompile(`\b`+regexp.QuoteMeta(col.Name)+`\b`).MatchString(c.Expr) {
					set = append(set, col)
				}
			}
		}
		if len(set) > 0 {
			sets = append(sets, set)
		}
	}
	return sets
}

// change gives a set of columns values that no row has together.
func (w *walker) change(ctx context.Context, s *schema.Table, v reflect.Value, set []*schema.Column,
	changed map[*schema.Column]bool) error {
	own := slices.DeleteFunc(slices.Clone(set), func(c *schema.Column) bool { return w.refers(s, c) })
	slices.SortStableFunc(own, func(a, b *schema.Column) int { return rank(b) - rank(a) })
	for _, c := range own {
		if w.mutate(v.FieldByIndex(c.Path), c) {
			changed[c] = true
			return nil
		}
	}
	if row, ok, err := w.freeRow(ctx, s, set); ok || err != nil {
		for i, c := range set {
			if err == nil {
				changed[c], err = true, setKey(v.FieldByIndex(c.Path), row[i].text)
			}
		}
		return err
	}
	// All of them refer to rows: some that are not referred to together yet.
	var from, cols, where []string
	q := w.quote
	for i, c := range set {
		target, column := w.target(s, c)
		if target == nil {
			return fmt.Errorf("%w, and no other value is known for %s", errNoOther, c.Name)
		}
		from = append(from, fmt.Sprintf("%s AS r%d", w.quoteTable(target.Name), i))
		cols = append(cols, fmt.Sprintf("r%d.%s", i, q(column.Name)))
		where = append(where, fmt.Sprintf("x.%s = r%d.%s", q(c.Name), i, q(column.Name)))
	}
	cells := make([]string, len(cols))
	for i, c := range cols {
		cells[i] = w.cell(c)
	}
	free, err := w.textsIn(ctx, fmt.Sprintf("SELECT %s FROM %s WHERE NOT EXISTS (SELECT 1 FROM %s AS x WHERE %s) LIMIT 1",
		w.list(cells...), strings.Join(from, " CROSS JOIN "), w.quoteTable(s.Name), strings.Join(where, " AND ")))
	if err != nil {
		return err
	}
	if len(free) == 0 {
		return errNoOther
	}
	values, err := w.cells(free[0])
	if err != nil {
		return err
	}
	for i, c := range set {
		if err := setKey(v.FieldByIndex(c.Path), values[i].text); err != nil {
			return err
		}
		changed[c] = true
	}
	return nil
}

// freeRow returns the key of a row to which columns that are a foreign key together refer nowhere yet. ok tells that
// they are one.
func (w *walker) freeRow(ctx context.Context, s *schema.Table, set []*schema.Column) (key []cell, ok bool, err error) {
	for _, k := range w.found[s.Name].ForeignKeys {
		if len(set) < 2 || len(k.Columns) != len(set) {
			continue
		}
		cells, where := make([]string, len(set)), make([]string, len(set))
		for i, c := range set {
			j := slices.Index(k.Columns, c.Name)
			if j < 0 {
				return nil, false, nil
			}
			target := "r." + w.quote(k.TargetColumns[j])
			cells[i], where[i] = w.cell(target), "x."+w.quote(c.Name)+" = "+target
		}
		free, err := w.textsIn(ctx, fmt.Sprintf("SELECT %s FROM %s AS r WHERE NOT EXISTS (SELECT 1 FROM %s AS x WHERE %s) LIMIT 1",
			w.list(cells...), w.quoteTable(k.Table), w.quoteTable(s.Name), strings.Join(where, " AND ")))
		if err != nil || len(free) == 0 {
			return nil, true, cmp.Or(err, errNoOther)
		}
		key, err = w.cells(free[0])
		return key, true, err
	}
	return nil, false, nil
}

var errNoOther = errors.New("there is no other row to refer to")

// setKey sets a reference, or a column, to a key that is given as a text.
func setKey(field reflect.Value, text string) error {
	for field.Kind() == reflect.Pointer {
		if field.IsNil() {
			field.Set(reflect.New(field.Type().Elem()))
		}
		field = field.Elem()
	}
	if _, ok := field.Interface().(referring); ok {
		key := reflect.New(reflect.TypeOf(plain(field)))
		if err := setText(key.Elem(), text); err != nil {
			return err
		}
		field.Addr().MethodByName("SetKey").Call([]reflect.Value{key.Elem()})
		return nil
	}
	return setText(field, text)
}

func setText(v reflect.Value, text string) error {
	if v.Kind() == reflect.String {
		v.SetString(text)
		return nil
	}
	if u, ok := v.Addr().Interface().(interface{ UnmarshalText(b []byte) error }); ok {
		return u.UnmarshalText([]byte(text))
	}
	return json.Unmarshal([]byte(text), v.Addr().Interface())
}

func rank(c *schema.Column) int {
	switch {
	case c.Rules.Choices != nil || c.Kind == schema.Bool:
		return 0
	case c.Kind == schema.Text, c.Kind == schema.UUID:
		return 3
	case c.Kind.Integer():
		return 2
	}
	return 1
}

// refers reports whether a column refers to rows, alone or with others.
func (w *walker) refers(s *schema.Table, c *schema.Column) bool {
	if c.References != nil || slices.ContainsFunc(s.ForeignKeys, func(k *schema.ForeignKey) bool {
		return slices.Contains(k.Columns, c)
	}) {
		return true
	}
	return slices.ContainsFunc(w.found[s.Name].ForeignKeys, func(k schema.FoundForeignKey) bool {
		return slices.Contains(k.Columns, c.Name)
	})
}

// target returns the table and the column that a column refers to.
func (w *walker) target(s *schema.Table, c *schema.Column) (*schema.Table, *schema.Column) {
	if c.References != nil {
		return s.TargetOf(c), c.References.TargetColumn()
	}
	for _, k := range w.found[s.Name].ForeignKeys {
		if len(k.Columns) != 1 || k.Columns[0] != c.Name {
			continue
		}
		for _, t := range w.tables {
			if t.schema().Name == k.Table {
				return t.schema(), t.schema().Column(k.TargetColumns[0])
			}
		}
	}
	return nil, nil
}

// mutate gives a field another value of its kind, and reports whether it could.
func (w *walker) mutate(field reflect.Value, c *schema.Column) bool {
	for field.Kind() == reflect.Pointer {
		if field.IsNil() {
			field.Set(reflect.New(field.Type().Elem()))
		} else {
			fresh := reflect.New(field.Type().Elem()) // the old value stays what it is
			fresh.Elem().Set(field.Elem())
			field.Set(fresh)
		}
		field = field.Elem()
	}
	switch x := field.Addr().Interface().(type) {
	case *prom.AnyValue: // a text that no type of a column makes a number of
		w.steps++
		*x = prom.AnyValueOf(fmt.Sprintf("fit %d", w.steps))
		return true
	case *time.Time:
		*x = x.AddDate(0, 0, 1)
		return true
	case *time.Duration:
		*x = (*x + time.Minute) % (24 * time.Hour)
		return true
	case *json.RawMessage:
		*x = json.RawMessage(`{"fit": [1, "two", null]}`)
		return true
	case *[]byte:
		if *x = slices.Clone(*x); len(*x) == 0 {
			*x = []byte{0}
		}
		for i := range *x { // a CHECK may say how many they are
			(*x)[i] = byte(rand.Uint32())
		}
		return true
	}
	if c.Kind == schema.UUID {
		text := fmt.Sprintf("%08x-0000-4000-8000-%012x", rand.Uint32(), rand.Uint64()>>16)
		return setText(field, text) == nil
	}
	switch field.Kind() {
	case reflect.Bool:
		field.SetBool(!field.Bool())
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Int:
		step := int64(1)
		if w.steps++; c.Key || field.Int() < 1000 {
			step = int64(w.steps)
		}
		if field.SetInt(field.Int() + step); c.Key && field.Type().Bits() >= 32 {
			field.SetInt(1_000_000 + int64(w.steps))
		}
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uint:
		field.SetUint(field.Uint() + 1)
	case reflect.Float32, reflect.Float64:
		field.SetFloat(field.Float() + 1)
	case reflect.String:
		return w.mutateText(field, c)
	case reflect.Slice:
		if field.Type().Elem().Kind() == reflect.String {
			field.Set(reflect.Append(field.Slice(0, field.Len()), reflect.ValueOf(`a "b", {c}\`).Convert(field.Type().Elem())))
			return true
		}
		field.Set(reflect.Append(field.Slice(0, field.Len()), reflect.Zero(field.Type().Elem())))
	default:
		return false
	}
	return true
}

// mutateText changes letters and digits of a text, so that its length and its form stay.
func (w *walker) mutateText(field reflect.Value, c *schema.Column) bool {
	if choices := c.Rules.Choices; choices != nil {
		i := slices.Index(choices, field.String())
		field.SetString(choices[(i+1)%len(choices)])
		return len(choices) > 1
	}
	if c.Kind == schema.Decimal {
		text := strings.TrimPrefix(field.String(), "-")
		b := []byte(text)
		for i, d := range b {
			if d >= '0' && d <= '9' {
				b[i] = '0' + (d-'0'+1)%10
				break
			}
		}
		if len(b) == 0 {
			b = []byte("1")
		}
		field.SetString(string(b))
		return true
	}
	runes := []rune(field.String())
	if len(runes) == 0 {
		runes = []rune("q")
	}
	for i, r := range runes {
		switch {
		case r >= '0' && r <= '9':
			runes[i] = '0' + rune(rand.IntN(10))
		case r >= 'a' && r <= 'f':
			runes[i] = 'a' + rune(rand.IntN(6))
		case r >= 'a' && r <= 'z':
			runes[i] = 'a' + rune(rand.IntN(26))
		case r >= 'A' && r <= 'Z':
			runes[i] = 'A' + rune(rand.IntN(26))
		}
	}
	if string(runes) == field.String() { // a text of few letters may come out as it was
		runes[0] = map[bool]rune{true: 'w', false: 'z'}[runes[0] == 'z']
	}
	field.SetString(string(runes))
	return true
}
