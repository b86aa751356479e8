package relations_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// The models of the tests of references of which one column, the tenant, is required and another one is not.
type (
	Tariff struct {
		Tenant int64 `prom:"key"`
		Code   int64 `prom:"key"`
		Price  int
	}
	Contract struct {
		prom.Model
		Tenant int64
		Code   *int64
		Tariff prom.CompositeRef[Tariff] `prom:"on='tenant, code'"`
	}
	ContractBefore struct {
		prom.Model
		Tenant int64
	}
)

func (ContractBefore) TableName() string { return "contract" }

var contract = prom.Proto[Contract]()

var contractTariff = prom.CompositeRefOf(contract, &contract.Tariff)

// setsColumns reports whether the server has ON DELETE SET NULL of some columns.
func setsColumns(t *testing.T, e dbtest.Engine, db *prom.DB) bool {
	t.Helper()
	return e.Name == dbtest.NamePostgres &&
		kit.ScanOne[int](t, db, `SELECT current_setting('server_version_num')::int`) >= 150000
}

// tariffGoes deletes a tariff that a contract refers to, and makes sure that the contract stays, without it or the
// tariff too.
func tariffGoes(t *testing.T, e dbtest.Engine, db *prom.DB) {
	t.Helper()
	is := is.New(t)
	ctx := context.Background()
	tariffs, contracts := prom.NewRepo[Tariff](prom.Using(db)), prom.NewRepo[Contract](prom.Using(db))
	tariff := Tariff{Tenant: 1, Code: 7, Price: 3}
	is.NoErr(tariffs.Create(ctx, &tariff))
	code := int64(7)
	contract, free := Contract{Tenant: 1, Code: &code}, Contract{Tenant: 1}
	is.NoErr(contracts.Create(ctx, &contract))
	is.NoErr(contracts.Create(ctx, &free))
	err := tariffs.Delete(ctx, &tariff)
	if setsColumns(t, e, db) {
		is.NoErr(err)
	} else {
		is.True(errors.Is(err, prom.ErrForeignKey)) // the contract would have to go
		contract.Code = nil
		is.NoErr(contracts.Update(ctx, &contract))
		is.NoErr(tariffs.Delete(ctx, &tariff))
	}
	list, err := contracts.With(contractTariff.With()).All(ctx)
	is.NoErr(err)
	is.Equal(len(list), 2)
	for _, c := range list {
		is.Equal(c.Tenant, int64(1))
		is.Equal(c.Code, nil)
		row, ok := c.Tariff.Get()
		is.True(!ok && row == nil && c.Tariff.Loaded())
	}
	_, err = contracts.WithoutWhere().Delete(ctx)
	is.NoErr(err)
}

// planEmpty makes sure that there is nothing to do.
func planEmpty(t *testing.T, repo prom.AnyRepo) {
	t.Helper()
	is := is.New(t)
	plan, err := prom.Plan(context.Background(), repo)
	is.NoErr(err)
	is.True(plan.Empty())
	is.NoErr(prom.Check(context.Background(), repo))
}

// Ensure that a reference is optional when one of its columns may be NULL: what refers to a row is never deleted with
// it.
func TestMixedReference(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		contracts := prom.NewRepo[Contract](prom.Using(db))
		code := int64(1)
		is.True(errors.Is(contracts.Create(ctx, &Contract{Tenant: 1, Code: &code}), prom.ErrForeignKey))
		tariffGoes(t, e, db)
		planEmpty(t, contracts)

		// A key that changes is followed.
		tariffs := prom.NewRepo[Tariff](prom.Using(db))
		is.NoErr(tariffs.Create(ctx, &Tariff{Tenant: 1, Code: 1}))
		contract := Contract{Tenant: 1, Code: &code}
		is.NoErr(contracts.Create(ctx, &contract))
		kit.RunSQL(t, db, `UPDATE "tariff" SET "tenant" = 2, "code" = 9`)
		is.NoErr(contracts.Reload(ctx, &contract))
		is.Equal([]int64{contract.Tenant, *contract.Code}, []int64{2, 9})
	})
}

// Ensure that tables which are there get such a reference: by the installation, where the engine adds it, and by a
// plan; and that a plan leaves the action of one that is there.
func TestMixedReferenceOfTables(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		contracts := prom.NewRepo[Contract](prom.Using(db))
		apply := func(risks ...prom.Risk) {
			t.Helper()
			plan, err := prom.Plan(ctx, contracts)
			is.NoErr(err)
			_, err = prom.Apply(ctx, plan, append(risks, prom.Additive, prom.Locking, prom.Rewriting)...)
			is.NoErr(err)
			planEmpty(t, contracts)
		}
		is.NoErr(prom.NewRepo[ContractBefore](prom.Using(db)).Install(ctx))
		is.NoErr(contracts.Install(ctx))
		if e.Name == dbtest.NameSQLite { // which cannot add one without a rebuild
			apply()
		}
		planEmpty(t, contracts)
		tariffGoes(t, e, db)

		// One that is there keeps its action, as an earlier version made it, or others.
		for _, rule := range []string{"CASCADE", "SET NULL"} {
			kit.RunSQL(t, db, `DROP TABLE "contract"`, `CREATE TABLE "contract" (`+contractColumns(e)+`, CONSTRAINT "contract_tenant_code_fkey"
				FOREIGN KEY ("tenant", "code") REFERENCES "tariff" ("tenant", "code") ON UPDATE CASCADE ON DELETE `+rule+`)`)
			apply(prom.Lossy)
			found, err := db.Describe(ctx, "contract")
			is.NoErr(err)
			is.Equal(found.ForeignKeys[0].OnDelete, rule)
		}
	})
}

func contractColumns(e dbtest.Engine) string {
	if e.Name == dbtest.NamePostgres {
		return `"_id" bigint PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "_created" timestamptz NOT NULL, "_updated" timestamptz NOT NULL, "tenant" bigint NOT NULL, "code" bigint`
	}
	return `"_id" INTEGER NOT NULL PRIMARY KEY, "_created" TIMESTAMP NOT NULL, "_updated" TIMESTAMP NOT NULL, "tenant" INTEGER NOT NULL, "code" INTEGER`
}

// Ensure that ondelete=set null of such a reference sets the optional column, or that the table is refused, with what
// to write instead, where the engine would set the required one too.
func TestMixedReferenceSetNull(t *testing.T) {
	t.Parallel()
	type Deal struct {
		prom.Model
		Tenant int64
		Code   *int64
		Tariff prom.CompositeRef[Tariff] `prom:"on='tenant, code',ondelete=set null"`
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		tariffs, deals := prom.NewRepo[Tariff](prom.Using(db)), prom.NewRepo[Deal](prom.Using(db))
		tariff, code := Tariff{Tenant: 1, Code: 7}, int64(7)
		is.NoErr(tariffs.Create(ctx, &tariff))
		deal := Deal{Tenant: 1, Code: &code}
		err := deals.Create(ctx, &deal)
		if !setsColumns(t, e, db) {
			_, planErr := prom.Plan(ctx, deals)
			for _, err := range []error{err, planErr, prom.Install(ctx, deals), prom.Check(ctx, deals)} {
				is.True(errors.Is(err, prom.ErrDrift))
				is.True(strings.Contains(err.Error(), "the reference tenant, code has ondelete=set null"))
			}
			return
		}
		is.NoErr(err)
		is.NoErr(tariffs.Delete(ctx, &tariff))
		is.NoErr(deals.Reload(ctx, &deal))
		is.Equal(deal.Tenant, int64(1))
		is.Equal(deal.Code, nil)
		planEmpty(t, deals)
	})
}
