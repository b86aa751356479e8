package query

import (
	"fmt"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// JSONField is a column of T that holds a JSON document. What is inside of it is found and changed by paths, see
// [JSONPath].
type JSONField[T, V any] struct {
	_ [0]func(*T)
	c *scan.Codec
}

// JSONOf returns the JSON field that the accessor points to.
func JSONOf[T, V any](accessor func(*T) *V) *JSONField[*T, V] {
	return &JSONField[*T, V]{c: jsonCodec[T, V, V](accessor)}
}

func jsonCodec[T, F, V any](accessor func(*T) *F) *scan.Codec {
	return codecOfJSON(scan.At[T, F, V](accessor))
}

func codecOfJSON(at scan.Access) *scan.Codec {
	c, err := at.Codec()
	if err != nil {
		panic(err)
	}
	if col := c.Column(); col.Kind != schema.JSON || schema.Unwrap(col.Type) != at.Values {
		panic(fmt.Sprintf("prom: %s.%s is not stored as JSON of type %s", at.Model, col.Field, at.Values))
	}
	return c
}

// Name returns the column's name.
func (f *JSONField[T, V]) Name() string { return f.c.Column().Name }

// Column returns the column's schema.
func (f *JSONField[T, V]) Column() *schema.Column { return f.c.Column() }

// HasKey is true when the path leads to something, be it null.
func (f *JSONField[T, V]) HasKey(path ...any) Cond[T] { return Cond[T]{n: ast.HasKey(f.c, path)} }

// Contains is true when the document contains doc, which is written as JSON: each member of an object, and each element
// of a list, is somewhere in the object or list at the same place, with whatever else is there. A list contains a
// single value that is one of its elements. It is PostgreSQL's operator @>.
func (f *JSONField[T, V]) Contains(doc any) Cond[T] { return Cond[T]{n: ast.ContainsDoc(f.c, doc)} }

// SetPath assigns the document with another value, which is written as JSON, at the path, in the database. The object
// or list that the value goes into must be there: else the document stays as it is. A key that an object lacks is
// added, and an index behind the end of a list appends. NULL stays NULL.
func (f *JSONField[T, V]) SetPath(value any, path ...any) Assign[T] {
	return Assign[T]{a: ast.SetPath(f.c, value, path)}
}

// RemovePath assigns the document without what is at the path, in the database.
func (f *JSONField[T, V]) RemovePath(path ...any) Assign[T] {
	return Assign[T]{a: ast.RemovePath(f.c, path)}
}

// Merge assigns the document with another one merged into it as RFC 7396 says, in the database: members replace those
// of the same name, objects are merged, and null removes a member. A document that is no object, NULL too, counts as an
// empty one. The other document, which is written as JSON, must be an object.
func (f *JSONField[T, V]) Merge(doc any) Assign[T] { return Assign[T]{a: ast.MergeDoc(f.c, doc)} }

// Set assigns v, whole: what V does not know of the documents that are stored is gone. SetPath changes a part of them.
func (f *JSONField[T, V]) Set(v V) Assign[T] {
	return Assign[T]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term.
func (f *JSONField[T, V]) SetTo(t Term[T, V]) Assign[T] { return setTo[T](f.c, t.term().e) }

func (f *JSONField[T, V]) term() value[T, V] { return value[T, V]{e: ast.ColumnOf(f.c)} }

func (f *JSONField[T, V]) anyTerm() (*ast.Expr, *T) { return ast.ColumnOf(f.c), nil }

func (f *JSONField[T, V]) jsonColumn(*T) *scan.Codec { return f.c }

// NullJSONField is a [JSONField] that may be NULL.
type NullJSONField[T, V any] struct {
	_ [0]func(*T)
	c *scan.Codec
}

// NullJSONOf returns the JSON field that the accessor points to, a pointer.
func NullJSONOf[T, V any](accessor func(*T) **V) *NullJSONField[*T, V] {
	return &NullJSONField[*T, V]{c: jsonCodec[T, *V, V](accessor)}
}

// Name returns the column's name.
func (f *NullJSONField[T, V]) Name() string { return f.c.Column().Name }

// Column returns the column's schema.
func (f *NullJSONField[T, V]) Column() *schema.Column { return f.c.Column() }

// IsNull is true when the column is NULL.
func (f *NullJSONField[T, V]) IsNull() Cond[T] {
	return Cond[T]{n: ast.Test(new(ast.Cond), ast.OpNull, f.c)}
}

// NotNull is true when the column is not NULL.
func (f *NullJSONField[T, V]) NotNull() Cond[T] {
	return Cond[T]{n: ast.Test(new(ast.Cond), ast.OpNotNull, f.c)}
}

// HasKey is true when the path leads to something, be it null.
func (f *NullJSONField[T, V]) HasKey(path ...any) Cond[T] { return Cond[T]{n: ast.HasKey(f.c, path)} }

// Contains is true when the document contains doc, which is written as JSON: each member of an object, and each element
// of a list, is somewhere in the object or list at the same place, with whatever else is there. A list contains a
// single value that is one of its elements. It is PostgreSQL's operator @>.
func (f *NullJSONField[T, V]) Contains(doc any) Cond[T] { return Cond[T]{n: ast.ContainsDoc(f.c, doc)} }

// SetPath assigns the document with another value, which is written as JSON, at the path, in the database. The object
// or list that the value goes into must be there: else the document stays as it is. A key that an object lacks is
// added, and an index behind the end of a list appends. NULL stays NULL.
func (f *NullJSONField[T, V]) SetPath(value any, path ...any) Assign[T] {
	return Assign[T]{a: ast.SetPath(f.c, value, path)}
}

// RemovePath assigns the document without what is at the path, in the database.
func (f *NullJSONField[T, V]) RemovePath(path ...any) Assign[T] {
	return Assign[T]{a: ast.RemovePath(f.c, path)}
}

// Merge assigns the document with another one merged into it as RFC 7396 says, in the database: members replace those
// of the same name, objects are merged, and null removes a member. A document that is no object, NULL too, counts as an
// empty one. The other document, which is written as JSON, must be an object.
func (f *NullJSONField[T, V]) Merge(doc any) Assign[T] { return Assign[T]{a: ast.MergeDoc(f.c, doc)} }

// Set assigns v, whole: what V does not know of the documents that are stored is gone. SetPath changes a part of them.
func (f *NullJSONField[T, V]) Set(v V) Assign[T] {
	return Assign[T]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term.
func (f *NullJSONField[T, V]) SetTo(t Term[T, V]) Assign[T] { return setTo[T](f.c, t.term().e) }

// SetNull assigns NULL.
func (f *NullJSONField[T, V]) SetNull() Assign[T] {
	return Assign[T]{a: ast.AssignNull(new(ast.Assign), f.c)}
}

func (f *NullJSONField[T, V]) term() value[T, V] { return value[T, V]{e: ast.ColumnOf(f.c)} }

func (f *NullJSONField[T, V]) anyTerm() (*ast.Expr, *T) { return ast.ColumnOf(f.c), nil }

func (f *NullJSONField[T, V]) jsonColumn(*T) *scan.Codec { return f.c }
