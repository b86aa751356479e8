package types_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// foreign is a model of tables whose columns have a type that no kind belongs to.
type foreign struct {
	ID    int64 `prom:"key,auto"`
	Seq   int   `prom:"unique"`
	Val   string
	Maybe *string
	List  []string
}

// foreignOwner is a model whose key has such a type, and foreignPart one that refers to it.
type foreignOwner struct {
	Key   string                 `prom:"key"`
	Parts prom.Many[foreignPart] `prom:"via=owner"`
}

type foreignPart struct {
	ID    int64                             `prom:"key,auto"`
	Owner prom.RefBy[foreignOwner, string]  `prom:"owner"`
	Next  *prom.RefBy[foreignOwner, string] `prom:"next"`
}

type foreignGroup struct {
	Val   string
	Most  string
	Count int64
}

var (
	foreignProto = prom.Proto[foreign]()
	foreignSeq   = prom.NumberOf(foreignProto, &foreignProto.Seq)
	foreignVal   = prom.TextOf(foreignProto, &foreignProto.Val)
	foreignMaybe = prom.NullTextOf(foreignProto, &foreignProto.Maybe)
	foreignList  = prom.ListOf(foreignProto, &foreignProto.List)

	foreignOwnerProto = prom.Proto[foreignOwner]()
	foreignOwnerKey   = prom.TextOf(foreignOwnerProto, &foreignOwnerProto.Key)
	foreignOwnerParts = prom.ManyOf(foreignOwnerProto, &foreignOwnerProto.Parts)
	foreignPartProto  = prom.Proto[foreignPart]()
	foreignPartOwner  = prom.RefOf(foreignPartProto, &foreignPartProto.Owner)
	foreignPartNext   = prom.NullRefOf(foreignPartProto, &foreignPartProto.Next)
	foreignPartID     = prom.NumberOf(foreignPartProto, &foreignPartProto.ID)

	foreignGroupProto = prom.Proto[foreignGroup]()
)

// native is a type and three of its values, as the server writes them, in their order; a type without an order is
// unordered. Another is what a value of the type is written as, too.
type native struct {
	typ       string
	values    [3]string
	unordered bool
}

var natives = []native{
	{typ: "inet", values: [3]string{"10.0.0.9", "10.0.0.10", "::1"}},
	{typ: "cidr", values: [3]string{"9.0.0.0/8", "10.0.0.0/8", "::1/128"}},
	{typ: "macaddr", values: [3]string{"08:00:2b:01:02:03", "08:00:2b:01:02:04", "ff:00:2b:01:02:03"}},
	{typ: "macaddr8", values: [3]string{"08:00:2b:01:02:03:04:05", "08:00:2b:01:02:03:04:06", "ff:00:2b:01:02:03:04:05"}},
	{typ: "varchar(12)", values: [3]string{"a", "b\\\"'", "cccccccccccc"}},
	{typ: "char(4)", values: [3]string{"a   ", "bbb ", "cccc"}},
	{typ: "name", values: [3]string{"a", "b", "c"}},
	{typ: `"char"`, values: [3]string{"a", "b", "c"}},
	{typ: "citext", values: [3]string{"Alpha", "beta", "Gamma"}},
	{typ: "money", values: [3]string{"-$1,000.00", "$0.50", "$12,345,678.90"}},
	{typ: "xml", values: [3]string{"<a/>", "<b>x</b>", "<c/>"}, unordered: true},
	{typ: "bit(3)", values: [3]string{"001", "010", "110"}},
	{typ: "bit varying(5)", values: [3]string{"0", "01", "11111"}},
	{typ: "hstore", values: [3]string{`"a"=>"1"`, `"a"=>"1", "b"=>NULL`, `"a"=>"2"`}, unordered: true},
	{typ: "ltree", values: [3]string{"top", "top.a", "top.b.c"}},
	{typ: "point", values: [3]string{"(1,2)", "(1.5,-2)", "(3,4)"}, unordered: true},
	{typ: "box", values: [3]string{"(2,2),(1,1)", "(3,3),(1,1)", "(4,4),(1,1)"}, unordered: true},
	{typ: "timetz", values: [3]string{"02:00:00+01:30", "01:00:00+00", "23:00:00.5+00"}},
	{typ: "interval", values: [3]string{"-1 days +02:03:04", "1 mon", "1 year 2 mons 3 days 04:05:06.7"}},
	{typ: "oid", values: [3]string{"1", "70000", "4294967295"}},
	{typ: "xid8", values: [3]string{"1", "2", "18446744073709551615"}},
	{typ: "pg_lsn", values: [3]string{"0/1", "0/A", "1/0"}},
	{typ: "regclass", values: [3]string{"pg_type", "pg_attribute", "pg_class"}},
	{typ: "tsvector", values: [3]string{"'a'", "'b':1", "'c':2A 'd'"}},
	{typ: "tsquery", values: [3]string{"'a'", "'b' & 'c'", "'c' & 'd' & 'e'"}},
	{typ: "jsonpath", values: [3]string{`$."a"`, `$."b"[*]`, `$."c"`}, unordered: true},
	{typ: "json", values: [3]string{`{"b": 1,  "a":2}`, `[]`, `"x"`}, unordered: true},
	{typ: "jsonb", values: [3]string{`"x"`, `[1]`, `{"a": 1}`}},
	{typ: "uuid", values: [3]string{"00000000-0000-0000-0000-000000000001", "a0000000-0000-0000-0000-000000000000", "f0000000-0000-0000-0000-000000000000"}},
	{typ: "int4range", values: [3]string{"empty", "[1,5)", "[2,)"}},
	{typ: "tstzrange", values: [3]string{`["2024-01-01 00:00:00+00","2024-02-01 00:00:00+00")`, `["2024-01-02 00:00:00+00",)`, `["2024-01-03 00:00:00+00",infinity]`}},
	{typ: "int4multirange", values: [3]string{"{}", "{[1,3),[5,7)}", "{[2,3)}"}},
	{typ: "pair", values: [3]string{"(1,a)", `(2,"b, c")`, "(3,)"}},
	{typ: "mood", values: [3]string{"sad", "ok", "happy, \"very\""}},
	{typ: "shouted", values: [3]string{"A", "B", "C"}},
	{typ: "felt", values: [3]string{"sad", "ok", "happy, \"very\""}},
	{typ: "address", values: [3]string{"10.0.0.9", "10.0.0.10", "::1"}},
	{typ: `"Odd type"`, values: [3]string{"z", "y", "x"}},
	{typ: "other.mood", values: [3]string{"c", "b", "a"}},
	{typ: "mood[]", values: [3]string{"{sad}", "{sad,ok}", `{"happy, \"very\"",NULL}`}, unordered: true},
}

// older are the first versions of PostgreSQL that have a type, of those that not all have.
var older = map[string]int{"int4multirange": 140000, "xid8": 130000}

// nativeTypes are the types of [natives] that a database does not have by itself.
var nativeTypes = []string{
	"CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy, \"very\"')",
	"CREATE TYPE pair AS (n int, t text)",
	"CREATE DOMAIN shouted AS varchar(5) CHECK (VALUE = upper(VALUE))",
	"CREATE DOMAIN felt AS mood NOT NULL",
	"CREATE DOMAIN address AS inet",
	`CREATE TYPE "Odd type" AS ENUM ('z', 'y', 'x')`,
}

// openNative opens a database that has the types.
func openNative(t *testing.T, dsn string, options ...prom.OpenOption) *prom.DB {
	t.Helper()
	setup := kit.Open(t, dsn)
	for _, extension := range []string{"citext", "hstore", "ltree"} { // one for the whole database
		kit.RunSQL(t, setup, "SELECT pg_advisory_xact_lock(7); CREATE EXTENSION IF NOT EXISTS "+extension+" SCHEMA pg_catalog")
	}
	other := kit.ScanOne[string](t, setup, "SELECT current_schema()") + "_other"
	kit.RunSQL(t, setup, nativeTypes...)
	kit.RunSQL(t, setup, "CREATE SCHEMA "+other, "CREATE TYPE "+other+".mood AS ENUM ('c', 'b', 'a')")
	t.Cleanup(func() { kit.RunSQL(t, setup, "DROP SCHEMA "+other+" CASCADE") })
	return kit.Open(t, dsn, options...)
}

// Ensure that a column of any PostgreSQL type is read and written as the text that the server writes, on each way
// through the library and in each mode of the driver.
// suite: 33
func TestNativeTypes(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			dsn := dbtest.Engine{DSN: dbtest.Postgres(t)}.With("default_query_exec_mode=" + mode)
			db := openNative(t, dsn)
			for i, n := range natives {
				if mode != "cache_statement" && i%4 != len(mode)%4 {
					continue // all of it in the mode of most programs, and parts in the others
				}
				if older[n.typ] > kit.ScanOne[int](t, db, "SELECT current_setting('server_version_num')::int") {
					continue
				}
				t.Run(n.typ, func(t *testing.T) { n.check(t, db, dsn, fmt.Sprintf("foreign_%d", i)) })
			}
		})
	}
}

func (n *native) check(t *testing.T, db *prom.DB, dsn, table string) {
	typ := n.typ
	if typ == "other.mood" {
		typ = kit.ScanOne[string](t, db, "SELECT current_schema()") + "_other.mood"
	}
	list := typ + "[]"
	if typ == "mood[]" {
		list = "text[]"
	}
	ddl := "CREATE TABLE " + table + " (id bigserial PRIMARY KEY, seq bigint NOT NULL UNIQUE, val " + typ + " NOT NULL, maybe " + typ +
		", list " + list + " NOT NULL)"
	if typ == "felt" {
		ddl = "CREATE TABLE " + table + " (id bigserial PRIMARY KEY, seq bigint NOT NULL UNIQUE, val felt, maybe mood, list felt[] NOT NULL)"
	}
	kit.RunSQL(t, db, ddl)
	repo := prom.NewRepo[foreign](prom.Using(db), prom.Table(table))
	n.writes(t, repo)
	n.queries(t, repo)
	n.relates(t, kit.Open(t, dsn), typ)
	n.moves(t, repo)
}

func (n *native) row(seq int) foreign {
	v := n.values[seq%3]
	row := foreign{Seq: seq, Val: v, List: []string{v, n.values[(seq+1)%3]}}
	if seq%2 == 0 {
		row.Maybe = &v
	}
	return row
}

func (n *native) writes(t *testing.T, repo *prom.Repo[foreign]) {
	t.Helper()
	is := is.New(t)
	ctx := context.Background()
	same := func(seq int) {
		t.Helper()
		got, err := repo.Where(foreignSeq.Eq(seq)).One(ctx)
		is.NoErr(err)
		want := n.row(seq)
		is.Equal(got.Val, want.Val)
		is.Equal(got.List, want.List)
		is.Equal(got.Maybe == nil, want.Maybe == nil)
		is.True(want.Maybe == nil || *got.Maybe == *want.Maybe)
	}
	first := n.row(0)
	is.NoErr(repo.Create(ctx, &first))
	same(0)
	is.NoErr(repo.CreateMany(ctx, []foreign{n.row(1), n.row(2), n.row(3), n.row(4)}))
	same(1)
	same(2)
	same(3)
	// Save.
	got, err := repo.Get(ctx, first.ID)
	is.NoErr(err)
	got.Val, got.Maybe, got.List = n.values[1], nil, nil
	is.NoErr(repo.Save(ctx, got))
	again, err := repo.Get(ctx, first.ID)
	is.NoErr(err)
	is.Equal(again.Val, n.values[1])
	is.True(again.Maybe == nil)
	is.Equal(len(again.List), 0)
	// Set, to a value and to another column, and in a CASE.
	update := func(a ...prom.Assign[*foreign]) *foreign {
		t.Helper()
		changed, err := repo.Where(foreignSeq.Eq(0)).Update(ctx, a...)
		is.NoErr(err)
		is.Equal(changed, 1)
		row, err := repo.Where(foreignSeq.Eq(0)).One(ctx)
		is.NoErr(err)
		return row
	}
	is.Equal(update(foreignVal.Set(n.values[2])).Val, n.values[2])
	is.Equal(*update(foreignMaybe.Set(n.values[0])).Maybe, n.values[0])
	is.Equal(update(foreignVal.SetTo(prom.Coalesce(foreignMaybe, foreignVal))).Val, n.values[0])
	// Upsert.
	row := n.row(0)
	is.NoErr(repo.Upsert(ctx, &row, foreignSeq))
	same(0)
	row = n.row(5)
	is.NoErr(repo.Upsert(ctx, &row, foreignSeq))
	same(5)
	row.Val = n.values[0]
	_, err = repo.OnConflict(foreignSeq).Update(foreignVal.SetTo(prom.Excluded(foreignVal)),
		foreignList.Append(n.values[0])).Create(ctx, &row)
	is.NoErr(err)
	is.Equal(row.Val, n.values[0])
	is.Equal(row.List, append(n.row(5).List, n.values[0]))
	_, err = repo.OnConflict(foreignSeq).CreateMany(ctx, []foreign{n.row(5)})
	is.NoErr(err)
	same(5)
	// A batch.
	var b prom.Batch
	queue, six := prom.Queue(&b, repo), n.row(6)
	queue.Create(&six)
	found := queue.All(repo.Where(foreignVal.Eq(n.values[0]), foreignVal.In(n.values[:]...)))
	is.NoErr(b.Run(ctx))
	same(6)
	list, err := found.Value()
	is.NoErr(err)
	is.Equal(len(list), 3)
	is.Equal(list[2].Val, n.values[0])
}

func (n *native) queries(t *testing.T, repo *prom.Repo[foreign]) {
	t.Helper()
	is := is.New(t)
	ctx := context.Background()
	count := func(c prom.Cond[*foreign]) int {
		t.Helper()
		got, err := repo.Where(c).Count(ctx)
		is.NoErr(err)
		return got
	}
	a, b, c := n.values[0], n.values[1], n.values[2]
	// Rows 0 to 6: a b c a b c a.
	is.Equal(count(foreignVal.Eq(a)), 3)
	is.Equal(count(foreignVal.Ne(a)), 4)
	is.Equal(count(foreignVal.In(a, b)), 5)
	is.Equal(count(foreignVal.NotIn(a, b)), 2)
	is.Equal(count(foreignVal.In()), 0)
	is.Equal(count(foreignMaybe.IsNull()), 3)
	is.Equal(count(foreignMaybe.Eq(a)), 2)
	is.Equal(count(prom.Eq(foreignVal, foreignMaybe)), 4)
	is.Equal(count(foreignVal.HasPrefix(a[:1])) >= 3, true)
	is.Equal(count(foreignVal.Contains(b)), 2)
	is.Equal(count(foreignList.Has(a)), 5)
	is.Equal(count(foreignList.Contains(a, b)), 3)
	is.Equal(count(foreignList.Overlaps(c)), 4)
	is.Equal(count(prom.Exists(foreignProto, repo.Where(foreignVal.Eq(c)), prom.Match(foreignVal, foreignVal))), 2)
	var vals []string
	rows, err := repo.OrderBy(foreignVal.Asc(), foreignSeq.Asc()).All(ctx)
	is.NoErr(err)
	for _, r := range rows {
		vals = append(vals, r.Val)
	}
	ordered := []string{a, a, a, b, b, c, c}
	if n.unordered {
		slices.Sort(ordered)
	}
	is.Equal(vals, ordered)
	if !n.unordered {
		is.Equal(count(foreignVal.Lt(c)), 5)
		is.Equal(count(foreignVal.Gte(b)), 4)
	}
	// Pages by a key of such a column.
	var paged []string
	q := repo.OrderBy(foreignVal.Desc(), foreignSeq.Asc())
	token := ""
	for range 5 {
		page, err := q.KeysetPage(ctx, token, 2)
		is.NoErr(err)
		for _, r := range page.Rows {
			paged = append(paged, r.Val)
		}
		if token = page.Next; token == "" {
			break
		}
	}
	slices.Reverse(ordered)
	is.Equal(paged, ordered)
	// Groups and aggregates.
	groups, err := prom.Select(repo.Query(), foreignGroupProto,
		prom.Col(&foreignGroupProto.Val, foreignVal), prom.Col(&foreignGroupProto.Most, prom.Max(foreignMaybe)),
		prom.Col(&foreignGroupProto.Count, prom.Count(foreignProto))).OrderBy(foreignVal.Desc()).All(ctx)
	is.NoErr(err)
	is.Equal(len(groups), 3)
	for i, g := range groups {
		is.Equal(g.Val, slices.Compact(slices.Clone(ordered))[i])
		is.Equal(g.Most, g.Val)
	}
}

// relates checks keys of the type, and references by them.
func (n *native) relates(t *testing.T, db *prom.DB, typ string) {
	t.Helper()
	if n.unordered || typ == "felt" {
		return // such a type has no keys, or no references to it
	}
	is := is.New(t)
	ctx := context.Background()
	kit.RunSQL(t, db, "DROP TABLE IF EXISTS foreign_part, foreign_owner",
		"CREATE TABLE foreign_owner (key "+typ+" PRIMARY KEY)",
		"CREATE TABLE foreign_part (id bigserial PRIMARY KEY, owner "+typ+" NOT NULL REFERENCES foreign_owner, "+
			"next "+typ+" REFERENCES foreign_owner)")
	owners, parts := prom.NewRepo[foreignOwner](prom.Using(db)), prom.NewRepo[foreignPart](prom.Using(db))
	for _, v := range n.values {
		is.NoErr(owners.Create(ctx, &foreignOwner{Key: v}))
		next := prom.NewRefBy[foreignOwner](v)
		part := foreignPart{Owner: next, Next: &next}
		is.NoErr(parts.Create(ctx, &part))
	}
	got, err := owners.Get(ctx, n.values[1])
	is.NoErr(err)
	is.Equal(got.Key, n.values[1])
	list, err := owners.OrderBy(foreignOwnerKey.Asc()).With(foreignOwnerParts).All(ctx)
	is.NoErr(err)
	for i, o := range list {
		is.Equal(o.Key, n.values[i])
		is.Equal(len(o.Parts.Rows()), 1)
	}
	byKey := prom.Via(foreignPartOwner, foreignOwnerKey)
	rows, err := parts.Where(byKey.Gt(n.values[0]), foreignPartOwner.Has(foreignOwnerKey.In(n.values[:]...)),
		foreignPartOwner.In(n.values[1], n.values[2]), prom.Eq(byKey, foreignPartNext)).
		OrderBy(byKey.Desc()).With(foreignPartOwner.With(foreignOwnerParts.OrderBy(foreignPartID.Asc()).Limit(1))).All(ctx)
	is.NoErr(err)
	is.Equal(len(rows), 2)
	for i, r := range rows {
		row, _ := r.Owner.Get()
		is.Equal(row.Key, n.values[2-i])
		is.Equal(len(row.Parts.Rows()), 1)
	}
	n2, err := owners.Where(foreignOwnerParts.Has(foreignPartOwner.Eq(n.values[2]))).Count(ctx)
	is.NoErr(err)
	is.Equal(n2, 1)
}

func (n *native) moves(t *testing.T, repo *prom.Repo[foreign]) {
	t.Helper()
	is := is.New(t)
	ctx := context.Background()
	many := make([]foreign, 3100) // by COPY, where the type can go by it
	for i := range many {
		many[i] = n.row(100 + i)
	}
	is.NoErr(repo.CreateMany(ctx, many))
	got, err := repo.Where(foreignSeq.Eq(3000)).One(ctx)
	is.NoErr(err)
	is.Equal(got.Val, n.row(3000).Val)
	is.Equal(got.List, n.row(3000).List)
	_, err = repo.Where(foreignSeq.Gte(100)).Delete(ctx)
	is.NoErr(err)
	var dump bytes.Buffer
	is.NoErr(prom.Dump(ctx, &dump, repo))
	_, err = repo.Where(foreignSeq.Gte(0)).Delete(ctx)
	is.NoErr(err)
	is.NoErr(prom.Restore(ctx, &dump, repo))
	rows, err := repo.OrderBy(foreignSeq.Asc()).All(ctx)
	is.NoErr(err)
	is.Equal(len(rows), 7)
	for i, r := range rows {
		is.Equal(r.Val, n.values[i%3])
	}
}
