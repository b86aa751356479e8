package prom

import (
	"errors"
	"reflect"
	"slices"

	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/internal/scan"
)

// rawLoader reads rows whose columns are known when the first one is there. The zero value is ready for use, once.
type rawLoader[R any] struct {
	loader scan.Loader[R] // of the result's columns
	begun  bool

	// Of values without a type.
	names []string
	into  func(l *rawLoader[R], rows conn.Rows, v *R) error
}

// begin looks at the columns of a result.
func (l *rawLoader[R]) begin(rows conn.Rows) error {
	l.begun = true
	names := make([]string, rows.Len())
	for i := range names {
		names[i] = rows.Name(i)
	}
	t := reflect.TypeFor[R]()
	switch {
	case t.Kind() == reflect.Map && t.Key().Kind() == reflect.String && t.Elem() == reflect.TypeFor[any]():
		l.names, l.into = names, (*rawLoader[R]).intoMap
		return distinct(names)
	case t == reflect.TypeFor[any]() && len(names) == 1:
		l.names, l.into = names, (*rawLoader[R]).intoAny
		return nil
	}
	result, err := scan.ForResult(t, names)
	if err != nil {
		return err
	}
	scan.Know[R]()
	l.loader.Use(result)
	return nil
}

// Load implements rowLoader.
func (l *rawLoader[R]) Load(r scan.Row, v *R) error {
	if !l.begun {
		if err := l.begin(r.(conn.Rows)); err != nil {
			return err
		}
	}
	if l.into != nil {
		return l.into(l, r.(conn.Rows), v)
	}
	return l.loader.Load(r, v)
}

// distinct refuses names of which a map could hold one value only.
func distinct(names []string) error {
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return &scan.ColumnError{Column: name, Err: errors.New("it stands twice in the result; rename one by AS")}
		}
	}
	return nil
}

func (l *rawLoader[R]) intoMap(rows conn.Rows, v *R) error {
	m := make(map[string]any, len(l.names))
	for i, name := range l.names {
		var err error
		if m[name], err = rows.Any(i); err != nil {
			return &scan.ColumnError{Column: name, Err: err}
		}
	}
	reflect.ValueOf(v).Elem().Set(reflect.ValueOf(m).Convert(reflect.TypeFor[R]()))
	return nil
}

func (l *rawLoader[R]) intoAny(rows conn.Rows, v *R) error {
	x, err := rows.Any(0)
	if err != nil {
		return &scan.ColumnError{Column: l.names[0], Err: err}
	}
	*v, _ = x.(R) // R is any, so that nil alone is not one
	return nil
}

// rawOne reads the first row.
type rawOne[R any] struct {
	value R
	found bool
}

// ReadRows implements [conn.RowReader].
func (o *rawOne[R]) ReadRows(rows conn.Rows) error {
	*o = rawOne[R]{}
	var l rawLoader[R]
	if o.found = rows.Next(); o.found {
		return l.Load(rows, &o.value)
	}
	return l.empty(rows)
}

// rawList reads all rows.
type rawList[R any] struct{ list []R }

// ReadRows implements [conn.RowReader].
func (a *rawList[R]) ReadRows(rows conn.Rows) (err error) {
	a.list = nil
	var l rawLoader[R]
	if !rows.Next() {
		return l.empty(rows)
	}
	if err = l.begin(rows); err != nil {
		return err
	}
	first := &firstRow{Rows: rows, is: true}
	if l.into == nil {
		a.list, err = l.loader.LoadAll(first, firstList)
		return err
	}
	for first.Next() {
		a.list = append(a.list, *new(R))
		if err := l.into(&l, rows, &a.list[len(a.list)-1]); err != nil {
			return err
		}
	}
	return nil
}

// empty checks the columns of a result without rows, so that a mistake shows before there are some. A statement that returns no
// columns has no rows either.
func (l *rawLoader[R]) empty(rows conn.Rows) error {
	if rows.Len() == 0 {
		return nil
	}
	return l.begin(rows)
}

// firstRow are rows whose first one has been gone to.
type firstRow struct {
	conn.Rows
	is bool
}

// Next implements [conn.Rows].
func (r *firstRow) Next() bool {
	if r.is {
		r.is = false
		return true
	}
	return r.Rows.Next()
}

// Inner returns the rows themselves, for who reads them in the engine's own form.
func (r *firstRow) Inner() any { return r.Rows }
