package promtest_test

import (
	"context"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promtest"
)

// checked has a rule of the database alone, and stated has it as a tag.
type checked struct {
	ID    int64 `prom:"key"`
	State string
}

type stated struct {
	ID    int64  `prom:"key"`
	State string `prom:"choices=new|done"`
}

func (checked) TableName() string { return "checked" }
func (stated) TableName() string  { return "checked" }

// Ensure that a factory whose value another program's CHECK refuses says what to do, and that a tag or an override does
// it.
func TestForeignCheck(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db, err := new(prom.Registry).Open(e.DSN)
		is.NoErr(err)
		t.Cleanup(func() { is.NoErr(db.Close()) })
		raw, err := db.SQL(context.Background())
		is.NoErr(err)
		_, err = raw.Exec(`CREATE TABLE checked (id BIGINT PRIMARY KEY, state TEXT NOT NULL CONSTRAINT state_known CHECK (state IN ('new', 'done')))`)
		is.NoErr(err)
		text := record(t, func(tb testing.TB) { promtest.New[checked](db).Create(tb) })
		is.True(strings.Contains(text, "state_known"))
		is.True(strings.Contains(text, "state this one by a tag such as choices, min or max, or let an override set the field"))
		promtest.New[checked](db).Create(t, func(c *checked) { c.State = "new" })
		promtest.New[stated](db).CreateMany(t, 9)
	})
}
