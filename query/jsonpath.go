package query

import (
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
)

// JSONColumn is a column of T that holds a JSON document: a [JSONField] or a [NullJSONField].
type JSONColumn[T any] interface {
	jsonColumn(*T) *scan.Codec
}

// JSONPath is the value of type V at a path of a document. A segment of the path is the key of an object, a string,
// or the index of a list, an int, which begins at 0. V is a text, a number, a boolean, or what is stored as JSON
// itself, such as a struct or a map. Where the path leads to nothing, or to something of another type, such as a
// number that V does not hold, the value is NULL; [OrNull] reads that as nil. What is within an object or a list must
// fit V.
func JSONPath[V, T any](f JSONColumn[T], path ...any) Expr[T, V] {
	return typed[T, V](ast.JSONPath[V](f.jsonColumn(nil).Column(), path))
}

// JSONText is the text at a path of a document, see [JSONPath].
func JSONText[T any](f JSONColumn[T], path ...any) TextExpr[T, string] {
	return TextExpr[T, string]{JSONPath[string](f, path...)}
}

// JSONInt is the whole number at a path of a document, see [JSONPath].
func JSONInt[T any](f JSONColumn[T], path ...any) Expr[T, int64] { return JSONPath[int64](f, path...) }

// JSONNumber is the number at a path of a document, see [JSONPath].
func JSONNumber[T any](f JSONColumn[T], path ...any) Expr[T, float64] {
	return JSONPath[float64](f, path...)
}

// JSONBool is the boolean at a path of a document, see [JSONPath].
func JSONBool[T any](f JSONColumn[T], path ...any) Expr[T, bool] { return JSONPath[bool](f, path...) }
