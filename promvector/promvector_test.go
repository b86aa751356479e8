package promvector_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/pgvector/pgvector-go"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promvector"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

type doc struct {
	ID        int64 `prom:"key,auto"`
	Title     string
	Embedding pgvector.Vector  `prom:"type=vector(3),index,using=hnsw,ops=vector_cosine_ops"`
	Summary   *pgvector.Vector `prom:"type=vector(3)"`
}

type passage struct {
	ID  int64 `prom:"key,auto"`
	Doc prom.Ref[doc]
}

type near struct {
	Title    string
	Distance float64
}

var (
	docProto     = prom.Proto[doc]()
	docID        = prom.NumberOf(docProto, &docProto.ID)
	docTitle     = prom.TextOf(docProto, &docProto.Title)
	docEmbedding = prom.FieldOf(docProto, &docProto.Embedding)
	docSummary   = prom.NullOf(docProto, &docProto.Summary)
	passageProto = prom.Proto[passage]()
	passageDoc   = prom.RefOf(passageProto, &passageProto.Doc)
	nearProto    = prom.Proto[near]()
)

func vec(xs ...float32) pgvector.Vector { return pgvector.NewVector(xs) }

// distances are the four, with what they are of (1, 2, 2) and (3, 0, 1).
var distances = []struct {
	name, operator string
	of             func(prom.Term[*doc, pgvector.Vector], pgvector.Vector) prom.Expr[*doc, float64]
	want           float64
}{
	{"L2", "<->", promvector.L2Distance[*doc], 3},
	{"L1", "<+>", promvector.L1Distance[*doc], 5},
	{"cosine", "<=>", promvector.CosineDistance[*doc], 1 - 5/(3*math.Sqrt(10))},
	{"inner product", "<#>", promvector.NegativeInnerProduct[*doc], -5},
}

// open opens a database that has vectors. A server without the extension leaves the test out; what is rendered for it
// is what [TestRendered] shows.
func open(t *testing.T, e dbtest.Engine) *prom.DB {
	t.Helper()
	if e.Name == dbtest.NamePostgres {
		setup := kit.Open(t, e.DSN)
		if kit.ScanOne[int64](t, setup, "SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'") == 0 {
			t.Skip("PostgreSQL has no extension vector (pgvector): only the SQL is tested")
		}
		// One for the whole database, which other tests use as well.
		kit.RunSQL(t, setup, "SELECT pg_advisory_xact_lock(7); CREATE EXTENSION IF NOT EXISTS vector SCHEMA pg_catalog")
	}
	return kit.Open(t, e.DSN)
}

func about(a, b float64) bool { return math.Abs(a-b) < 1e-5 }

// Ensure that vectors are stored and found by their distance, in every mode of the engines.
func TestDistances(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e)
		docs := prom.NewRepo[doc](prom.Using(db))
		summary := vec(1, 2, 2)
		first := doc{Title: "a", Embedding: vec(1, 2, 2), Summary: &summary}
		is.NoErr(docs.Create(ctx, &first))
		is.NoErr(docs.CreateMany(ctx, []doc{
			{Title: "b", Embedding: vec(-3, 0, -1)}, {Title: "c", Embedding: vec(3, 0.1, 1)},
			{Title: "d", Embedding: vec(0, 1, 0)},
		}))
		got, err := docs.Get(ctx, first.ID)
		is.NoErr(err)
		is.Equal(got.Embedding.Slice(), []float32{1, 2, 2})
		is.Equal(got.Summary.Slice(), []float32{1, 2, 2})

		v := vec(3, 0, 1)
		for _, d := range distances {
			// Read, of the row itself, of a NULL and of another row.
			one, err := prom.Pluck(docs.Where(docTitle.Eq("a")), d.of(docEmbedding, v)).One(ctx)
			is.NoErr(err)
			is.True(about(one, d.want)) // distance
			nulls, err := prom.Pluck(docs.OrderBy(docID.Asc()), prom.OrNull(d.of(docSummary, v))).All(ctx)
			is.NoErr(err)
			is.True(about(*nulls[0], d.want))
			is.Equal(nulls[1:], []*float64{nil, nil, nil})
			// The nearest ones.
			rows, err := docs.OrderBy(d.of(docEmbedding, v).Asc()).Limit(2).All(ctx)
			is.NoErr(err)
			is.Equal(rows[0].Title, "c")
			is.True(len(rows) == 2 && rows[1].Title != "b")
			last, err := docs.OrderBy(d.of(docSummary, v).Asc(), docTitle.Desc()).All(ctx)
			is.NoErr(err)
			is.Equal([]string{last[0].Title, last[1].Title}, []string{"a", "d"}) // NULLs are last
			// Conditions, counts and writes by query.
			n, err := docs.Where(d.of(docEmbedding, v).Lt(d.want + 0.001)).Count(ctx)
			is.NoErr(err)
			is.True(n >= 2) // a and c at least
			is.True(n < 4 || d.name == "inner product")
			changed, err := docs.Where(d.of(docSummary, v).Lte(d.want+0.001)).Update(ctx, docSummary.Set(vec(1, 2, 2)))
			is.NoErr(err)
			is.Equal(changed, 1)
		}
		// A projection with its order, and the distance of a row that a reference leads to.
		results, err := prom.Select(docs.Query(), nearProto, prom.Col(&nearProto.Title, docTitle),
			prom.Col(&nearProto.Distance, promvector.L2Distance(docEmbedding, v))).
			OrderBy(promvector.L2Distance(docEmbedding, v).Asc()).Limit(2).All(ctx)
		is.NoErr(err)
		is.Equal([]string{results[0].Title, results[1].Title}, []string{"c", "a"})
		is.True(about(results[0].Distance, 0.1))
		passages := prom.NewRepo[passage](prom.Using(db))
		is.NoErr(passages.Create(ctx, &passage{Doc: prom.RefTo(&first)}))
		away, err := prom.Pluck(passages.Query(), promvector.L2Distance(prom.Via(passageDoc, docEmbedding), v)).All(ctx)
		is.NoErr(err)
		is.True(len(away) == 1 && about(away[0], 3))
		// Equality, Set and Save.
		n, err := docs.Where(docEmbedding.Eq(vec(0, 1, 0))).Update(ctx, docEmbedding.Set(vec(0.5, 1e-7, -1.5e10)))
		is.NoErr(err)
		is.Equal(n, 1)
		moved, err := docs.Where(docTitle.Eq("d")).One(ctx)
		is.NoErr(err)
		is.Equal(moved.Embedding.Slice(), []float32{0.5, 1e-7, -1.5e10})
		moved.Embedding, moved.Summary = vec(0, 0, 0), &v
		is.NoErr(docs.Save(ctx, moved))
		n, err = docs.Where(docEmbedding.In(vec(0, 0, 0)), docSummary.NotNull()).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
		// A vector without a direction is last.
		rows, err := docs.OrderBy(promvector.CosineDistance(docEmbedding, v).Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(rows[3].Title, "d")
	})
}

// Ensure that a search uses the index that the tag declares, also of rows that were copied, and that the tables are as
// their models say.
func TestIndex(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e)
		docs := prom.NewRepo[doc](prom.Using(db))
		rows := make([]doc, 2000)
		for i := range rows {
			angle := float64(i) / 1000
			rows[i] = doc{Title: "row", Embedding: vec(float32(math.Cos(angle)), float32(math.Sin(angle)), 0)}
		}
		is.NoErr(docs.CreateMany(ctx, rows))
		q := docs.OrderBy(promvector.CosineDistance(docEmbedding, vec(1, 0, 0)).Asc()).Limit(5)
		nearest, err := q.All(ctx)
		is.NoErr(err)
		is.Equal(len(nearest), 5)
		for _, d := range nearest {
			is.True(d.ID <= 50) // such an index is approximate
		}
		is.NoErr(prom.Check(ctx, docs)) // nothing to do
		if e.Name != dbtest.NamePostgres {
			return
		}
		sql, args, err := q.SQL()
		is.NoErr(err)
		plan, err := prom.RawQuery[string](db, "EXPLAIN "+sql, args...).All(ctx)
		is.NoErr(err)
		is.True(strings.Contains(strings.Join(plan, "\n"), "Index Scan using doc_embedding on doc")) // the plan
	})
}

type other struct {
	ID     int64  `prom:"key"`
	Half   string `prom:"type=halfvec(3),index,using=hnsw,ops=halfvec_l2_ops"`
	Sparse string `prom:"type=sparsevec(5)"`
	Bits   string `prom:"type=bit(3)"`
}

var (
	otherProto  = prom.Proto[other]()
	otherID     = prom.NumberOf(otherProto, &otherProto.ID)
	otherHalf   = prom.TextOf(otherProto, &otherProto.Half)
	otherSparse = prom.TextOf(otherProto, &otherProto.Sparse)
	otherBits   = prom.TextOf(otherProto, &otherProto.Bits)
)

// Ensure that the other types of pgvector are texts, whose operators raw SQL has.
func TestOtherTypes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		if e.Name != dbtest.NamePostgres {
			return
		}
		is := is.New(t)
		ctx := context.Background()
		others := prom.NewRepo[other](prom.Using(open(t, e)))
		rows := []other{{1, "[1,2,3]", "{1:1,3:2}/5", "101"}, {2, "[1,0,0.5]", "{5:3}/5", "111"}}
		is.NoErr(others.CreateMany(ctx, rows))
		got, err := others.OrderBy(otherID.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(got, rows)
		for _, x := range []prom.Expr[*other, float64]{
			prom.RawExpr[float64](otherProto, "? <-> ?::halfvec", otherHalf, "[1,0,0]"),
			prom.RawExpr[float64](otherProto, "? <#> ?::sparsevec", otherSparse, "{5:1}/5"),
			prom.RawExpr[float64](otherProto, "? <~> ?::bit(3)", otherBits, "110"),
		} {
			nearest, err := prom.Pluck(others.OrderBy(x.Asc()).Limit(1), otherID).One(ctx)
			is.NoErr(err)
			is.Equal(nearest, int64(2))
		}
		is.NoErr(prom.Check(ctx, others))
	})
}

// Ensure that the operator gets the column as it is stored, and that nothing else is in the order: so that an index
// serves it.
func TestRendered(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		docs := prom.NewRepo[doc](prom.Using(kit.Open(t, e.DSN)))
		for _, d := range distances {
			sql, args, err := docs.OrderBy(d.of(docEmbedding, vec(3, 0, 1)).Asc()).Limit(5).SQL()
			is.NoErr(err)
			_, order, _ := strings.Cut(sql, " ORDER BY ")
			if e.Name == dbtest.NamePostgres {
				is.Equal(order, `("embedding" `+d.operator+` ($1::text)::vector) LIMIT $2`)
			} else {
				is.True(strings.HasPrefix(order, "(prom_"))
			}
			is.True(slices.Contains(args, any("[3,0,1]")))
		}
	})
}

// Ensure that what is no vector is refused before it is sent, that vectors of other dimensions are errors, and that a
// text that is no vector is an error and no panic.
func TestRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e)
		docs := prom.NewRepo[doc](prom.Using(db))
		is.NoErr(docs.Create(ctx, &doc{Title: "a", Embedding: vec(1, 2, 3)}))
		inf := float32(math.Inf(1))
		for _, bad := range []pgvector.Vector{{}, vec(), vec(1, float32(math.NaN()), 2), vec(inf, 0, 0),
			vec(make([]float32, promvector.MaxDimensions+1)...)} {
			is.True(errors.Is(docs.Create(ctx, &doc{Embedding: bad}), prom.ErrValidation))
			_, err := docs.OrderBy(promvector.L2Distance(docEmbedding, bad).Asc()).All(ctx)
			is.True(errors.Is(err, prom.ErrValidation))
		}
		for _, d := range distances {
			_, err := docs.Where(d.of(docEmbedding, vec(1, 2)).Lt(1)).All(ctx)
			is.True(errors.Is(err, prom.ErrType))
			is.True(strings.Contains(err.Error(), "different")) // dimensions
		}
		if e.Name == dbtest.NamePostgres {
			err := docs.Create(ctx, &doc{Embedding: vec(1, 2)})
			is.True(errors.Is(err, prom.ErrType))
			is.True(strings.Contains(err.Error(), "expected 3 dimensions, not 2"))
			return
		}
		for _, text := range []string{"", "[", "[]", "1,2,3", "[1,2,x]", "[1,2,NaN]", "[1,2,1e99]", "{1:1}/3"} {
			kit.RunSQL(t, db, "UPDATE doc SET embedding = '"+text+"'")
			_, err := docs.OrderBy(promvector.L2Distance(docEmbedding, vec(1, 2, 3)).Asc()).Count(ctx)
			is.NoErr(err) // which orders nothing
			_, err = docs.Where(promvector.L2Distance(docEmbedding, vec(1, 2, 3)).Gte(0)).Count(ctx)
			is.True(errors.Is(err, prom.ErrType))
			if text != "[1,2,NaN]" {
				_, err = docs.All(ctx)
				is.True(errors.Is(err, prom.ErrType))
			}
		}
	})
}
