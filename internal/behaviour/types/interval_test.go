package types_test

import (
	"bytes"
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// contract has intervals, and addresses of networks.
type contract struct {
	ID     int64 `prom:"key,auto"`
	Term   prom.Interval
	Notice *prom.Interval
	Slot   time.Duration `prom:"type=interval"`
	Host   netip.Addr    `prom:"type=inet"`
	Net    *netip.Prefix `prom:"type=cidr"`
}

var (
	contractOf   = prom.Proto[contract]()
	contractID   = prom.NumberOf(contractOf, &contractOf.ID)
	contractTerm = prom.OrderedOf(contractOf, &contractOf.Term)
	contractSlot = prom.OrderedOf(contractOf, &contractOf.Slot)
	contractHost = prom.OrderedOf(contractOf, &contractOf.Host)
)

func contractWith(term prom.Interval) contract {
	net := netip.MustParsePrefix("10.1.0.0/16")
	return contract{Term: term, Notice: &term, Slot: 90*time.Minute + time.Microsecond, Host: netip.MustParseAddr("10.1.2.3"), Net: &net}
}

// Ensure that intervals keep months, days and microseconds apart, are compared as PostgreSQL does, and are what the
// database has: on PostgreSQL an interval, an inet and a cidr.
func TestInterval(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[contract](prom.Using(db))
		terms := []prom.Interval{
			{Months: 1}, {Days: 29, Microseconds: 23 * 3600e6}, {Months: -1, Days: 3, Microseconds: -1}, {Days: 30}, {Months: 14, Days: 2, Microseconds: 1_500_000},
		}
		for _, term := range terms {
			row := contractWith(term)
			is.NoErr(repo.Create(ctx, &row))
			is.Equal(row.Term, term)
		}
		for _, n := range []int{2, 3100} {
			many := make([]contract, n)
			for i := range many {
				many[i] = contractWith(prom.Interval{Days: 400})
			}
			is.NoErr(repo.CreateMany(ctx, many))
			_, err := repo.Where(contractTerm.Eq(prom.Interval{Days: 400})).Delete(ctx)
			is.NoErr(err)
		}
		ids, err := prom.Pluck(repo.Query(), contractID).OrderBy(contractTerm.Asc(), contractID.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(ids, []int64{3, 2, 1, 4, 5})
		n, err := repo.Where(contractTerm.Eq(prom.Interval{Days: 30})).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 2) // a month is equal to 30 days
		n, err = repo.Where(contractTerm.In(prom.Interval{Days: 30}, terms[4]), contractTerm.Gt(terms[1])).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 3)
		most, err := prom.Pluck(repo.Query(), prom.Max(contractTerm)).All(ctx)
		is.NoErr(err)
		is.Equal(most[0], terms[4])
		n, err = repo.Where(contractSlot.Gt(time.Hour), contractHost.Eq(netip.MustParseAddr("10.1.2.3"))).Count(ctx)
		is.NoErr(err)
		is.Equal(n, len(terms))
		longer, err := prom.Pluck(repo.Where(contractID.In(2, 3)), prom.Greatest(contractTerm, prom.Val(contractOf, prom.Interval{Days: 1}))).
			OrderBy(contractID.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(longer, []prom.Interval{terms[1], {Days: 1}})
		hosts, err := prom.Pluck(repo.Where(contractID.Eq(2)), prom.Greatest(contractHost, prom.Val(contractOf, netip.MustParseAddr("10.1.2.9")))).All(ctx)
		is.NoErr(err)
		is.Equal(hosts, []netip.Addr{netip.MustParseAddr("10.1.2.9")})
		page, err := repo.Query().OrderBy(contractTerm.Desc()).KeysetPage(ctx, "", 2)
		is.NoErr(err)
		page, err = repo.Query().OrderBy(contractTerm.Desc()).KeysetPage(ctx, page.Next, 2)
		is.NoErr(err)
		is.Equal(len(page.Rows), 2)
		_, err = repo.Where(contractID.Eq(1)).Update(ctx, contractTerm.Set(prom.IntervalOf(time.Minute)), contractSlot.Set(time.Second))
		is.NoErr(err)
		got, err := repo.Get(ctx, 1)
		is.NoErr(err)
		is.Equal(got.Term, prom.Interval{Microseconds: 60e6})
		is.Equal(got.Slot, time.Second)
		is.Equal(*got.Net, netip.MustParsePrefix("10.1.0.0/16"))

		var dump bytes.Buffer
		is.NoErr(prom.Dump(ctx, &dump, repo))
		_, err = repo.Query().WithoutWhere().Delete(ctx)
		is.NoErr(err)
		is.NoErr(prom.Restore(ctx, &dump, repo))
		got, err = repo.Get(ctx, 5)
		is.NoErr(err)
		is.Equal(got.Term, terms[4])
		plan, err := prom.Plan(ctx, repo)
		is.NoErr(err)
		is.Equal(plan.Empty(), true)

		days := "'1 day'"
		kit.RunSQL(t, db, `UPDATE "contract" SET "slot" = `+days+` WHERE "id" = 2`)
		_, err = repo.Get(ctx, 2)
		is.True(errors.Is(err, prom.ErrType))
		is.True(strings.Contains(err.Error(), "prom.Interval"))
		if e.Name == dbtest.NamePostgres {
			is.Equal(kit.ScanOne[string](t, db, `SELECT pg_typeof(term)::text || pg_typeof(slot) || pg_typeof(host) || pg_typeof(net) FROM contract LIMIT 1`),
				"intervalintervalinetcidr")
			is.Equal(kit.ScanOne[string](t, db, `SELECT (timestamp '2024-01-31 00:00:00' + term)::text FROM contract WHERE id = 5`), "2025-04-02 00:00:01.5")
			is.Equal(terms[4].AddTo(time.Date(2024, 1, 31, 0, 0, 0, 0, time.UTC)).Format("2006-01-02 15:04:05.9"), "2025-04-02 00:00:01.5")
		}
	})
}
