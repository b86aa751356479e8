package install_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

type (
	// Firm is a tenant.
	Firm struct {
		_    struct{} `prom:"distribute=id"`
		ID   int64    `prom:"key"`
		Name string
	}
	// Coin is on each server.
	Coin struct {
		_    struct{} `prom:"distribute=everywhere"`
		Code string   `prom:"key"`
	}
	// Bill is one of a firm.
	Bill struct {
		_     struct{}       `prom:"distribute=firm_id"`
		Firm  prom.Ref[Firm] `prom:"firm_id,key"`
		ID    int64          `prom:"key,auto"`
		Coin  prom.RefBy[Coin, string]
		Sum   int64 `prom:"index"`
		Lines prom.Many[BillLine]
	}
	// BillLine is one of a bill, and lies on the same server.
	BillLine struct {
		_      struct{} `prom:"distribute=firm_id"`
		FirmID int64    `prom:"key"`
		ID     int64    `prom:"key,auto"`
		BillID int64
		Bill   prom.CompositeRef[Bill] `prom:"on='firm_id, bill_id'"`
		Text   string
	}
)

var (
	bill      = prom.Proto[Bill]()
	billFirm  = prom.RefOf(bill, &bill.Firm)
	billSum   = prom.NumberOf(bill, &bill.Sum)
	billLines = prom.ManyOf(bill, &bill.Lines)
	billLine  = prom.Proto[BillLine]()
	lineFirm  = prom.NumberOf(billLine, &billLine.FirmID)
	lineText  = prom.TextOf(billLine, &billLine.Text)
)

// Ensure that models which are to be distributed are stored, changed, read with their relations and claimed like all
// others, where there is no Citus.
func TestDistribute(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) { distribute(t, kit.Open(t, e.DSN), false) })
}

// Ensure that the same works on Citus, but for what it cannot do, which is refused with the reason. The environment
// variable PROM_TEST_CITUS is the DSN of a database with the extension; see make engines.
func TestDistribute_Citus(t *testing.T) {
	t.Parallel()
	dsn := os.Getenv("PROM_TEST_CITUS")
	if dsn == "" {
		t.Skip("PROM_TEST_CITUS is not set")
	}
	space := fmt.Sprintf("prom_test_%d", rand.Uint64())
	owner := kit.Open(t, dsn)
	kit.RunSQL(t, owner, "CREATE SCHEMA "+space)
	t.Cleanup(func() { kit.RunSQL(t, owner, "DROP SCHEMA "+space+" CASCADE") })
	separator := "?"
	if strings.Contains(dsn, "?") {
		separator = "&"
	}
	distribute(t, kit.Open(t, dsn+separator+"search_path="+space+",public"), true)
}

func distribute(t *testing.T, db *prom.DB, citus bool) {
	t.Helper()
	is, ctx := is.New(t), context.Background()
	firms, coins := prom.NewRepo[Firm](prom.Using(db)), prom.NewRepo[Coin](prom.Using(db))
	bills, lines := prom.NewRepo[Bill](prom.Using(db)), prom.NewRepo[BillLine](prom.Using(db))
	plan, err := prom.Plan(ctx, firms, coins, bills, lines)
	is.NoErr(err)
	_, err = prom.Apply(ctx, plan)
	is.NoErr(err)
	is.NoErr(coins.Create(ctx, &Coin{Code: "EUR"}))
	coin, err := coins.Get(ctx, "EUR")
	is.NoErr(err)
	for id := int64(1); id <= 3; id++ {
		f := Firm{ID: id, Name: fmt.Sprint("firm ", id)}
		is.NoErr(firms.Create(ctx, &f))
		b := Bill{Firm: prom.RefTo(&f), Coin: prom.RefByTo[string](coin), Sum: id}
		is.NoErr(bills.Create(ctx, &b))
		list := []BillLine{{FirmID: id, BillID: b.ID, Text: "new"}, {FirmID: id, BillID: b.ID, Text: "new"}}
		is.NoErr(lines.CreateMany(ctx, list))
		b.Sum += 10
		is.NoErr(bills.Save(ctx, &b))
	}
	got, err := bills.Where(billSum.Gt(11)).OrderBy(billSum.Desc()).With(billFirm, billLines).All(ctx)
	is.NoErr(err)
	is.Equal(len(got), 2)
	is.Equal(len(got[0].Lines.Rows()), 2)
	is.Equal(mustRow(got[0].Firm.Get()).Name, "firm 3")
	is.True(errors.Is(lines.Create(ctx, &BillLine{FirmID: 1, BillID: -1}), prom.ErrForeignKey))
	n, err := lines.Where(lineFirm.Eq(2)).Update(ctx, lineText.Set("old"))
	is.NoErr(err)
	is.Equal(int(n), 2)

	_, err = prom.Claim(ctx, lines.Where(lineText.Eq("new")), 1, lineText.Set("claimed"))
	is.Equal(errors.Is(err, prom.ErrUnsupported), citus)
	is.Equal(err == nil, !citus)
	if citus {
		is.True(strings.Contains(err.Error(), "unless the query has the condition that firm_id is equal to one value"))
	}
	ended, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	for _, err = range prom.Watch(ended, lines.Query()) {
		if err != nil {
			break
		}
	}
	is.Equal(errors.Is(err, prom.ErrUnsupported), citus)

	plan, err = prom.Plan(ctx, firms, coins, bills, lines)
	is.NoErr(err)
	is.Equal(plan.String(), "nothing to do")
	is.NoErr(prom.Check(ctx, firms, coins, bills, lines))
}

func mustRow[T any](v *T, _ bool) *T { return v }
