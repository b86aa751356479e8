package prom

import (
	"fmt"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// JSONField is a column of the model P that holds a JSON document. Paths read and change parts of the document; see
// [JSONPath].
type JSONField[P, V any] struct {
	_ [0]func(P)
	c *scan.Codec
}

// JSONOf returns the [JSONField] of a value that is stored as JSON.
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

// HasKey is true when the document has a value at the path, also if that value is the JSON null.
func (f *JSONField[P, V]) HasKey(path ...any) Cond[P] { return Cond[P]{n: ast.HasKey(f.c, path)} }

// Contains is true when the document contains doc (PostgreSQL's operator @>). The argument doc is encoded as JSON. Each
// member of an object of doc, and each element of an array of doc, must be in the object or array at the same place of
// the document, which may have more of them. An array also contains a single value that is one of its elements.
func (f *JSONField[P, V]) Contains(doc any) Cond[P] { return Cond[P]{n: ast.ContainsDoc(f.c, doc)} }

// SetPath sets the value at the path of the document, in the database. The value is encoded as JSON. The object or
// array that gets the value must exist; otherwise the document does not change. A key that the object does not have is
// added. An index beyond the end of an array appends the value. A negative index counts from the end and must be that
// of an element. NULL stays NULL.
func (f *JSONField[P, V]) SetPath(value any, path ...any) Assign[P] {
	return Assign[P]{a: ast.SetPath(f.c, value, path)}
}

// RemovePath removes the value at the path from the document, in the database.
func (f *JSONField[P, V]) RemovePath(path ...any) Assign[P] {
	return Assign[P]{a: ast.RemovePath(f.c, path)}
}

// Merge merges doc into the document, in the database, by the rules of a JSON merge patch (RFC 7396): members replace
// the members of the same name, objects are merged, and null removes a member. A document that is not an object, and
// NULL, counts as an empty object. The argument doc is encoded as JSON and must be an object.
func (f *JSONField[P, V]) Merge(doc any) Assign[P] { return Assign[P]{a: ast.MergeDoc(f.c, doc)} }

// Set assigns v to the column. It replaces the whole document: members of the stored document that V does not have are
// lost. [JSONField.SetPath] changes only a part of the document.
func (f *JSONField[P, V]) Set(v V) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term to the column.
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

// NullJSONOf returns the [JSONField] of a pointer. The column may be NULL.
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

// HasKey is true when the document has a value at the path, also if that value is the JSON null.
func (f *NullJSONField[P, V]) HasKey(path ...any) Cond[P] { return Cond[P]{n: ast.HasKey(f.c, path)} }

// Contains is true when the document contains doc (PostgreSQL's operator @>). The argument doc is encoded as JSON. Each
// member of an object of doc, and each element of an array of doc, must be in the object or array at the same place of
// the document, which may have more of them. An array also contains a single value that is one of its elements.
func (f *NullJSONField[P, V]) Contains(doc any) Cond[P] { return Cond[P]{n: ast.ContainsDoc(f.c, doc)} }

// SetPath sets the value at the path of the document, in the database. The value is encoded as JSON. The object or
// array that gets the value must exist; otherwise the document does not change. A key that the object does not have is
// added. An index beyond the end of an array appends the value. A negative index counts from the end and must be that
// of an element. NULL stays NULL.
func (f *NullJSONField[P, V]) SetPath(value any, path ...any) Assign[P] {
	return Assign[P]{a: ast.SetPath(f.c, value, path)}
}

// RemovePath removes the value at the path from the document, in the database.
func (f *NullJSONField[P, V]) RemovePath(path ...any) Assign[P] {
	return Assign[P]{a: ast.RemovePath(f.c, path)}
}

// Merge merges doc into the document, in the database, by the rules of a JSON merge patch (RFC 7396): members replace
// the members of the same name, objects are merged, and null removes a member. A document that is not an object, and
// NULL, counts as an empty object. The argument doc is encoded as JSON and must be an object.
func (f *NullJSONField[P, V]) Merge(doc any) Assign[P] { return Assign[P]{a: ast.MergeDoc(f.c, doc)} }

// Set assigns v to the column. It replaces the whole document: members of the stored document that V does not have are
// lost. [JSONField.SetPath] changes only a part of the document.
func (f *NullJSONField[P, V]) Set(v V) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term to the column.
func (f *NullJSONField[P, V]) SetTo(t Term[P, V]) Assign[P] {
	return Assign[P]{a: ast.AssignTerm(new(ast.Assign), f.c, t.term(*new(P), nil))}
}

// SetNull assigns NULL to the column.
func (f *NullJSONField[P, V]) SetNull() Assign[P] {
	return Assign[P]{a: ast.AssignNull(new(ast.Assign), f.c)}
}

func (f *NullJSONField[P, V]) term(P, *V) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *NullJSONField[P, V]) anyTerm(P) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *NullJSONField[P, V]) jsonColumn(*P) *scan.Codec { return f.c }

// JSONColumn is a column of the model P that holds a JSON document: a [JSONField] or a [NullJSONField].
type JSONColumn[P any] interface {
	jsonColumn(*P) *scan.Codec
}

// JSONPath is the value of type V at a path of a document. An element of the path is a string, the key of an object, or
// an int, the index of an array. Indexes begin at 0; a negative index counts from the end, and -1 is the last element.
// V is a text, a number, a boolean, or a type that is stored as JSON, such as a struct or a map. If the path has no
// value, or a value of another type, such as a number outside the range of V, the result is NULL; [OrNull] reads NULL
// as nil. The members and elements of an object or array must fit V.
func JSONPath[V, P any](f JSONColumn[P], path ...any) Expr[P, V] {
	return typed[P, V](ast.JSONPath[V](f.jsonColumn(nil).Column(), path))
}

// JSONText is the text at a path of a document; see [JSONPath].
func JSONText[P any](f JSONColumn[P], path ...any) TextExpr[P, string] {
	return TextExpr[P, string]{JSONPath[string](f, path...)}
}

// JSONInt is the integer at a path of a document; see [JSONPath].
func JSONInt[P any](f JSONColumn[P], path ...any) Expr[P, int64] { return JSONPath[int64](f, path...) }

// JSONNumber is the number at a path of a document; see [JSONPath].
func JSONNumber[P any](f JSONColumn[P], path ...any) Expr[P, float64] {
	return JSONPath[float64](f, path...)
}

// JSONBool is the boolean at a path of a document; see [JSONPath].
func JSONBool[P any](f JSONColumn[P], path ...any) Expr[P, bool] { return JSONPath[bool](f, path...) }
