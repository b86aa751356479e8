package prom_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/prom-go/prom"
)

// Retry runs a transaction again that failed as a conflict with another one. WithoutTx is for a call that must stay
// when the transaction rolls back.
func ExampleRetry() {
	ctx := context.Background()
	db, err := prom.Open("sqlite://:memory:#retry")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	wallets := prom.NewRepo[Wallet](prom.Using(db))
	if err := wallets.Create(ctx, &Wallet{Owner: "ada", Cents: 100}); err != nil {
		log.Fatal(err)
	}

	attempts := 0
	err = wallets.Tx(ctx, func(ctx context.Context) error {
		if attempts++; attempts == 1 {
			return &prom.Error{Kind: prom.ErrSerialization, Op: "update"} // as for a conflict on PostgreSQL
		}
		_, err := wallets.Where(walletOwner.Eq("ada")).Update(ctx, walletCents.Add(1))
		return err
	}, prom.WithIsolation(prom.Serializable), prom.Retry(3))
	fmt.Println(attempts, err)

	err = wallets.Tx(ctx, func(ctx context.Context) error {
		fmt.Println(db.InTx(ctx), db.InTx(prom.WithoutTx(ctx)))
		_, err := wallets.Where(walletOwner.Eq("ada")).Update(ctx, walletCents.Add(1))
		return err
	}, prom.ReadOnly())
	fmt.Println(prom.KindOf(err), errors.Is(err, prom.ErrReadOnly))
	// Output:
	// 2 <nil>
	// true false
	// read-only true
}

// A DSN is printed without its secrets.
func ExampleParseDSN() {
	dsn, err := prom.ParseDSN("postgres://app:geheim@db.example.org/shop?sslmode=verify-full&statement_timeout=5s#main")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(dsn)
	server := dsn.Hosts[0]
	fmt.Println(dsn.Dialect, dsn.Name, dsn.User, server.Name, server.Port, dsn.Path, dsn.Options.StatementTimeout)

	_, err = prom.ParseDSN("postgres://app:geheim@db.example.org/shop?statment_timeout=5s")
	fmt.Println(err)
	// Output:
	// postgres://app:xxxxx@db.example.org:5432/shop?statement_timeout=5s&sslmode=verify-full#main
	// postgres main app db.example.org 5432 shop 5s
	// prom: dsn: unknown option "statment_timeout": did you mean "statement_timeout"?
}

// GetBy, DeleteKey and GetOrCreateMany find rows by a key or by unique fields.
func ExampleGetBy() {
	ctx, db, issues := openIssues("getby")
	defer db.Close()
	list := []Issue{{Code: "T1", Votes: 3}, {Code: "T2"}}
	created, err := prom.GetOrCreateMany(ctx, issues, list, IssueCode)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(created, list[0].ID, list[1].ID)

	again, err := prom.GetBy(ctx, issues, IssueCode, "T1")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(again.ID, again.Votes)
	if err := issues.DeleteKey(ctx, again.ID); err != nil {
		log.Fatal(err)
	}
	_, err = prom.GetBy(ctx, issues, IssueCode, "T1")
	fmt.Println(errors.Is(err, prom.ErrNotFound))

	gone, err := prom.DeleteReturning(ctx, issues.Where(IssueVotes.Eq(0)))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(gone), gone[0].Code)
	// Output:
	// [true true] 1 2
	// 1 3
	// true
	// 1 T2
}

// Install makes tables and indexes when a program starts, and not when a statement first needs them.
func ExampleInstall() {
	ctx := context.Background()
	db, err := prom.Open("sqlite://:memory:#install")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	wallets, issues := prom.NewRepo[Wallet](prom.Using(db)), prom.NewRepo[Issue](prom.Using(db))
	if err := prom.Install(ctx, wallets, issues); err != nil {
		log.Fatal(err)
	}
	fmt.Println(db.Tables(ctx))

	// Statements of one shape share a text: the second call finds that of the first.
	for _, owner := range []string{"ada", "bob"} {
		if _, err := wallets.Where(walletOwner.Eq(owner)).Exists(ctx); err != nil {
			log.Fatal(err)
		}
	}
	stats, err := prom.CacheStatsOf(wallets)
	fmt.Println(stats.Hits > 0, err)
	// Output:
	// [issue wallet] <nil>
	// true <nil>
}

// WithBatchGets lets the calls of Get with a context share statements, on every repo: for a handler that looks up many
// rows in goroutines.
func ExampleWithBatchGets() {
	ctx := context.Background()
	defer harbour(ctx).Close()
	ctx = prom.WithBatchGets(ctx)

	names := make(chan string)
	for id := range 4 {
		go func() {
			c, err := crews.Get(ctx, id+1)
			if err != nil {
				names <- err.Error()
				return
			}
			names <- c.Name
		}()
	}
	n := 0
	for range 4 {
		n += len(<-names)
	}
	fmt.Println(n, "letters")
	// Output: 20 letters
}

// Window functions compute a value for each row from the rows of its partition.
func ExamplePartitionBy() {
	ctx := context.Background()
	defer harbour(ctx).Close()
	home := prom.OrValue(crewHome, "nowhere")
	best := prom.PartitionBy[*Crew](home).OrderBy(crewPay.Desc())
	rows := crews.OrderBy(crewPay.Desc())

	printAll(prom.Pluck3(rows, crewName, home, prom.RowNumber(best)).All(ctx))
	before, after := prom.OrValue(prom.Lag(crewName, 1, best), "-"), prom.OrValue(prom.Lead(crewName, 1, best), "-")
	printAll(prom.Pluck3(rows, crewName, before, after).All(ctx))
	printAll(prom.Pluck2(rows, crewName, prom.FirstValue(crewName, best)).All(ctx))
	printAll(prom.Pluck2(rows, crewName, prom.Ntile(2, prom.OrderWindow(crewAge.Asc()))).All(ctx))
	printAll(prom.Pluck3(rows, prom.Rank(best), prom.DenseRank(best), prom.PercentRank(best)).All(ctx))
	// Output:
	// [{Ahab nowhere 1} {Starbuck Hull 1} {Stubb nowhere 2} {Pip Hull 2}]
	// [{Ahab - Stubb} {Starbuck - Pip} {Stubb Ahab -} {Pip Starbuck -}]
	// [{Ahab Ahab} {Starbuck Starbuck} {Stubb Ahab} {Pip Starbuck}]
	// [{Ahab 2} {Starbuck 2} {Stubb 1} {Pip 1}]
	// [{1 1 0} {1 1 0} {2 2 1} {2 2 1}]
}

// An interval of PostgreSQL keeps months, days and smaller units apart.
func ExampleInterval() {
	year := prom.Interval{Months: 12, Days: 1}
	fmt.Println(year, prom.IntervalOf(90*time.Minute))
	fmt.Println(prom.Interval{Months: 1}.AddTo(time.Date(2026, 1, 31, 9, 0, 0, 0, time.UTC)).Format(time.DateOnly))
	// Output:
	// 1 year 1 day 01:30:00
	// 2026-02-28
}

// A key of a UUIDModel is made in Go, so that it is known before the row is stored.
func ExampleNewUUID() {
	a, b := prom.NewUUID(), prom.NewUUID()
	fmt.Println(a.Version(), a.String() < b.String())
	// Output: VERSION_7 true
}

// Invalid is the error of a method Validate for a rule that no tag can state.
func ExampleInvalid() {
	validate := func(from, until time.Time) error { // as a model's method Validate
		if until.Before(from) {
			return prom.Invalid("Until", "it must not be before From")
		}
		return nil
	}
	err := validate(time.Now(), time.Now().Add(-time.Hour))
	var broken prom.Violations
	if errors.As(err, &broken) {
		fmt.Println(broken[0].Field+":", broken[0].Reason)
	}
	// Output: Until: it must not be before From
}
