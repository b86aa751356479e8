package types_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// setting holds values of any storage class.
type setting struct {
	ID    int64  `prom:"key,auto"`
	Name  string `prom:"unique"`
	Value prom.AnyValue
	Old   *prom.AnyValue `prom:"index"`
}

var (
	settingOf    = prom.Proto[setting]()
	settingID    = prom.NumberOf(settingOf, &settingOf.ID)
	settingName  = prom.TextOf(settingOf, &settingOf.Name)
	settingValue = prom.OrderedOf(settingOf, &settingOf.Value)
	settingOld   = prom.NullOrderedOf(settingOf, &settingOf.Old)
)

// anyValues are in the order of SQLite.
func anyValues() []prom.AnyValue {
	return []prom.AnyValue{
		prom.AnyValueOf(math.Inf(-1)), prom.AnyValueOf(int64(math.MinInt64)), prom.AnyValueOf(-1.5), prom.AnyValueOf(0),
		prom.AnyValueOf(5), prom.AnyValueOf(5.5), prom.AnyValueOf(6.0), prom.AnyValueOf(int64(math.MaxInt64)),
		prom.AnyValueOf(""), prom.AnyValueOf(" 7"), prom.AnyValueOf("12"), prom.AnyValueOf("ä\"\\"),
		prom.AnyValueOf([]byte{}), prom.AnyValueOf([]byte("12")), prom.AnyValueOf([]byte{255, 0}),
	}
}

// Ensure that a value of any storage class comes back as it was, by every way of writing, and is found by what it is
// and not by another class.
func TestAnyValue(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	db := kit.Open(t, dbtest.SQLite(t))
	repo := prom.NewRepo[setting](prom.Using(db))
	values := anyValues()
	for i, v := range values { // by each way, one after the other
		row := setting{Name: string(rune('a' + i)), Value: v, Old: &v}
		var err error
		switch i % 4 {
		case 0:
			err = repo.Create(ctx, &row)
		case 1:
			err = repo.CreateMany(ctx, []setting{row})
		case 2:
			_, err = repo.OnConflict(settingName).UpdateAll().Create(ctx, &row)
		case 3:
			row.Value = prom.AnyValueOf("before")
			is.NoErr(repo.Create(ctx, &row))
			row.Value = v
			_, err = repo.Where(settingID.Eq(row.ID)).Update(ctx, settingValue.Set(v))
		}
		is.NoErr(err)
	}
	check := func(repo *prom.Repo[setting]) {
		t.Helper()
		rows, err := repo.OrderBy(settingValue.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(len(rows), len(values))
		for i, row := range rows {
			is.Equal(row.Value, values[i])
			is.Equal(*row.Old, values[i])
			for _, cond := range []prom.Cond[*setting]{settingValue.Eq(values[i]), settingValue.In(values[i]), settingOld.Eq(values[i])} {
				found, err := repo.Where(cond).All(ctx)
				is.NoErr(err)
				is.Equal(len(found), 1)
				is.Equal(found[0].Name, row.Name)
			}
		}
		n, err := repo.Where(settingValue.In(values...)).Count(ctx)
		is.NoErr(err)
		is.Equal(n, len(values))
		n, err = repo.Where(settingValue.NotIn(values[3:]...), settingValue.Lt(prom.AnyValueOf("x"))).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 3)
	}
	check(repo)

	var names []string
	for token, page := "", 0; page < 20; page++ {
		p, err := repo.OrderBy(settingValue.Desc(), settingID.Asc()).KeysetPage(ctx, token, 2)
		is.NoErr(err)
		for _, row := range p.Rows {
			names = append(names, row.Name)
		}
		if token = p.Next; token == "" {
			break
		}
	}
	is.Equal(strings.Join(names, ""), "onmlkjihgfedcba")

	var dump bytes.Buffer
	is.NoErr(prom.Dump(ctx, &dump, repo))
	other := prom.NewRepo[setting](prom.Using(kit.Open(t, dbtest.SQLite(t))))
	err := prom.Restore(ctx, &dump, other)
	is.NoErr(err)
	check(other)

	row, err := repo.Where(settingValue.Eq(values[4])).First(ctx)
	is.NoErr(err)
	row.Value, row.Old = prom.AnyValueOf("5"), nil
	is.NoErr(repo.Save(ctx, row))
	n, err := repo.Where(settingValue.Eq(prom.AnyValueOf(5))).Count(ctx)
	is.NoErr(err)
	is.Equal(n, 0)
	most, err := prom.Pluck(repo.Query(), prom.Max(settingValue)).All(ctx)
	is.NoErr(err)
	is.Equal(most[0], values[len(values)-1])
	raw, err := prom.RawQuery[prom.AnyValue](db, `SELECT "value" FROM "setting" WHERE "value" = ?`, values[5]).All(ctx)
	is.NoErr(err)
	is.Equal(raw, values[5:6])

	err = repo.Create(ctx, &setting{Name: "unset"})
	is.True(errors.Is(err, prom.ErrValidation)) // the zero value
	is.True(strings.Contains(err.Error(), "prom.AnyValueOf"))
	err = repo.Create(ctx, &setting{Name: "nan", Value: prom.AnyValueOf(math.NaN())})
	is.True(errors.Is(err, prom.ErrValidation))
}

// Ensure that a value that the type of another program's column would turn into something else is refused, and that
// the plan leaves the column as it is.
func TestAnyValueAffinity(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		typ    string
		keeps  []prom.AnyValue
		refuse []prom.AnyValue
	}{
		{"INTEGER", []prom.AnyValue{prom.AnyValueOf(5), prom.AnyValueOf(5.5), prom.AnyValueOf("x"), prom.AnyValueOf([]byte("5"))},
			[]prom.AnyValue{prom.AnyValueOf("5"), prom.AnyValueOf(" 5e3\n"), prom.AnyValueOf(5.0)}},
		{"NUMERIC", []prom.AnyValue{prom.AnyValueOf(5), prom.AnyValueOf("0x5"), prom.AnyValueOf("5 5"), prom.AnyValueOf(1e300)},
			[]prom.AnyValue{prom.AnyValueOf("-.5"), prom.AnyValueOf("+5."), prom.AnyValueOf(-5.0)}},
		{"REAL", []prom.AnyValue{prom.AnyValueOf(5.0), prom.AnyValueOf("x"), prom.AnyValueOf([]byte("5"))},
			[]prom.AnyValue{prom.AnyValueOf(5), prom.AnyValueOf("5")}},
		{"TEXT", []prom.AnyValue{prom.AnyValueOf("5"), prom.AnyValueOf([]byte("5"))},
			[]prom.AnyValue{prom.AnyValueOf(5), prom.AnyValueOf(5.5)}},
		{"", anyValues(), nil},
		{"BLOB", anyValues(), nil},
	} {
		t.Run(tt.typ, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			ctx := context.Background()
			db := kit.Open(t, dbtest.SQLite(t))
			_, err := prom.RawExec(ctx, db, `CREATE TABLE setting (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, value `+tt.typ+
				` NOT NULL, old `+tt.typ+`)`)
			is.NoErr(err)
			_, err = prom.RawExec(ctx, db, `CREATE INDEX setting_old ON setting (old)`)
			is.NoErr(err)
			repo := prom.NewRepo[setting](prom.Using(db))
			for i, v := range tt.keeps {
				row := setting{Name: string(rune('a' + i)), Value: v}
				is.NoErr(repo.Create(ctx, &row))
				back, err := repo.Where(settingValue.Eq(v), settingValue.In(v)).All(ctx)
				is.NoErr(err)
				is.Equal(len(back), 1)
				is.Equal(back[0].Value, v)
			}
			for _, v := range tt.refuse {
				row := setting{Name: "refused", Value: v}
				many := []setting{row, {Name: "other", Value: tt.keeps[0]}}
				_, update := repo.WithoutWhere().Update(ctx, settingValue.Set(v))
				_, eq := repo.Where(settingValue.Eq(v)).Count(ctx)
				_, in := repo.Where(settingValue.In(v)).Count(ctx)
				for _, err := range []error{repo.Create(ctx, &row), repo.CreateMany(ctx, many), update, eq, in} {
					is.True(errors.Is(err, prom.ErrType))
					is.True(strings.Contains(err.Error(), "the column value has the affinity"))
				}
			}
			rows, err := repo.Query().All(ctx)
			is.NoErr(err)
			is.Equal(len(rows), len(tt.keeps))
			plan, err := prom.Plan(ctx, repo)
			is.NoErr(err)
			for _, step := range plan.Steps {
				t.Errorf("%s", step)
			}
		})
	}
}

// settingNote refers to a row of a table that PostgreSQL has, and has a field that it cannot have.
type settingNote struct {
	ID    int64 `prom:"key"`
	Of    prom.Ref[settingOwner]
	Value prom.AnyValue
}

type settingOwner struct {
	ID int64 `prom:"key"`
}

// Ensure that PostgreSQL, whose columns have one type, refuses a model with such a field at its first use and by a
// plan, and that the table that it refers to is made all the same.
func TestAnyValueNeedsSQLite(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := kit.Open(t, dbtest.Postgres(t))
	repo, notes, owners := prom.NewRepo[setting](prom.Using(db)), prom.NewRepo[settingNote](prom.Using(db)), prom.NewRepo[settingOwner](prom.Using(db))
	is.NoErr(owners.Create(context.Background(), &settingOwner{ID: 1}))
	_, planned := prom.Plan(context.Background(), notes)
	for _, err := range []error{repo.Install(context.Background()), repo.Create(context.Background(), &setting{}), planned} {
		is.True(err != nil && strings.Contains(err.Error(), "the field Value holds a value of any type, and a column of postgres has one type"))
	}
}

// pairing is unique by a name and a value.
type pairing struct {
	ID    int64         `prom:"key,auto"`
	Name  string        `prom:"unique=pair"`
	Value prom.AnyValue `prom:"unique=pair"`
}

var (
	pairingOf    = prom.Proto[pairing]()
	pairingName  = prom.TextOf(pairingOf, &pairingOf.Name)
	pairingValue = prom.OrderedOf(pairingOf, &pairingOf.Value)
)

// Ensure that values of all classes are found as a part of a unique key, also bytes.
func TestAnyValueInKey(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	repo := prom.NewRepo[pairing](prom.Using(kit.Open(t, dbtest.SQLite(t))))
	var rows []pairing
	for _, v := range anyValues() {
		rows = append(rows, pairing{Name: "x", Value: v})
	}
	again := slices.Clone(rows)
	_, err := prom.GetOrCreateMany(ctx, repo, rows, pairingName, pairingValue)
	is.NoErr(err)
	created, err := prom.GetOrCreateMany(ctx, repo, again, pairingName, pairingValue)
	is.NoErr(err)
	is.Equal(again, rows)
	is.Equal(slices.Contains(created, true), false)
	for i, v := range anyValues() {
		found, err := repo.Where(prom.Row2(pairingName, pairingValue).In(prom.Pair[string, prom.AnyValue]{A: "x", B: v})).All(ctx)
		is.NoErr(err)
		is.Equal(found, rows[i:i+1])
	}
}

// Ensure that the JSON of a value tells its class.
func TestAnyValueJSON(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, v := range append(anyValues()[1:], prom.AnyValue{}) {
		text, err := json.Marshal(v)
		is.NoErr(err)
		var back prom.AnyValue
		is.NoErr(json.Unmarshal(text, &back))
		is.Equal(back, v)
	}
	for _, text := range []string{"1.5", "[]", "true", `{"float":1,"bytes":""}`, `{}`} {
		is.True(json.Unmarshal([]byte(text), new(prom.AnyValue)) != nil)
	}
}
