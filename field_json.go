package prom

import (
	"fmt"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// JSONField is a column of T that holds a JSON document. What is inside of it is found and changed by paths, see
// [JSONPath].
type JSONField[P, V any] struct {
	_ [0]func(P)
	c *scan.Codec
}

// JSONOf returns the JSON field whose address is given.
func JSONOf[P, V any](of P, field *V) *JSONField[P, V] {
	return &JSONField[P, V]{c: jsonColumnAt(place[V](of, field))}
}

func jsonColumnAt(at scan.Place) *scan.Codec {
	c, err := at.Codec()
	if err != nil {
		panic(err)
	}
	if col := c.Column(); col.Kind != schema.JSON || schema.Unwrap(col.Type) != at.Values {
		panic(fmt.Sprintf("prom: %s.%s is not stored as JSON of type %s", at.Model, col.Field, at.Values))
	}
	return c
}

// Column returns the column's schema.
func (f *JSONField[P, V]) Column() *schema.Column { return f.c.Column() }

// HasKey is true when the path leads to something, be it null.
func (f *JSONField[P, V]) HasKey(path ...any) Cond[P] { return Cond[P]{n: ast.HasKey(f.c, path)} }

// Contains is true when the document contains doc, which is written as JSON: each member of an object, and each element
// of a list, is somewhere in the object or list at the same place, with whatever else is there. A list contains a
// single value that is one of its elements. It is PostgreSQL's operator @>.
func (f *JSONField[P, V]) Contains(doc any) Cond[P] { return Cond[P]{n: ast.ContainsDoc(f.c, doc)} }

// SetPath assigns the document with another value, which is written as JSON, at the path, in the database. The object
// or list that the value goes into must be there: else the document stays as it is. A key that an object lacks is
// added, and an index behind the end of a list appends; one that counts from the end must lead to an element.
// NULL stays NULL.
func (f *JSONField[P, V]) SetPath(value any, path ...any) Assign[P] {
	return Assign[P]{a: ast.SetPath(f.c, value, path)}
}

// RemovePath assigns the document without what is at the path, in the database.
func (f *JSONField[P, V]) RemovePath(path ...any) Assign[P] {
	return Assign[P]{a: ast.RemovePath(f.c, path)}
}

// Merge assigns the document with another one merged into it as RFC 7396 says, in the database: members replace those
// of the same name, objects are merged, and null removes a member. A document that is no object, NULL too, counts as an
// empty one. The other document, which is written as JSON, must be an object.
func (f *JSONField[P, V]) Merge(doc any) Assign[P] { return Assign[P]{a: ast.MergeDoc(f.c, doc)} }

// Set assigns v, whole: what V does not know of the documents that are stored is gone. SetPath changes a part of them.
func (f *JSONField[P, V]) Set(v V) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term.
func (f *JSONField[P, V]) SetTo(t Term[P, V]) Assign[P] {
	return Assign[P]{a: ast.AssignTerm(new(ast.Assign), f.c, t.term(*new(P), nil))}
}

func (f *JSONField[P, V]) term(P, *V) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *JSONField[P, V]) anyTerm(P) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *JSONField[P, V]) jsonColumn(*P) *scan.Codec { return f.c }

// NullJSONField is a [JSONField] that may be NULL.
type NullJSONField[P, V any] struct {
	_ [0]func(P)
	c *scan.Codec
}

// NullJSONOf returns the JSON field whose address is given, a pointer.
func NullJSONOf[P, V any](of P, field **V) *NullJSONField[P, V] {
	return &NullJSONField[P, V]{c: jsonColumnAt(place[V](of, field))}
}

// Column returns the column's schema.
func (f *NullJSONField[P, V]) Column() *schema.Column { return f.c.Column() }

// IsNull is true when the column is NULL.
func (f *NullJSONField[P, V]) IsNull() Cond[P] {
	return Cond[P]{n: ast.Test(new(ast.Cond), ast.OpNull, f.c)}
}

// NotNull is true when the column is not NULL.
func (f *NullJSONField[P, V]) NotNull() Cond[P] {
	return Cond[P]{n: ast.Test(new(ast.Cond), ast.OpNotNull, f.c)}
}

// HasKey is true when the path leads to something, be it null.
func (f *NullJSONField[P, V]) HasKey(path ...any) Cond[P] { return Cond[P]{n: ast.HasKey(f.c, path)} }

// Contains is true when the document contains doc, which is written as JSON: each member of an object, and each element
// of a list, is somewhere in the object or list at the same place, with whatever else is there. A list contains a
// single value that is one of its elements. It is PostgreSQL's operator @>.
func (f *NullJSONField[P, V]) Contains(doc any) Cond[P] { return Cond[P]{n: ast.ContainsDoc(f.c, doc)} }

// SetPath assigns the document with another value, which is written as JSON, at the path, in the database. The object
// or list that the value goes into must be there: else the document stays as it is. A key that an object lacks is
// added, and an index behind the end of a list appends; one that counts from the end must lead to an element.
// NULL stays NULL.
func (f *NullJSONField[P, V]) SetPath(value any, path ...any) Assign[P] {
	return Assign[P]{a: ast.SetPath(f.c, value, path)}
}

// RemovePath assigns the document without what is at the path, in the database.
func (f *NullJSONField[P, V]) RemovePath(path ...any) Assign[P] {
	return Assign[P]{a: ast.RemovePath(f.c, path)}
}

// Merge assigns the document with another one merged into it as RFC 7396 says, in the database: members replace those
// of the same name, objects are merged, and null removes a member. A document that is no object, NULL too, counts as an
// empty one. The other document, which is written as JSON, must be an object.
func (f *NullJSONField[P, V]) Merge(doc any) Assign[P] { return Assign[P]{a: ast.MergeDoc(f.c, doc)} }

// Set assigns v, whole: what V does not know of the documents that are stored is gone. SetPath changes a part of them.
func (f *NullJSONField[P, V]) Set(v V) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term.
func (f *NullJSONField[P, V]) SetTo(t Term[P, V]) Assign[P] {
	return Assign[P]{a: ast.AssignTerm(new(ast.Assign), f.c, t.term(*new(P), nil))}
}

// SetNull assigns NULL.
func (f *NullJSONField[P, V]) SetNull() Assign[P] {
	return Assign[P]{a: ast.AssignNull(new(ast.Assign), f.c)}
}

func (f *NullJSONField[P, V]) term(P, *V) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *NullJSONField[P, V]) anyTerm(P) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *NullJSONField[P, V]) jsonColumn(*P) *scan.Codec { return f.c }

// JSONColumn is a column of T that holds a JSON document: a [JSONField] or a [NullJSONField].
type JSONColumn[P any] interface {
	jsonColumn(*P) *scan.Codec
}

// JSONPath is the value of type V at a path of a document. A segment of the path is the key of an object, a string,
// or the index of a list, an int, which begins at 0; a negative one counts from the end, where -1 is the last element.
// V is a text, a number, a boolean, or what is stored as JSON
// itself, such as a struct or a map. Where the path leads to nothing, or to something of another type, such as a
// number that V does not hold, the value is NULL; [OrNull] reads that as nil. What is within an object or a list must
// fit V.
func JSONPath[V, P any](f JSONColumn[P], path ...any) Expr[P, V] {
	return typed[P, V](ast.JSONPath[V](f.jsonColumn(nil).Column(), path))
}

// JSONText is the text at a path of a document, see [JSONPath].
func JSONText[P any](f JSONColumn[P], path ...any) TextExpr[P, string] {
	return TextExpr[P, string]{JSONPath[string](f, path...)}
}

// JSONInt is the whole number at a path of a document, see [JSONPath].
func JSONInt[P any](f JSONColumn[P], path ...any) Expr[P, int64] { return JSONPath[int64](f, path...) }

// JSONNumber is the number at a path of a document, see [JSONPath].
func JSONNumber[P any](f JSONColumn[P], path ...any) Expr[P, float64] {
	return JSONPath[float64](f, path...)
}

// JSONBool is the boolean at a path of a document, see [JSONPath].
func JSONBool[P any](f JSONColumn[P], path ...any) Expr[P, bool] { return JSONPath[bool](f, path...) }
