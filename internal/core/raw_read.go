package core

import (
	"errors"
	"reflect"
	"slices"
	"unsafe"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/scan"
)

// rawLoader reads rows whose columns are known when the first one is there. With a memory it is ready for use, once.
type rawLoader struct {
	memory *scan.Memory // of the values
	loader scan.Reader  // of the result's columns
	begun  bool

	// Of values without a type.
	names []string
	into  func(l *rawLoader, rows driver.Rows, v unsafe.Pointer) error
}

// begin looks at the columns of a result.
func (l *rawLoader) begin(rows driver.Rows) error {
	l.begun = true
	names := make([]string, rows.Len())
	for i := range names {
		names[i] = rows.Name(i)
	}
	t := l.memory.Type
	switch {
	case t.Kind() == reflect.Map && t.Key().Kind() == reflect.String && t.Elem() == reflect.TypeFor[any]():
		l.names, l.into = names, (*rawLoader).intoMap
		return distinct(names)
	case t == reflect.TypeFor[any]() && len(names) == 1:
		l.names, l.into = names, (*rawLoader).intoAny
		return nil
	}
	result, err := scan.ForResult(t, names)
	if err != nil {
		return err
	}
	l.loader.Use(result)
	return nil
}

// Load implements rowLoader.
func (l *rawLoader) Load(r scan.Row, v unsafe.Pointer) error {
	if !l.begun {
		if err := l.begin(r.(driver.Rows)); err != nil {
			return err
		}
	}
	if l.into != nil {
		return l.into(l, r.(driver.Rows), v)
	}
	return l.loader.Load(r, v)
}

// distinct refuses names of which a map could hold one value only.
func distinct(names []string) error {
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return &scan.ColumnError{Column: name,
				Err: errors.New("the result has two columns of this name; rename one with AS")}
		}
	}
	return nil
}

func (l *rawLoader) intoMap(rows driver.Rows, v unsafe.Pointer) error {
	m := make(map[string]any, len(l.names))
	for i, name := range l.names {
		var err error
		if m[name], err = rows.Any(i); err != nil {
			return &scan.ColumnError{Column: name, Err: err}
		}
	}
	t := l.memory.Type
	reflect.NewAt(t, v).Elem().Set(reflect.ValueOf(m).Convert(t))
	return nil
}

func (l *rawLoader) intoAny(rows driver.Rows, v unsafe.Pointer) error {
	x, err := rows.Any(0)
	if err != nil {
		return &scan.ColumnError{Column: l.names[0], Err: err}
	}
	*(*any)(v) = x
	return nil
}

// empty checks the columns of a result without rows, so that a mistake shows before there are some. A statement that
// returns no columns has no rows either.
func (l *rawLoader) empty(rows driver.Rows) error {
	if rows.Len() == 0 {
		return nil
	}
	return l.begin(rows)
}

// ReadBy implements [driver.ResultChecker].
func (l *rawLoader) ReadBy() any { return l.memory.Type }

// CheckResult implements [driver.ResultChecker].
func (l *rawLoader) CheckResult(r driver.ResultTypes) (uint64, error) {
	if r.Len() == 0 {
		return 0, nil
	}
	own := rawLoader{memory: l.memory} // l reads the rows
	if err := own.begin(r); err != nil || own.into != nil {
		return 0, err
	}
	return own.loader.Plan.CheckTypes(r, driver.ColumnBit)
}

// rawOne reads the first row.
type rawOne struct {
	memory *scan.Memory
	value  unsafe.Pointer // nil when there is none
}

// ReadRows implements [driver.RowReader].
func (o *rawOne) ReadRows(rows driver.Rows) error {
	o.value = nil
	l := rawLoader{memory: o.memory}
	if !rows.Next() {
		return l.empty(rows)
	}
	o.value = o.memory.New()
	return l.Load(rows, o.value)
}

// rawList reads all rows.
type rawList struct {
	memory *scan.Memory
	list   scan.List
}

// ReadRows implements [driver.RowReader].
func (a *rawList) ReadRows(rows driver.Rows) (err error) {
	a.list = scan.List{}
	l := rawLoader{memory: a.memory}
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
		if err := l.into(&l, rows, a.memory.Next(&a.list)); err != nil {
			return err
		}
	}
	return nil
}

// firstRow are rows whose first one has been gone to.
type firstRow struct {
	driver.Rows
	is bool
}

// Next implements [driver.Rows].
func (r *firstRow) Next() bool {
	if r.is {
		r.is = false
		return true
	}
	return r.Rows.Next()
}

// Inner returns the rows themselves, for who reads them in the engine's own form.
func (r *firstRow) Inner() any { return r.Rows }
