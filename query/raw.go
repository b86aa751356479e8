package query

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/Masterminds/squirrel"
	"github.com/google/uuid"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/sqltext"
	"github.com/prom-go/prom/schema"
)

// rawSQL is SQL that the caller wrote.
type rawSQL struct {
	parts []string // the text around the arguments: one more than args; ?? is undone
	text  string   // the text as given, for the shape
	args  []rawArg
}

// rawArg is a value, or a term of the row.
type rawArg struct {
	val  schema.Value
	term *expr
}

// Raw is a condition in SQL. A question mark stands for each argument; ?? is a question mark itself, and inside quotes
// and comments a question mark is just that. Arguments are booleans, numbers, texts, bytes, times, UUIDs, their
// pointers, slices of them as one list argument, and driver.Valuers; they are never written into the text. So are
// fields and other terms of T, in whose place stands what they are in the statement: a column with the name of its
// rows, whatever these are called there.
func Raw[T any](sql string, args ...any) Cond[T] {
	return Cond[T]{n: testExpr(opTruth, newRaw(kindColumns[schema.Bool], sql, args, termOf[T]))}
}

// termOf returns what an argument is when it is a term.
func termOf[T any](arg any) *expr {
	t, ok := arg.(AnyTerm[T])
	if !ok {
		return nil
	}
	e, _ := t.anyTerm()
	return e
}

// newRaw makes the expression of SQL whose result is like a column.
func newRaw(like *schema.Column, sql string, args []any, term func(any) *expr) *expr {
	raw := &rawSQL{text: sql, args: make([]rawArg, len(args))}
	e := &expr{op: exprRaw, like: like, raw: raw}
	raw.parts, e.err = sqltext.Fragment(sql)
	if e.err == nil && len(raw.parts) != len(args)+1 {
		e.err = argsError(len(raw.parts)-1, len(args))
	}
	for i, a := range args {
		if t := term(a); t != nil {
			raw.args[i].term, e.args = t, append(e.args, t)
			continue
		}
		var err error
		if _, field := a.(interface{ Column() *schema.Column }); field {
			err = errors.New("it is a field of another model")
		} else {
			raw.args[i].val, err = ValueOf(a)
		}
		if err != nil && e.err == nil {
			e.err = fmt.Errorf("argument %d of the raw condition: %w", i+1, err)
		}
	}
	return e
}

// argsError says that raw SQL has another number of arguments than of places for them.
func argsError(marks, args int) error {
	return fmt.Errorf("the raw SQL has %d question marks for %d arguments (a question mark itself is ??)", marks, args)
}

// raw writes SQL of the caller's.
func (r *renderer) raw(raw *rawSQL) {
	numbered := r.d.Features().NumberedArgs
	r.b.WriteByte('(')
	for i, part := range raw.parts {
		if i > 0 {
			r.rawArg(&raw.args[i-1])
		}
		if numbered {
			// squirrel takes every question mark for a placeholder, quoted ones too, except doubled ones.
			part = strings.ReplaceAll(part, "?", "??")
		}
		r.b.WriteString(part)
	}
	r.b.WriteByte(')')
}

func (r *renderer) rawArg(a *rawArg) {
	switch {
	case a.term == nil:
		r.b.WriteByte('?')
		r.arg(a.val)
	case a.term.op == exprColumn:
		r.expr(a.term)
	default:
		r.b.WriteByte('(')
		r.expr(a.term)
		r.b.WriteByte(')')
	}
}

// values appends the arguments of raw SQL.
func (raw *rawSQL) values(dst []schema.Value, d dialect.Dialect) []schema.Value {
	for i := range raw.args {
		if a := &raw.args[i]; a.term != nil {
			dst = exprValues(dst, d, a.term)
		} else {
			dst = append(dst, a.val)
		}
	}
	return dst
}

// raw is everything of raw SQL that its text depends on, but its terms.
func (k shape) raw(raw *rawSQL) shape {
	k = k.text(raw.text).int(len(raw.args))
	for i := range raw.args {
		k = k.byte(bit(raw.args[i].term != nil))
	}
	return k
}

// Sqlizer is a condition made by squirrel or anything else that gives SQL with question marks.
func Sqlizer[T any](sql squirrel.Sqlizer) Cond[T] {
	if sql == nil {
		return Cond[T]{n: &node{op: opTrue, err: errors.New("the condition is nil")}}
	}
	text, args, err := sql.ToSql()
	if err != nil {
		return Cond[T]{n: &node{op: opTrue, err: fmt.Errorf("the condition gives no SQL: %w", err)}}
	}
	if text == "" {
		return Cond[T]{}
	}
	return Raw[T](text, args...)
}

// ValueOf turns an argument of raw SQL into a value.
func ValueOf(x any) (schema.Value, error) { return valueOf(x, 0) }

// maxWithin is how many values may be within one another: what a pointer leads to, what a Value method gives, what a
// slice holds. A type that leads to itself would go on for ever.
const maxWithin = 16

func valueOf(x any, depth int) (schema.Value, error) {
	if depth > maxWithin {
		return schema.Value{}, fmt.Errorf("a %T cannot be an argument: it leads to itself; its Value method must give a type of package driver", x)
	}
	switch v := x.(type) {
	case nil:
		return schema.Value{}, nil
	case schema.Value:
		return v, nil
	case time.Time:
		return schema.CheckedTime(schema.Time, v)
	case []byte:
		return schema.BytesValue(v), nil
	case uuid.UUID:
		return schema.TextValue(schema.UUID, v.String()), nil
	case driver.Valuer:
		if rv := reflect.ValueOf(x); rv.Kind() == reflect.Pointer && rv.IsNil() {
			return schema.Value{}, nil
		}
		inner, err := v.Value()
		if err != nil {
			return schema.Value{}, fmt.Errorf("the Value method of %T failed", x)
		}
		return valueOf(inner, depth+1)
	}
	rv := reflect.ValueOf(x)
	switch {
	case rv.Kind() == reflect.Pointer:
		if rv.IsNil() {
			return schema.Value{}, nil
		}
		return valueOf(rv.Elem().Interface(), depth+1)
	case rv.Kind() == reflect.Bool:
		return schema.BoolValue(rv.Bool()), nil
	case rv.CanInt():
		return schema.IntValue(schema.Int64, rv.Int()), nil
	case rv.CanUint():
		if rv.Uint() <= 1<<63-1 {
			return schema.IntValue(schema.Int64, int64(rv.Uint())), nil
		}
		return schema.UintValue(rv.Uint()), nil
	case rv.CanFloat():
		if rv.Float() != rv.Float() {
			return schema.Value{}, errors.New("NaN cannot be an argument")
		}
		return schema.FloatValue(schema.Float64, rv.Float()), nil
	case rv.Kind() == reflect.String:
		return schema.TextValue(schema.Text, rv.String()), checkText(rv.String())
	case rv.Kind() == reflect.Slice && rv.Type().Elem().Kind() == reflect.Uint8:
		return schema.BytesValue(rv.Bytes()), nil
	case rv.Kind() == reflect.Slice:
		return listOf(rv, depth+1)
	}
	return schema.Value{}, fmt.Errorf("a %T cannot be an argument", x)
}

// listOf turns a slice into a list; its elements must be of one kind.
func listOf(rv reflect.Value, depth int) (schema.Value, error) {
	kind, err := elemKind(rv, depth)
	if err != nil || kind == schema.Null {
		return schema.Value{}, fmt.Errorf("a %s cannot be a list argument", rv.Type())
	}
	return schema.NewList(kind, rv.Len(), func(i int) (schema.Value, error) {
		v, err := valueOf(rv.Index(i).Interface(), depth)
		if err == nil && v.Kind() != kind {
			err = errors.New("the elements of a list argument must be of one type and not nil")
		}
		return v, err
	})
}

// elemKind returns the kind of a slice's elements, Null if it is not known. A Value method is called on what is in the
// slice, and on nothing else: an empty slice of such a type has the kind of the type that it is defined over.
func elemKind(rv reflect.Value, depth int) (schema.Kind, error) {
	t := rv.Type().Elem()
	zero := reflect.Zero(t)
	if t.Kind() != reflect.Interface && t.Kind() != reflect.Pointer && t.Implements(valuerType) && !plain(t) {
		if rv.Len() > 0 {
			zero = rv.Index(0)
		} else if basic, ok := basics[t.Kind()]; ok {
			zero = reflect.Zero(basic)
		} else {
			return schema.Text, nil
		}
	}
	elem, err := valueOf(zero.Interface(), depth)
	if err == nil && elem.IsNull() && rv.Len() > 0 {
		elem, err = valueOf(rv.Index(0).Interface(), depth)
	}
	return elem.Kind(), err
}

// plain reports whether a type is a value without its Value method.
func plain(t reflect.Type) bool { return t == reflect.TypeFor[uuid.UUID]() }

var valuerType = reflect.TypeFor[driver.Valuer]()

// basics are the types that others are defined over, by their kinds.
var basics = func() map[reflect.Kind]reflect.Type {
	m := map[reflect.Kind]reflect.Type{}
	for _, x := range []any{false, 0, int8(0), int16(0), int32(0), int64(0), uint(0), uint8(0), uint16(0), uint32(0), uint64(0), float32(0), 0.0, ""} {
		m[reflect.TypeOf(x).Kind()] = reflect.TypeOf(x)
	}
	return m
}()

// checkText refuses what no text column can hold.
func checkText(s string) error {
	if strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s) {
		return errors.New("a text argument must be valid UTF-8 without NUL")
	}
	return nil
}
