package prom

import (
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// JSONContainedBy is true when doc, which is written as JSON, contains the document, as [JSONField.Contains] says. It
// is PostgreSQL's operator <@.
func JSONContainedBy[P any](f JSONColumn[P], doc any) Cond[P] {
	return Cond[P]{n: ast.ContainedByDoc(f.jsonColumn(nil), doc)}
}

// JSONHasAnyKey is true when one of the keys is a key of the document, an object, or else a text in the list, or the
// text, that the document is. Of no keys it is false. It is PostgreSQL's operator ?|, which an index may serve.
func JSONHasAnyKey[P any](f JSONColumn[P], keys ...string) Cond[P] {
	return Cond[P]{n: ast.HasKeys(dialect.FuncJSONHasAny, f.jsonColumn(nil), keys)}
}

// JSONHasAllKeys is true when all of the keys are as [JSONHasAnyKey] says. Of no keys it is true. It is PostgreSQL's
// operator ?&, which an index may serve.
func JSONHasAllKeys[P any](f JSONColumn[P], keys ...string) Cond[P] {
	return Cond[P]{n: ast.HasKeys(dialect.FuncJSONHasAll, f.jsonColumn(nil), keys)}
}

// JSONLen is the number of elements of the list at a path of a document, or of the document without a path, and NULL
// where there is no list. See [JSONPath] for paths.
func JSONLen[P any](f JSONColumn[P], path ...any) Expr[P, int64] {
	return typed[P, int64](ast.JSONAbout(dialect.FuncJSONLen, schema.Int64, f.jsonColumn(nil), path))
}

// JSONType is what is at a path of a document, or what the document is without a path: object, array, string, number,
// boolean or null. It is NULL where the path leads to nothing. The words are those of PostgreSQL's jsonb_typeof.
func JSONType[P any](f JSONColumn[P], path ...any) Expr[P, string] {
	return typed[P, string](ast.JSONAbout(dialect.FuncJSONType, schema.Text, f.jsonColumn(nil), path))
}
