package types_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/schema"
)

// stamp is a model of a table that others made, whose column Other alone has the form that this library gives it.
type stamp struct {
	ID    int64 `prom:"key,auto"`
	Seq   int   `prom:"unique"`
	At    time.Time
	Maybe *time.Time
	Other time.Time
}

// stampCopy is one of a table in this library's form.
type stampCopy struct {
	ID int64 `prom:"key,auto"`
	At time.Time
}

var (
	stampProto     = prom.Proto[stamp]()
	stampCopyProto = prom.Proto[stampCopy]()
	stampSeq       = prom.NumberOf(stampProto, &stampProto.Seq)
	stampAt        = prom.TimeOf(stampProto, &stampProto.At)
	stampMaybe     = prom.NullTimeOf(stampProto, &stampProto.Maybe)
	stampOther     = prom.TimeOf(stampProto, &stampProto.Other)
	stampCopyAt    = prom.TimeOf(stampCopyProto, &stampCopyProto.At)
)

// stampBase is the time of the first stamp, and hour the time of one that is later.
var stampBase = time.Date(2024, 2, 29, 20, 34, 56, 0, time.UTC)

func hour(n int) time.Time { return stampBase.Add(time.Duration(n) * time.Hour) }

// stampTable makes the table with a type for the times of others, and stamps 0 to 5 as others store them; write gives
// a time in SQL.
func stampTable(t *testing.T, db *prom.DB, typ string, write func(at time.Time) string) {
	t.Helper()
	key, own := "INTEGER NOT NULL PRIMARY KEY", "TIMESTAMP"
	if db.Dialect().Name() == "postgres" {
		key, own = "bigserial PRIMARY KEY", "timestamptz"
	}
	kit.RunSQL(t, db, "CREATE TABLE stamp (id "+key+", seq bigint NOT NULL UNIQUE, at "+typ+" NOT NULL, maybe "+typ+", other "+own+" NOT NULL)")
	for i := range 6 {
		maybe := "NULL"
		if i%2 == 0 {
			maybe = write(hour(i))
		}
		kit.RunSQL(t, db, fmt.Sprintf("INSERT INTO stamp (seq, at, maybe, other) VALUES (%d, %s, %s, '%s')", i,
			write(hour(i)), maybe,
			hour(i).Format("2006-01-02T15:04:05.000000Z")))
	}
}

// Ensure that a column of times means the same in whatever form others store it, and in whatever time zone the
// session is, on each way through the library.
// suite: 33
func TestTimeForms(t *testing.T) {
	t.Parallel()
	quoted := func(layout string) func(time.Time) string {
		return func(at time.Time) string { return "'" + at.Format(layout) + "'" }
	}
	tests := map[string]struct {
		engine, typ string
		write       func(at time.Time) string
	}{
		"zoneless": {"postgres", "timestamp", quoted("2006-01-02 15:04:05.999999")},
		"zoned":    {"postgres", "timestamptz", quoted("2006-01-02 15:04:05.999999Z")},
		"datetime": {"sqlite", "DATETIME", quoted("2006-01-02 15:04:05")},
		"own":      {"sqlite", "TIMESTAMP", quoted("2006-01-02T15:04:05.000000Z")},
		"unix":     {"sqlite", "TIMESTAMP", func(at time.Time) string { return fmt.Sprint(at.Unix()) }},
		"mixed": {"sqlite", "TIMESTAMP", func(at time.Time) string {
			return "'" + at.Format([]string{"2006-01-02T15:04:05Z", "2006-01-02 15:04:05",
				"2006-01-02T15:04:05.000000Z"}[at.Hour()%3]) + "'"
		}},
	}
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		for name, tt := range tests {
			if tt.engine != e.Name {
				continue
			}
			t.Run(name, func(t *testing.T) {
				dsn := e.DSN
				if e.Name == "postgres" {
					dsn = e.With("timezone=Asia/Tokyo")
				}
				db := kit.Open(t, dsn)
				kit.RunSQL(t, db, "DROP TABLE IF EXISTS stamp", "DROP TABLE IF EXISTS stamp_copy")
				stampTable(t, db, tt.typ, tt.write)
				t.Run("read", func(t *testing.T) { readStamps(t, db) })
				t.Run("write", func(t *testing.T) { writeStamps(t, db) })
				t.Run("dump", func(t *testing.T) { dumpStamps(t, db, e, tt.typ, tt.write) })
			})
		}
	})
}

// readStamps asks for the six stamps in all ways.
func readStamps(t *testing.T, db *prom.DB) {
	is := is.New(t)
	ctx := context.Background()
	repo := prom.NewRepo[stamp](prom.Using(db))
	at := hour(2)
	late := at.Add(time.Millisecond)
	berlin, err := time.LoadLocation("Europe/Berlin")
	is.NoErr(err)
	conds := map[string]struct {
		cond prom.Cond[*stamp]
		want []int
	}{
		"eq":          {stampAt.Eq(at), []int{2}},
		"eq fraction": {stampAt.Eq(late), nil},
		"ne":          {stampAt.Ne(at), []int{0, 1, 3, 4, 5}},
		"gt":          {stampAt.Gt(at), []int{3, 4, 5}},
		"gt fraction": {stampAt.Gt(late), []int{3, 4, 5}},
		"lte":         {stampAt.Lte(at), []int{0, 1, 2}},
		"between":     {stampAt.Between(hour(1), hour(3)), []int{1, 2, 3}},
		"in":          {stampAt.In(at, hour(5), hour(9)), []int{2, 5}},
		"not in":      {stampAt.NotIn(at, hour(5)), []int{0, 1, 3, 4}},
		"null in":     {stampMaybe.In(at, hour(3)), []int{2}},
		"same value":  {prom.Is(stampAt, prom.Val(stampProto, at)), []int{2}},
		"same":        {prom.Is(stampAt, stampMaybe), []int{0, 2, 4}},
		"not same":    {prom.IsNot(stampMaybe, prom.Val(stampProto, at)), []int{0, 1, 3, 4, 5}},
		"is null":     {stampMaybe.IsNull(), []int{1, 3, 5}},
		"other":       {prom.Eq(stampAt, stampOther), []int{0, 1, 2, 3, 4, 5}},
		"less":        {prom.Lt(stampAt, stampOther), nil},
		"greater":     {prom.Gt(stampOther, stampAt), nil},
		"hour":        {prom.Hour(stampAt).Eq(22), []int{2}},
		"day":         {prom.Day(stampAt).Eq(1), []int{4, 5}},
		"hour in":     {prom.Hour(stampAt).In(20, 23), []int{0, 3}},
		"zone":        {prom.Hour(prom.InZone(stampAt, berlin)).Eq(23), []int{2}},
		"trunc": {prom.Trunc(prom.InZone(stampAt, berlin), prom.UnitDay).Eq(time.Date(2024, 2, 29, 23, 0, 0, 0,
			time.UTC)), []int{3, 4, 5}},
		"date":        {prom.Eq(prom.Date(stampAt), prom.Trunc(stampOther, prom.UnitDay)), []int{0, 1, 2, 3, 4, 5}},
		"plus":        {prom.PlusDuration(stampAt, prom.Val(stampProto, time.Hour)).Eq(hour(3)), []int{2}},
		"plus days":   {prom.PlusDays(stampMaybe, prom.Val(stampProto, -1)).Eq(hour(-22)), []int{2}},
		"duration":    {prom.DurationBetween(stampMaybe, stampAt).Eq(0), []int{0, 2, 4}},
		"ISO year":    {prom.ISOYear(stampMaybe).Eq(2024), []int{0, 2, 4}},
		"greatest":    {prom.Greatest(stampAt, stampMaybe, prom.Val(stampProto, hour(4))).Eq(hour(4)), []int{0, 1, 2, 3, 4}},
		"coalesce":    {prom.Coalesce(stampMaybe, prom.Val(stampProto, hour(5))).Eq(hour(5)), []int{1, 3, 5}},
		"or other":    {prom.Coalesce(stampMaybe, stampOther).In(hour(3), hour(4)), []int{3, 4}},
		"in query":    {prom.InQuery(stampAt, prom.Pluck(repo.Where(stampSeq.Gt(3)), stampOther)), []int{4, 5}},
		"other query": {prom.InQuery(stampOther, prom.Pluck(repo.Where(stampSeq.Gt(3)), stampAt)), []int{4, 5}},
		"sub": {prom.Eq(stampOther, prom.ScalarSubquery(stampProto, prom.Pluck(repo.Query(), prom.Max(stampAt)))),
			[]int{5}},
		"exists": {prom.Exists(stampProto, repo.Where(stampSeq.Eq(4)), prom.Match(stampAt, stampOther)), []int{4}},
	}
	for name, c := range conds {
		list, err := repo.Where(c.cond).OrderBy(stampSeq.Asc()).All(ctx)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := seqs(list); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	list, err := repo.OrderBy(stampAt.Desc()).All(ctx)
	is.NoErr(err)
	is.Equal(seqs(list), []int{5, 4, 3, 2, 1, 0})
	for _, s := range list {
		is.True(s.At.Equal(hour(s.Seq)))
		is.True(s.Maybe == nil || s.Maybe.Equal(s.At))
	}
	list, err = repo.OrderBy(stampMaybe.Asc(), stampAt.Desc()).All(ctx)
	is.NoErr(err)
	is.Equal(seqs(list), []int{0, 2, 4, 5, 3, 1})

	var paged []int
	token := ""
	for range 4 {
		page, err := repo.OrderBy(stampMaybe.Desc(), stampAt.Asc()).KeysetPage(ctx, token, 2)
		is.NoErr(err)
		paged = append(paged, seqs(page.Rows)...)
		if token = page.Next; token == "" {
			break
		}
	}
	is.Equal(paged, []int{1, 3, 5, 4, 2, 0})

	least, err := prom.Scalar(ctx, repo.Query(), prom.Min(stampAt))
	is.NoErr(err)
	is.True(least.Equal(hour(0)))
	both, err := prom.Pluck2(repo.Where(stampSeq.Eq(1)), stampAt, prom.Coalesce(stampMaybe, stampAt)).All(ctx)
	is.NoErr(err)
	is.True(both[0].A.Equal(hour(1)) && both[0].B.Equal(hour(1)))
	united, err := prom.Union(repo.Where(stampSeq.Lt(2)), repo.Where(stampSeq.Gt(4))).OrderBy(stampAt.Desc()).All(ctx)
	is.NoErr(err)
	is.Equal(seqs(united), []int{5, 1, 0})
	united, err = prom.Union(repo.Where(stampSeq.Lt(2)), repo.Where(stampSeq.Gt(4))).Where(stampAt.In(hour(1),
		hour(5))).OrderBy(stampSeq.Asc()).All(ctx)
	is.NoErr(err)
	is.Equal(seqs(united), []int{1, 5})
}

func seqs(list []stamp) []int {
	var got []int
	for _, s := range list {
		got = append(got, s.Seq)
	}
	return got
}

// writeStamps writes in all ways and looks whether the rows are found and read as they were given.
func writeStamps(t *testing.T, db *prom.DB) {
	is := is.New(t)
	ctx := context.Background()
	repo := prom.NewRepo[stamp](prom.Using(db))
	next := 10
	stampOf := func() stamp {
		next++
		at := hour(next).Add(123456 * time.Microsecond)
		return stamp{Seq: next, At: at, Maybe: &at, Other: at}
	}
	check := func(what string, want stamp) {
		t.Helper()
		n, err := repo.Where(stampSeq.Eq(want.Seq), stampAt.Eq(want.At), stampMaybe.In(*want.Maybe),
			prom.Is(stampAt, prom.Val(stampProto, want.At)),
			prom.Hour(stampAt).Eq(want.At.Hour())).Count(ctx)
		if err != nil || n != 1 {
			t.Errorf("%s: found %d, %v", what, n, err)
		}
		got, err := repo.Where(stampSeq.Eq(want.Seq)).First(ctx)
		if err != nil || !got.At.Equal(want.At) || !got.Maybe.Equal(*want.Maybe) {
			t.Errorf("%s: read %v, %v, want %v", what, got, err, want.At)
		}
	}
	one := stampOf()
	is.NoErr(repo.Create(ctx, &one))
	check("create", one)
	for _, n := range []int{2, 40, 3100} {
		list := make([]stamp, n)
		for i := range list {
			list[i] = stampOf()
		}
		is.NoErr(repo.CreateMany(ctx, list))
		check(fmt.Sprint("first of ", n), list[0])
		check(fmt.Sprint("last of ", n), list[n-1])
	}
	one = stampOf()
	is.NoErr(repo.Upsert(ctx, &one, stampSeq))
	check("upsert inserts", one)
	moved := one.At.Add(time.Hour)
	one.At, one.Maybe, one.ID = moved, &moved, 0
	is.NoErr(repo.Upsert(ctx, &one, stampSeq))
	check("upsert updates", one)
	one.At = one.At.Add(time.Second)
	is.NoErr(repo.Save(ctx, &one))
	check("save", one)

	moved = moved.Add(time.Hour)
	set := func(what string, assigns ...prom.Assign[*stamp]) {
		t.Helper()
		n, err := repo.Where(stampSeq.Eq(one.Seq)).Update(ctx, assigns...)
		if err != nil || n != 1 {
			t.Errorf("%s: %d, %v", what, n, err)
		}
		one.At, one.Maybe = moved, &moved
		check(what, one)
		moved = moved.Add(time.Hour)
	}
	set("set", stampAt.Set(moved), stampMaybe.Set(moved))
	set("set to value", stampAt.SetTo(prom.Val(stampProto, moved)), stampMaybe.SetTo(prom.Val(stampProto, moved)))
	_, err := repo.Where(stampSeq.Eq(one.Seq)).Update(ctx, stampOther.Set(moved))
	is.NoErr(err)
	day := prom.Val(stampProto, 24*time.Hour)
	set("set to later", stampAt.SetTo(prom.PlusDuration(stampAt, prom.Val(stampProto, time.Hour))),
		stampMaybe.SetTo(prom.PlusDays(prom.PlusDuration(prom.PlusDuration(stampAt, prom.Neg(day)),
			prom.Val(stampProto, time.Hour)), prom.Val(stampProto, 1))))
	_, err = repo.Where(stampSeq.Eq(one.Seq)).Update(ctx, stampOther.Set(moved))
	is.NoErr(err)
	set("set to other", stampAt.SetTo(stampOther), stampMaybe.SetTo(prom.Coalesce(stampOther, stampAt)))
	_, err = repo.Where(stampSeq.Eq(one.Seq)).Update(ctx, stampOther.Set(moved))
	is.NoErr(err)
	set("set to query", stampAt.SetTo(prom.ScalarSubquery(stampProto,
		prom.Pluck(repo.Where(stampSeq.Eq(one.Seq)), stampOther))), stampMaybe.Set(moved))
	one.At, one.Maybe = moved, &moved
	_, err = repo.OnConflict(stampSeq).Update(stampAt.SetTo(prom.Excluded(stampAt)),
		stampMaybe.SetTo(prom.Coalesce(prom.Excluded(stampMaybe), stampOther))).Create(ctx, &one)
	is.NoErr(err)
	check("excluded", one)

	var b prom.Batch
	list := []stamp{stampOf(), stampOf()}
	prom.Queue(&b, repo).Create(&list[0])
	prom.Queue(&b, repo).Create(&list[1])
	found := prom.Queue(&b, repo).All(repo.Where(stampAt.In(hour(0), hour(1)), stampSeq.Lt(6)))
	is.NoErr(b.Run(ctx))
	check("batch", list[1])
	rows, err := found.Value()
	is.NoErr(err)
	is.Equal(len(rows), 2)

	copies := prom.NewRepo[stampCopy](prom.Using(db))
	_, err = prom.InsertSelect(ctx, copies, repo.Where(stampSeq.Lt(6)), prom.To(stampCopyAt, stampAt))
	is.NoErr(err)
	n, err := copies.Where(stampCopyAt.In(hour(0), hour(1), hour(2), hour(3), hour(4), hour(5))).Count(ctx)
	is.NoErr(err)
	is.Equal(n, 6)
	last := stampOf()
	is.NoErr(copies.Create(ctx, &stampCopy{At: last.At}))
	_, err = prom.InsertSelect(ctx, repo, copies.Where(stampCopyAt.Eq(last.At)),
		prom.To(stampSeq, prom.Val(stampCopyProto, last.Seq)), prom.To(stampAt, stampCopyAt),
		prom.To(stampMaybe, prom.Coalesce(stampCopyAt, prom.Val(stampCopyProto, hour(0)))), prom.To(stampOther, stampCopyAt))
	is.NoErr(err)
	check("copy", last)

	claimed, err := prom.Claim(ctx, repo.Where(stampAt.Eq(last.At)).OrderBy(stampAt.Asc()), 1, stampMaybe.Set(last.At))
	is.NoErr(err)
	is.Equal(seqs(claimed), []int{last.Seq})
	deleted, err := repo.Where(stampAt.In(last.At)).Delete(ctx)
	is.NoErr(err)
	is.Equal(deleted, 1)
}

// dumpStamps moves the rows into another table of the same form.
func dumpStamps(t *testing.T, db *prom.DB, e dbtest.Engine, typ string, write func(time.Time) string) {
	is := is.New(t)
	ctx := context.Background()
	repo := prom.NewRepo[stamp](prom.Using(db))
	want, err := repo.OrderBy(stampSeq.Asc()).All(ctx)
	is.NoErr(err)
	var dump bytes.Buffer
	is.NoErr(prom.Dump(ctx, &dump, repo))
	kit.RunSQL(t, db, "DROP TABLE stamp")
	stampTable(t, db, typ, write)
	kit.RunSQL(t, db, "DELETE FROM stamp")
	is.NoErr(prom.Restore(ctx, &dump, repo))
	got, err := repo.OrderBy(stampSeq.Asc()).All(ctx)
	is.NoErr(err)
	is.Equal(len(got), len(want))
	for i := range got {
		is.True(got[i].At.Equal(want[i].At))
	}
	n, err := repo.Where(stampAt.In(hour(1), hour(2)), prom.Hour(stampAt).Eq(22)).Count(ctx)
	is.NoErr(err)
	is.Equal(n, 1)
}

// stamped is stamp with a form that is told, in a table that prom makes.
type stamped struct {
	ID  int64      `prom:"key,auto"`
	At  time.Time  `prom:"stored=datetime"`
	Any *time.Time `prom:"stored=mixed"`
}

var (
	stampedProto = prom.Proto[stamped]()
	stampedAt    = prom.TimeOf(stampedProto, &stampedProto.At)
	stampedAny   = prom.NullTimeOf(stampedProto, &stampedProto.Any)
)

// Ensure that a form is known without a row that shows it: by the tag, and by the default of a column.
func TestTimeForms_Told(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[stamped](prom.Using(db))
		at := hour(0).Add(time.Millisecond)
		is.NoErr(repo.Create(ctx, &stamped{At: hour(0), Any: &at}))
		is.NoErr(repo.Create(ctx, &stamped{At: at}))
		n, err := repo.Where(stampedAt.In(hour(0), at), stampedAt.Gt(hour(0))).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
		is.NoErr(prom.Check(ctx, repo))
		if e.Name != "sqlite" {
			return
		}
		is.Equal(kit.ScanOne[string](t, db, "SELECT group_concat(at) FROM stamped"),
			"2024-02-29 20:34:56,2024-02-29 20:34:56.001")
		kit.RunSQL(t, db, "INSERT INTO stamped (at, any) VALUES ('2024-02-29 20:34:56', '2024-02-29 20:34:56')")
		n, err = repo.Where(stampedAny.Eq(hour(0))).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)

		kit.RunSQL(t, db, "CREATE TABLE stamp (id INTEGER PRIMARY KEY, seq INTEGER NOT NULL UNIQUE, at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, maybe DATETIME, other TIMESTAMP NOT NULL)")
		found, err := db.Describe(ctx, "stamp")
		is.NoErr(err)
		is.Equal(found.Column("at").Form, schema.FormSpaced)
		is.Equal(found.Column("at").Form.Option(), "datetime")
		stamps := prom.NewRepo[stamp](prom.Using(db))
		is.NoErr(stamps.Create(ctx, &stamp{Seq: 1, At: hour(1), Other: hour(1)}))
		is.Equal(kit.ScanOne[string](t, db, "SELECT at || other FROM stamp"),
			"2024-02-29 21:34:562024-02-29T21:34:56.000000Z")
	})
}

// Ensure that Check tells a column whose values have several forms, and which one it is.
func TestCheck_MixedForms(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	db := kit.Open(t, dbtest.SQLite(t))
	stamps := prom.NewRepo[stamp](prom.Using(db))
	is.NoErr(stamps.Create(ctx, &stamp{Seq: 1, At: hour(1), Other: hour(1)}))
	is.NoErr(prom.Check(ctx, stamps))
	kit.RunSQL(t, db, "INSERT INTO stamp (seq, at, other) VALUES (2, datetime('now'), '2024-02-29T20:34:56.000000Z')")
	var drifts prom.Drifts
	is.True(errors.As(prom.Check(ctx, stamps), &drifts))
	is.Equal(len(drifts), 1)
	is.Equal(drifts[0].Error(), "stamp.at: column: form is mixed, and should be one for all values")
}
