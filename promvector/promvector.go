// Package promvector searches PostgreSQL's vectors, the type of the extension pgvector, by their distance: nearest
// neighbors of embeddings. It is a module of its own, so that pgvector-go is no dependency of programs without vectors.
//
// A field of type [pgvector.Vector], or a pointer to one, which may be NULL, is a vector of any table:
//
//	type Doc struct {
//		prom.Model
//		Title     string
//		Embedding pgvector.Vector `prom:"type=vector(3),index,using=hnsw,ops=vector_cosine_ops"`
//	}
//
//	var (
//		doc          = prom.Proto[Doc]()
//		docEmbedding = prom.FieldOf(doc, &doc.Embedding)
//	)
//
//	nearest, err := docs.OrderBy(promvector.CosineDistance(docEmbedding, v).Asc()).Limit(5).All(ctx)
//
// Distances are terms: they work in conditions, orders, projections and computed fields.
//
// # PostgreSQL
//
// The database needs the extension once, by a role that may create it: CREATE EXTENSION vector, in a schema of the
// search path. The option type names the number of dimensions, which an index needs. An index of the method hnsw or
// ivfflat serves the order by one distance, by its operator class: vector_l2_ops, vector_l1_ops, vector_cosine_ops or
// vector_ip_ops. PostgreSQL uses it for an ascending order with a limit. Such a search is approximate, and settings
// such as hnsw.ef_search say how much; see https://github.com/pgvector/pgvector. For halfvec, sparsevec and bit,
// declare a string with the type, such as type=halfvec(3), and write the operator by [prom.RawExpr].
//
// # SQLite
//
// A vector is stored as a text such as [1,2,3]. Distances are computed in Go for each row, without an index: enough for
// tests and small tables. They are added in 64 bits, and by PostgreSQL in 32: results differ in the last digits.
// Nothing checks the number of dimensions when a row is written; a distance of vectors of different dimensions is an
// error on both engines.
package promvector

import (
	"errors"
	"math"
	"strings"

	"github.com/pgvector/pgvector-go"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/dialect/sqlite"
)

// MaxDimensions is how many dimensions a vector may have: pgvector's VECTOR_MAX_DIM.
const MaxDimensions = 16000

// L2Distance is the Euclidean distance of a vector from v: the operator <->, for an index of vector_l2_ops. It is NULL
// where the vector is NULL, as are the other distances. Vectors of different dimensions are an error.
func L2Distance[P any](vector prom.Term[P, pgvector.Vector], v pgvector.Vector) prom.Expr[P, float64] {
	return distance(vector, v, "<->", sqlite.L2Distance)
}

// L1Distance is the taxicab distance: the sum of the distances in each dimension. It is the operator <+>, for an index
// of vector_l1_ops, and needs pgvector 0.7.
func L1Distance[P any](vector prom.Term[P, pgvector.Vector], v pgvector.Vector) prom.Expr[P, float64] {
	return distance(vector, v, "<+>", sqlite.L1Distance)
}

// CosineDistance is 1 minus the cosine of the angle between the vectors, from 0 to 2: the operator <=>, for an index of
// vector_cosine_ops. A vector of zeros has no direction: its distance is NaN on PostgreSQL and NULL on SQLite, last in
// an ascending order on both, and an index does not have the row.
func CosineDistance[P any](vector prom.Term[P, pgvector.Vector], v pgvector.Vector) prom.Expr[P, float64] {
	return distance(vector, v, "<=>", sqlite.CosineDistance)
}

// NegativeInnerProduct is the inner product times -1, so that an ascending order begins with the greatest product: the
// operator <#>, for an index of vector_ip_ops. For vectors of length 1 it orders as [CosineDistance] does, and costs
// less.
func NegativeInnerProduct[P any](vector prom.Term[P, pgvector.Vector], v pgvector.Vector) prom.Expr[P, float64] {
	return distance(vector, v, "<#>", sqlite.NegativeInnerProduct)
}

// distance is the result of an operator of pgvector, or of the function of SQLite that has its meaning.
func distance[P any](vector prom.Term[P, pgvector.Vector], v pgvector.Vector,
	operator, function string) prom.Expr[P, float64] {
	sql := prom.EngineSQL{Postgres: "? " + operator + " ?::vector", SQLite: function + "(?, ?)"}
	return prom.EngineExpr[float64](*new(P), sql, vector, prom.Val(*new(P), v))
}

// Fields of vectors are checked before they are sent, and a text that is no vector is an error.
var _ = prom.RegisterCodec(encode, decode)

func encode(v pgvector.Vector) (string, error) {
	switch n := len(v.Slice()); {
	case n == 0:
		return "", errors.New("promvector: a vector has one dimension or more; for none, use a pointer, which may be nil")
	case n > MaxDimensions:
		return "", errors.New("promvector: a vector has at most 16000 dimensions")
	}
	for _, x := range v.Slice() {
		if f := float64(x); math.IsNaN(f) || math.IsInf(f, 0) {
			return "", errors.New("promvector: NaN and infinity are no elements of a vector")
		}
	}
	return v.String(), nil
}

func decode(s string) (v pgvector.Vector, err error) {
	if len(s) < len("[0]") || !strings.HasPrefix(s, "[") || !strings.HasSuffix(s, "]") {
		return v, errors.New("promvector: the text is no vector such as [1,2,3]")
	}
	err = v.Parse(s)
	return v, err
}
