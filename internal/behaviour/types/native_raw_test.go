package types_test

import (
	"context"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// rawType is a model of a table whose columns have types of PostgreSQL's own.
type rawType struct {
	ID      int64  `prom:"key"`
	Addr    string `prom:"type=inet"`
	Name    string `prom:"type=citext"`
	Mood    string
	Doc     *string
	Token   string
	Code    string `prom:"nocase"`
	Moods   []string
	Plain   string
	Parent  *prom.Ref[rawType] `prom:"parent_id"`
	Located string
}

var (
	rawProto   = prom.Proto[rawType]()
	rawID      = prom.NumberOf(rawProto, &rawProto.ID)
	rawAddr    = prom.TextOf(rawProto, &rawProto.Addr)
	rawName    = prom.TextOf(rawProto, &rawProto.Name)
	rawMood    = prom.TextOf(rawProto, &rawProto.Mood)
	rawDoc     = prom.NullTextOf(rawProto, &rawProto.Doc)
	rawToken   = prom.TextOf(rawProto, &rawProto.Token)
	rawCode    = prom.TextOf(rawProto, &rawProto.Code)
	rawMoods   = prom.ListOf(rawProto, &rawProto.Moods)
	rawPlain   = prom.TextOf(rawProto, &rawProto.Plain)
	rawParent  = prom.NullRefOf(rawProto, &rawProto.Parent)
	rawLocated = prom.TextOf(rawProto, &rawProto.Located)
)

// Ensure that a field in raw SQL is its column, of the type that it has in the database, wherever the SQL is used, and
// that its result can be read as a text.
func TestNativeInRaw(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"cache_statement", "exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			ctx := context.Background()
			db := openNative(t, dbtest.Engine{DSN: dbtest.Postgres(t)}.With("default_query_exec_mode="+mode))
			kit.RunSQL(t, db, `CREATE TABLE raw_type (id bigint PRIMARY KEY, addr inet NOT NULL, name citext NOT NULL,
				mood mood NOT NULL, doc json, token uuid NOT NULL, code citext NOT NULL, moods mood[] NOT NULL, plain text NOT NULL,
				parent_id bigint REFERENCES raw_type, located point NOT NULL)`)
			repo := prom.NewRepo[rawType](prom.Using(db))
			doc := `{"a": "x"}`
			one := rawType{ID: 1, Addr: "10.0.0.9", Name: "Ann", Mood: "ok", Doc: &doc, Code: "ab", Plain: "p",
				Token: "a0000000-0000-0000-0000-000000000000", Moods: []string{"sad", "ok"}, Located: "(1,2)"}
			two := rawType{ID: 2, Addr: "192.168.0.1", Name: "bob", Mood: "sad", Code: "c", Plain: "q",
				Token: "b0000000-0000-0000-0000-000000000000", Located: "(5,5)"}
			two.Parent = new(prom.RefTo(&one))
			is.NoErr(repo.Create(ctx, &one))
			is.NoErr(repo.Create(ctx, &two))
			ids := func(c prom.Cond[*rawType]) []int64 {
				t.Helper()
				list, err := prom.Pluck(repo.Where(c).OrderBy(rawID.Asc()), rawID).All(ctx)
				is.NoErr(err)
				return list
			}
			// Operators and functions of the type.
			is.Equal(ids(prom.Raw(rawProto, "? << inet '10.0.0.0/8'", rawAddr)), []int64{1})
			is.Equal(ids(prom.Raw(rawProto, "? << ?::inet", rawAddr, "192.168.0.0/16")), []int64{2})
			is.Equal(ids(prom.Raw(rawProto, "? = ?", rawName, "ANN")), []int64{1})
			is.Equal(ids(prom.Raw(rawProto, "? > 'sad'", rawMood)), []int64{1}) // by the order of the enum
			is.Equal(ids(prom.Raw(rawProto, "? = ?", rawMood, "ok")), []int64{1})
			is.Equal(ids(prom.Raw(rawProto, "? ->> 'a' = ?", rawDoc, "x")), []int64{1})
			is.Equal(ids(prom.Raw(rawProto, "? = ?", rawToken, "B0000000-0000-0000-0000-000000000000")), []int64{2})
			is.Equal(ids(prom.Raw(rawProto, "? = 'AB'", rawCode)), []int64{1})
			is.Equal(ids(prom.Raw(rawProto, "? = ANY(?)", rawMood, rawMoods)), []int64{1})
			is.Equal(ids(prom.Raw(rawProto, "? <-> point '(0,0)' < 3", rawLocated)), []int64{1})
			// A text, by a cast.
			is.Equal(ids(prom.Raw(rawProto, "upper(CAST(? AS text)) = 'OK'", rawMood)), []int64{1})
			// Another row, a subquery, a column of no such type.
			near := prom.Raw(rawProto, "? << inet '10.0.0.0/8' AND ? = 'q'", prom.Via(rawParent, rawAddr), rawPlain)
			is.Equal(ids(near), []int64{2})
			inner := prom.Pluck(repo.Where(prom.Raw(rawProto, "? << inet '10.0.0.0/8'", rawAddr)), rawID)
			is.Equal(ids(prom.InQuery(rawID, inner)), []int64{1})
			// Results and orders.
			same := func(sql string, f prom.Term[*rawType, string], want string) {
				t.Helper()
				x := prom.RawExpr[string](rawProto, sql, f)
				got, err := prom.Pluck(repo.OrderBy(x.Asc()).Where(rawID.Eq(1)), x).One(ctx)
				is.NoErr(err)
				is.Equal(got, want)
			}
			same("?", rawName, "Ann")
			same("?", rawMood, "ok")
			same("?", rawToken, one.Token)
			same("host(?)", rawAddr, "10.0.0.9")
			// Writes: an assignment, and the row that met another.
			n, err := repo.Where(rawID.Eq(1)).Update(ctx, rawAddr.SetTo(prom.RawExpr[string](rawProto, "? + 1", rawAddr)))
			is.NoErr(err)
			is.Equal(n, 1)
			is.Equal(ids(prom.Raw(rawProto, "? = inet '10.0.0.10'", rawAddr)), []int64{1})
			network := prom.RawExpr[string](rawProto, "set_masklen(?, 8)", prom.Excluded(rawAddr))
			met, err := repo.OnConflict(rawID).Where(prom.Raw(rawProto, "? >> ?", network, rawAddr)).
				Update(rawPlain.Set("met")).Create(ctx, &one)
			is.NoErr(err)
			is.Equal(met, prom.Updated)
		})
	}
}
