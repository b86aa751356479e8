package model_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Models of one name in two schemas and in none, which refer to each other, and a join table of a schema between two
// others.
type (
	loginUser struct {
		prom.Model
		Name     string `prom:"unique,size=1..20"`
		Accounts prom.Many[billingUser]
	}
	billingUser struct {
		prom.Model
		Name     string              `prom:"unique"`
		Login    prom.Ref[loginUser] `prom:"index"`
		Boss     *prom.Ref[billingUser]
		Invoices prom.Many[bill]
		Groups   prom.ManyToMany[group, member]
	}
	plainUser struct {
		prom.Model
		Name    string `prom:"unique"`
		Billing prom.Ref[billingUser]
	}
	bill struct {
		prom.Model
		Payer  prom.Ref[billingUser] `prom:"index"`
		Number int                   `prom:"unique"`
		Total  int                   `prom:"min=0,index=sum"`
		Data   []byte
	}
	group struct {
		prom.Model
		Name string
	}
	member struct {
		User  prom.Ref[billingUser] `prom:"key"`
		Group prom.Ref[group]       `prom:"key"`
	}
)

func (loginUser) TableName() string   { return "auth.user" }
func (billingUser) TableName() string { return "billing.user" }
func (plainUser) TableName() string   { return "user" }
func (bill) TableName() string        { return "billing.invoice" }
func (group) TableName() string       { return "auth.group" }
func (member) TableName() string      { return "billing.member" }

var (
	aLogin        = prom.Proto[loginUser]()
	anAccount     = prom.Proto[billingUser]()
	aPlainUser    = prom.Proto[plainUser]()
	aBill         = prom.Proto[bill]()
	aGroup        = prom.Proto[group]()
	loginID       = prom.NumberOf(aLogin, &aLogin.ID)
	loginName     = prom.TextOf(aLogin, &aLogin.Name)
	loginAccounts = prom.ManyOf(aLogin, &aLogin.Accounts)
	accountName   = prom.TextOf(anAccount, &anAccount.Name)
	accountLogin  = prom.RefOf(anAccount, &anAccount.Login)
	accountBoss   = prom.NullRefOf(anAccount, &anAccount.Boss)
	accountBills  = prom.ManyOf(anAccount, &anAccount.Invoices)
	accountGroups = prom.ManyToManyOf(anAccount, &anAccount.Groups)
	plainName     = prom.TextOf(aPlainUser, &aPlainUser.Name)
	plainBilling  = prom.RefOf(aPlainUser, &aPlainUser.Billing)
	billPayer     = prom.RefOf(aBill, &aBill.Payer)
	billNumber    = prom.NumberOf(aBill, &aBill.Number)
	billTotal     = prom.NumberOf(aBill, &aBill.Total)
	groupName     = prom.TextOf(aGroup, &aGroup.Name)
)

// offices are the repos of the models.
type offices struct {
	logins   *prom.Repo[loginUser]
	accounts *prom.Repo[billingUser]
	plain    *prom.Repo[plainUser]
	bills    *prom.Repo[bill]
	groups   *prom.Repo[group]
	members  *prom.Repo[member]
}

func officesOf(db *prom.DB) offices {
	return offices{prom.NewRepo[loginUser](prom.Using(db)), prom.NewRepo[billingUser](prom.Using(db)),
		prom.NewRepo[plainUser](prom.Using(db)), prom.NewRepo[bill](prom.Using(db)), prom.NewRepo[group](prom.Using(db)),
		prom.NewRepo[member](prom.Using(db))}
}

func (o offices) all() []prom.AnyRepo {
	return []prom.AnyRepo{o.logins, o.accounts, o.plain, o.bills, o.groups, o.members}
}

// fill makes a few rows in each schema.
func (o offices) fill(t *testing.T) {
	t.Helper()
	ada := kit.MustCreate(t, o.logins, loginUser{Name: "ada"})
	kit.MustCreate(t, o.logins, loginUser{Name: "bob"})
	chief := kit.MustCreate(t, o.accounts, billingUser{Name: "chief", Login: prom.NewRef[loginUser](ada.ID)})
	boss := prom.NewRef[billingUser](chief.ID)
	clerk := kit.MustCreate(t, o.accounts, billingUser{Name: "clerk", Login: prom.NewRef[loginUser](ada.ID), Boss: &boss})
	kit.MustCreate(t, o.plain, plainUser{Name: "plain", Billing: prom.NewRef[billingUser](clerk.ID)})
	for i := range 3 {
		kit.MustCreate(t, o.bills, bill{Payer: prom.NewRef[billingUser](clerk.ID), Number: i, Total: 10 * i})
	}
	staff := kit.MustCreate(t, o.groups, group{Name: "staff"})
	if _, err := prom.LinksOf(o.accounts, accountGroups, clerk).Add(context.Background(), staff); err != nil {
		t.Fatal(err)
	}
}

// Ensure that models of one name in several schemas keep their rows apart, by all ways to write and read them, and that
// references, joins and subqueries lead from one schema into another. parity: N1
func TestSchemas(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.Schemas(t, "auth", "billing").DSN)
		o := officesOf(db)
		o.fill(t)

		// Reading by references, in joins, subqueries, and correlated.
		names := func(list []billingUser, err error) (names []string) {
			t.Helper()
			is.NoErr(err)
			for _, u := range list {
				names = append(names, u.Name)
			}
			return names
		}
		is.Equal(names(o.accounts.Where(accountLogin.Has(loginName.Eq("ada"))).OrderBy(accountName.Desc()).All(ctx)),
			[]string{"clerk", "chief"})
		is.Equal(names(o.accounts.Where(prom.Via(accountBoss, accountName).Eq("chief")).All(ctx)), []string{"clerk"})
		is.Equal(names(o.accounts.Where(prom.Via(accountLogin, loginName).Eq("bob")).All(ctx)), []string(nil))
		is.Equal(names(o.accounts.Where(accountBills.Has(billTotal.Gt(10)), accountGroups.Has(groupName.Eq("staff"))).
			All(ctx)),
			[]string{"clerk"})
		is.Equal(names(o.accounts.OrderBy(prom.Via(accountLogin, loginName).Asc(), accountBills.Count().Desc()).All(ctx)),
			[]string{"clerk", "chief"})
		is.Equal(names(prom.Union(o.accounts.Where(accountName.Eq("chief")), o.accounts.Where(accountBoss.NotNull())).
			OrderBy(accountName.Asc()).All(ctx)), []string{"chief", "clerk"})
		is.Equal(names(o.accounts.Where(accountLogin.In(1, 9)).
			OrderBy(accountName.Asc()).All(ctx)), []string{"chief", "clerk"})
		plain, err := o.plain.Where(plainName.Eq("plain"), plainBilling.Has(accountLogin.Has(loginName.Eq("ada")))).
			With(plainBilling.With(accountLogin, accountBills.OrderBy(billNumber.Desc()).Limit(2), accountGroups)).One(ctx)
		is.NoErr(err)
		clerk, ok := plain.Billing.Get()
		is.True(ok)
		is.Equal(clerk.Name, "clerk")
		login, _ := clerk.Login.Get()
		is.Equal(login.Name, "ada")
		is.Equal(len(clerk.Invoices.Rows()), 2)
		is.Equal(clerk.Groups.Rows()[0].Name, "staff")
		logins, err := o.logins.OrderBy(loginID.Asc()).With(loginAccounts.With(accountBills)).All(ctx)
		is.NoErr(err)
		is.Equal(len(logins[0].Accounts.Rows()), 2)
		is.Equal(len(logins[1].Accounts.Rows()), 0)

		// Writing.
		for b, err := range o.bills.Each(ctx) {
			is.NoErr(err)
			is.True(b.Payer.Key() == clerk.ID)
		}
		n, err := o.bills.Where(billPayer.Has(accountLogin.Has(loginName.Eq("ada"))), billNumber.Gt(0)).Update(ctx,
			billTotal.Add(1))
		is.NoErr(err)
		is.Equal(n, 2)
		_, err = o.bills.OnConflict(billNumber).Update(billTotal.SetTo(prom.Plus(billTotal, prom.Excluded(billTotal)))).
			Create(ctx, &bill{Payer: prom.NewRef[billingUser](clerk.ID), Number: 2, Total: 100})
		is.NoErr(err)
		two, err := o.bills.Where(billNumber.Eq(2)).One(ctx)
		is.NoErr(err)
		is.Equal(two.Total, 121)
		two.Total = 5
		is.NoErr(o.bills.Save(ctx, two))
		is.NoErr(o.bills.Upsert(ctx, &bill{Payer: prom.NewRef[billingUser](clerk.ID), Number: 2, Total: 6}, billNumber))
		list, err := prom.Claim(ctx, o.bills.Where(billNumber.Lt(2)).OrderBy(billNumber.Asc()), 1, billTotal.Set(77))
		is.NoErr(err)
		is.Equal(len(list), 1)
		is.Equal(list[0].Total, 77)
		many := make([]bill, 5000) // by COPY, and by arrays
		for i := range many {
			many[i] = bill{Payer: prom.NewRef[billingUser](clerk.ID), Number: 100 + i}
		}
		is.NoErr(o.bills.CreateMany(ctx, many))
		is.NoErr(o.bills.CreateMany(ctx, []bill{{Payer: prom.NewRef[billingUser](clerk.ID), Number: 50},
			{Payer: prom.NewRef[billingUser](clerk.ID), Number: 51}}))
		is.True(many[4999].ID > many[0].ID)
		total, err := o.bills.Count(ctx)
		is.NoErr(err)
		is.Equal(total, 5005)
		n, err = o.bills.Where(billNumber.Gt(99)).Delete(ctx)
		is.NoErr(err)
		is.Equal(n, 5000)
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			locked, err := o.bills.Where(billPayer.Has(accountName.Eq("clerk"))).OrderBy(billNumber.Asc()).ForUpdate().All(ctx)
			if err == nil && len(locked) != 5 {
				err = fmt.Errorf("%d rows", len(locked))
			}
			if err == nil {
				_, err = prom.LockOf(o.bills.Where(billTotal.Gt(0)).ForUpdate(), billNumber, prom.Via(billPayer, accountName)).
					All(ctx)
			}
			if err == nil { // repairs in a transaction, too
				err = o.bills.Create(ctx, &bill{Payer: prom.NewRef[billingUser](clerk.ID), Number: 99})
			}
			return errors.Join(err, o.bills.Delete(ctx, two))
		}))
	})
}

// Ensure that errors name the table with its schema, so that those of one name are told apart, and the columns and the
// constraint of each. parity: N1
func TestSchemas_Errors(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.Schemas(t, "auth", "billing").DSN)
		o := officesOf(db)
		o.fill(t)
		told := func(err, kind error, table, constraint string, columns ...string) {
			t.Helper()
			is := is.New(t)
			is.True(errors.Is(err, kind))
			got := kit.AsError(t, err)
			is.Equal(got.Table, table)
			is.Equal(got.Constraint, constraint)
			is.Equal(got.Columns, columns)
		}
		told(o.logins.Create(ctx, &loginUser{Name: "ada"}), prom.ErrUnique, "auth.user", "user_name", "name")
		told(o.accounts.Create(ctx, &billingUser{Name: "clerk", Login: prom.NewRef[loginUser](1)}), prom.ErrUnique,
			"billing.user", "user_name", "name")
		told(o.plain.Create(ctx, &plainUser{Name: "plain", Billing: prom.NewRef[billingUser](1)}), prom.ErrUnique, "user",
			"user_name", "name")
		told(o.bills.Create(ctx, &bill{Model: prom.Model{ID: 1}, Number: 9, Payer: prom.NewRef[billingUser](1)}),
			prom.ErrUnique, "billing.invoice", "invoice_pkey", "_id")
		told(o.bills.Create(ctx, &bill{Number: 9, Payer: prom.NewRef[billingUser](99)}), prom.ErrForeignKey,
			"billing.invoice", "invoice_payer_fkey", "payer")
		_, err := o.bills.Where(billNumber.Eq(0)).Update(ctx, billTotal.SetTo(prom.Minus(billTotal, prom.Val(aBill, 500))))
		told(err, prom.ErrCheck, "billing.invoice", "invoice_total_check", "total")

		// A reference to another schema is a foreign key where the engine has such, and kept by nobody elsewhere.
		err = o.accounts.Create(ctx, &billingUser{Name: "nobody", Login: prom.NewRef[loginUser](99)})
		if e.Name == dbtest.NameSQLite {
			is.NoErr(err)
		} else {
			told(err, prom.ErrForeignKey, "billing.user", "user_login_fkey", "login")
		}
	})
}

// Ensure that the rows of several schemas are dumped and restored, and that a table of one is dropped and cleared
// without that of the same name in another. parity: N1
func TestSchemas_Dump(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		o := officesOf(kit.Open(t, e.Schemas(t, "auth", "billing").DSN))
		o.fill(t)
		var dump bytes.Buffer
		is.NoErr(prom.Dump(ctx, &dump, o.all()...))
		db := kit.Open(t, e.Schemas(t, "auth", "billing").With("#copy"))
		if e.Name == dbtest.NameSQLite && !strings.Contains(e.DSN, dbtest.Memory()) {
			db = kit.Open(t, dbtest.Engine{Name: e.Name, Mode: e.Mode, DSN: dbtest.SQLite(t)}.Schemas(t, "auth", "billing").DSN)
		}
		c := officesOf(db)
		is.NoErr(prom.Restore(ctx, bytes.NewReader(dump.Bytes()), c.all()...))
		var again bytes.Buffer
		is.NoErr(prom.Dump(ctx, &again, c.all()...))
		is.Equal(again.String(), dump.String())
		next := kit.MustCreate(t, c.bills, bill{Payer: prom.NewRef[billingUser](1), Number: 1000}) // counted on
		is.Equal(next.ID, int64(4))

		err := prom.UnsafeDrop(ctx, c.accounts)
		is.True(errors.Is(err, prom.ErrForeignKey))
		is.True(strings.Contains(err.Error(), "billing.invoice"))
		is.NoErr(prom.UnsafeClear(ctx, c.plain))
		is.NoErr(prom.UnsafeDrop(ctx, c.plain))
		n, err := c.accounts.Count(ctx)
		is.NoErr(err)
		is.Equal(n, 2)
		is.NoErr(prom.UnsafeDropAll(ctx, db)) // which is about tables without a schema
		n, err = c.logins.Count(ctx)
		is.NoErr(err)
		is.Equal(n, 2)
		n, err = c.plain.Count(ctx) // made anew, and not the one of another schema
		is.NoErr(err)
		is.Equal(n, 0)
	})
}

// Ensure that a plan makes the schemas that are missing and says so, that what has been made differs from no model, and
// that what differs is changed in the schema that the model names. parity: N1
func TestSchemas_Plan(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.Schemas(t, "auth", "billing").DSN, prom.Installing(prom.InstallCheck))
		o := officesOf(db)
		err := prom.Check(ctx, o.bills)
		is.True(errors.Is(err, prom.ErrDrift))
		is.True(strings.Contains(err.Error(), "auth.user: table is missing"))
		plan, err := prom.Plan(ctx, o.all()...)
		is.NoErr(err)
		made := 0
		for _, s := range plan.Steps {
			if s.Kind == prom.StepCreateSchema {
				made++
				is.Equal(s.Risk, prom.Additive)
			}
		}
		if e.Name == dbtest.NamePostgres {
			is.Equal(made, 2)
			is.True(strings.HasPrefix(plan.String(), "1. create schema auth [additive, about 0 rows]: auth: schema is missing\n    "+
				`CREATE SCHEMA IF NOT EXISTS "auth";`))
		}
		_, err = prom.Apply(ctx, plan)
		is.NoErr(err)
		o.fill(t)
		plan, err = prom.Plan(ctx, o.all()...)
		is.NoErr(err)
		is.Equal(plan.String(), "nothing to do")
		is.NoErr(prom.Check(ctx, o.all()...))

		// Another index, a type and a default that go, a CHECK that comes back: in this schema alone.
		quoted := `billing.invoice`
		change := []string{`DROP INDEX billing.invoice_sum`, `ALTER TABLE ` + quoted + ` DROP CONSTRAINT invoice_total_check`,
			`ALTER TABLE ` + quoted + ` DROP CONSTRAINT invoice_payer_fkey`}
		if e.Name == dbtest.NameSQLite {
			change = []string{`DROP INDEX billing.invoice_sum`,
				`CREATE TABLE billing.copy AS SELECT * FROM billing.invoice`, `DROP TABLE billing.invoice`,
				`CREATE TABLE billing.invoice (payer INTEGER NOT NULL, number INTEGER NOT NULL, total INTEGER NOT NULL, data BLOB,
					_id INTEGER PRIMARY KEY, _created TIMESTAMP NOT NULL, _updated TIMESTAMP NOT NULL)`,
				`INSERT INTO billing.invoice (payer, number, total, data, _id, _created, _updated)
					SELECT payer, number, total, data, _id, _created, _updated FROM billing.copy`, `DROP TABLE billing.copy`,
				`CREATE INDEX billing.others ON invoice (data)`,
				`CREATE TRIGGER billing.watching AFTER DELETE ON invoice BEGIN SELECT 1; END`}
		}
		kit.RunSQL(t, db, change...)
		kit.RunSQL(t, db, `CREATE TABLE invoice (id int)`)
		is.True(errors.Is(prom.Check(ctx, o.bills), prom.ErrDrift))
		plan, err = prom.Plan(ctx, o.bills)
		is.NoErr(err)
		for _, s := range plan.Steps {
			is.Equal(s.Table, "billing.invoice")
		}
		_, err = prom.Apply(ctx, plan, prom.Additive, prom.Locking, prom.Rewriting)
		is.NoErr(err)
		plan, err = prom.Plan(ctx, o.bills)
		is.NoErr(err)
		is.Equal(len(plan.Steps), 0)
		is.True(errors.Is(o.bills.Create(ctx, &bill{Number: 9, Payer: prom.NewRef[billingUser](99)}), prom.ErrForeignKey))
		if e.Name == dbtest.NameSQLite {
			is.Equal(kit.ScanOne[int](t, db, `SELECT count(*) FROM billing.sqlite_schema WHERE name IN ('others', 'watching')`), 2)
		}
		n, err := o.bills.Count(ctx)
		is.NoErr(err)
		is.Equal(n, 3)
	})
}

// movedBill is the model of a table that had another name, in another schema.
type movedBill struct {
	_ struct{} `prom:"was=billing.invoice"`
	prom.Model
	Payer  prom.Ref[billingUser] `prom:"index"`
	Number int                   `prom:"unique"`
	Amount int                   `prom:"was=total,min=0,index=sum"`
	Data   []byte
}

func (movedBill) TableName() string { return "archive.bill" }

// Ensure that the option was moves a table to another schema, with its indexes and constraints, where the engine can,
// and says that it cannot elsewhere. parity: N1
func TestSchemas_Was(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.Schemas(t, "auth", "billing", "archive").DSN)
		o := officesOf(db)
		o.fill(t)
		other := kit.Open(t, db.DSN().String())
		if strings.Contains(e.DSN, dbtest.Memory()) {
			return // which nobody else can open
		}
		moved := prom.NewRepo[movedBill](prom.Using(other))
		list, err := moved.OrderBy().All(ctx)
		if e.Name == dbtest.NameSQLite {
			is.True(errors.Is(err, prom.ErrDrift))
			is.True(strings.Contains(err.Error(), "SQLite cannot move the table billing.invoice to another database"))
			return
		}
		is.NoErr(err)
		is.Equal(len(list), 3)
		is.NoErr(prom.Check(ctx, moved))
		is.True(errors.Is(moved.Create(ctx, &movedBill{Number: 1, Payer: prom.NewRef[billingUser](1)}), prom.ErrUnique))
	})
}

// Ensure that a schema for which there is no database says what to do, at the first use. parity: N1
func TestSchemas_NotAttached(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	db := kit.Open(t, dbtest.SQLite(t))
	o := officesOf(db)
	_, err := o.bills.All(ctx)
	is.True(errors.Is(err, prom.ErrNoTable))
	is.True(strings.Contains(err.Error(), "billing.invoice"))
	is.True(strings.Contains(err.Error(), "no database is attached as billing; add attach=billing:path/to/file.db to the DSN"))
	err = o.plain.Create(ctx, &plainUser{Name: "n", Billing: prom.NewRef[billingUser](1)})
	is.True(errors.Is(err, prom.ErrNoTable)) // which refers to such a table
	temporary := prom.NewRepo[group](prom.Using(db), prom.Table("temp.x"))
	is.True(strings.Contains(temporary.Install(ctx).Error(), "a temporary table belongs to one connection"))
	main := prom.NewRepo[group](prom.Using(db), prom.Table("main.x"))
	is.NoErr(main.Create(ctx, &group{Name: "n"}))
	is.Equal(kit.ScanOne[int](t, db, `SELECT count(*) FROM x`), 1)
}
