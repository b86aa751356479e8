package prom

import (
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// JSONContainedBy is true when doc contains the document, by the rules of [JSONField.Contains] (PostgreSQL's operator
// <@). The argument doc is encoded as JSON.
func JSONContainedBy[P any](f JSONColumn[P], doc any) Cond[P] {
	return Cond[P]{n: ast.ContainedByDoc(f.jsonColumn(nil), doc)}
}

// JSONHasAnyKey is true when at least one of the keys is a key of the object, or a text in the array, or the text, that
// the document is (PostgreSQL's operator ?|). Without keys it is false. It can use an index.
func JSONHasAnyKey[P any](f JSONColumn[P], keys ...string) Cond[P] {
	return Cond[P]{n: ast.HasKeys(dialect.FuncJSONHasAny, f.jsonColumn(nil), keys)}
}

// JSONHasAllKeys is true when all of the keys are in the document, by the rules of [JSONHasAnyKey] (PostgreSQL's
// operator ?&). Without keys it is true. It can use an index.
func JSONHasAllKeys[P any](f JSONColumn[P], keys ...string) Cond[P] {
	return Cond[P]{n: ast.HasKeys(dialect.FuncJSONHasAll, f.jsonColumn(nil), keys)}
}

// JSONLen is the number of elements of the array at a path of a document; without a path, of the document. If there is
// no array, it is NULL. See [JSONPath] for paths.
func JSONLen[P any](f JSONColumn[P], path ...any) Expr[P, int64] {
	return typed[P, int64](ast.JSONAbout(dialect.FuncJSONLen, schema.Int64, f.jsonColumn(nil), path))
}

// JSONType is the type of the value at a path of a document; without a path, of the document: object, array, string,
// number, boolean or null, the names of PostgreSQL's jsonb_typeof. If the path has no value, it is NULL.
func JSONType[P any](f JSONColumn[P], path ...any) Expr[P, string] {
	return typed[P, string](ast.JSONAbout(dialect.FuncJSONType, schema.Text, f.jsonColumn(nil), path))
}
