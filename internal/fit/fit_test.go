package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/fit/walk"
)

func TestMain(m *testing.M) {
	// Of the programs that are built; see dbtest.Go.
	for name, value := range map[string]string{"GOFLAGS": dbtest.GoFlags, "GOGC": "400"} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	dbtest.Main(m)
}

// Ensure that the models of databases with what real schemas have read and write all of it, and change nothing.
func TestFit(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	dsns := []string{dbtest.SQLite(t), dbtest.Postgres(t)}
	for i, file := range []string{"testdata/sqlite.sql", "testdata/postgres.sql"} {
		text, err := os.ReadFile(file)
		is.NoErr(err)
		load(t, dsns[i], string(text))
	}
	var out bytes.Buffer
	err := run(context.Background(), &out, choice{views: true}, asWritten, dsns...)
	t.Log(out.String())
	is.NoErr(err)
	is.Equal(strings.Count(out.String(), "plan: 0 steps"), 2)
	is.Equal(strings.Count(out.String(), ": identical"), 2)
	is.Equal(strings.Count(out.String(), "\n0 faults"), 2)
}

func load(t *testing.T, dsn, text string) {
	t.Helper()
	is := is.New(t)
	db, err := new(prom.Registry).Open(dsn)
	is.NoErr(err)
	raw, err := db.SQL(context.Background())
	is.NoErr(err)
	_, err = raw.ExecContext(context.Background(), text)
	is.NoErr(err)
	is.NoErr(db.Close())
}

// Crooked is a model that reads something else than what is stored, and wants an index that is not there.
type Crooked struct {
	ID    int64  `prom:"key,auto"`
	Name  string `prom:"index"`
	Other *prom.Ref[Crooked]
}

// TableName returns the name of the table.
func (Crooked) TableName() string { return "crooked" }

// AfterLoad changes what was read.
func (c *Crooked) AfterLoad(context.Context) error {
	c.Name = strings.ToUpper(c.Name)
	return nil
}

// Ensure that faults are found: other values, another schema afterwards, other related rows.
func TestFaults(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		id := map[bool]string{true: "INTEGER PRIMARY KEY", false: "bigserial PRIMARY KEY"}[e.Name == dbtest.NameSQLite]
		load(t, e.DSN, "CREATE TABLE crooked (id "+id+", name text NOT NULL, other bigint, \"left\" text NOT NULL);"+
			"INSERT INTO crooked (name, other, \"left\") VALUES ('a', NULL, ''), ('b', 1, '')")
		proto := prom.Proto[Crooked]()
		var out bytes.Buffer
		faults, err := walk.Check(context.Background(), &out, e.DSN, []walk.Model{
			walk.Of(prom.NewRepo[Crooked](), walk.Rel[Crooked]("Other", prom.NullRefOf(proto, &proto.Other))),
		})
		is.NoErr(err)
		is.True(faults >= 4)
		for _, want := range []string{
			`crooked: left out: the required column left`, `name: "a" is read as "A"`, `crooked: With Other: the pair`,
			`database: dump: the schema changed`,
		} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("no fault %q in\n%s", want, out.String())
			}
		}
	})
}
