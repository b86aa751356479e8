//go:build unix

package torture

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

const (
	bankWorkers  = 16
	bankAccounts = 20
	bankBalance  = 1000 // of each account at first
	bankChildren = 4    // workers of the process that is killed
)

// Ensure that a bank's money is the same in every snapshot, and its ledger equals its balances, while the network fails
// and the server restarts, or processes are killed. suite: 12
func TestBank(t *testing.T) {
	if dbtest.IsChild() {
		b := newBank(open(t, os.Getenv("CHILD_DSN")), rand.Uint64())
		b.told = func() { tell("done") }
		tell("ready")
		t.Fatal(b.work(bankChildren, nil))
	}
	t.Parallel()
	d := time.Duration(dbtest.Size(6, 5*60)) * time.Second
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		e := dbtest.Engine{Name: dbtest.NameSQLite, DSN: dbtest.SQLite(t)}
		b := opened(t, open(t, e.DSN), open(t, e.DSN))
		var kills, acknowledged int
		b.run(t, bankWorkers-bankChildren, d, func(random *rand.Rand) error {
			p := start(t, "TestBank", "CHILD_DSN="+e.DSN)
			time.AfterFunc(milliseconds(random, 300, 2000), func() { _ = p.cmd.Process.Kill() })
			for line, ok := p.line(); ok; line, ok = p.line() {
				if line == "done" {
					acknowledged++
				}
			}
			_ = p.cmd.Wait()
			if code := p.cmd.ProcessState.ExitCode(); code != -1 {
				return fmt.Errorf("the process ended by itself, with %d:\n%s", code, strings.Join(p.other, "\n"))
			}
			kills++
			return nil
		})
		b.acknowledged.Add(int64(acknowledged))
		b.unknown.Add(int64(kills * bankChildren))
		if check := one[string](t, b.direct, "PRAGMA integrity_check"); check != "ok" {
			t.Errorf("integrity_check: %s", check)
		}
		b.check(t, 12, d, fmt.Sprintf("%d processes killed", kills))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		server := dbtest.NewOwn(t, dbtest.OwnConfig{Settings: []string{"deadlock_timeout=200ms", "max_connections=100"}})
		network, e := dbtest.NewNetwork(t, server.Engine())
		b := opened(t, open(t, e.With("pool_maxconn=16")), open(t, server.Engine().DSN))
		kinds := slices.Sorted(maps.Keys(faults))
		var stops, toxics int
		b.run(t, bankWorkers, d, func(random *rand.Rand) error {
			time.Sleep(milliseconds(random, 500, 3000)) // sessions begin anew after a fault
			if stops == 0 && toxics > 1 || random.IntN(12) == 0 {
				server.Kill(t)
				time.Sleep(milliseconds(random, 0, 500))
				server.Start(t)
				stops++
				return nil
			}
			kind := kinds[random.IntN(len(kinds))]
			toxic := faults[kind](random)
			toxic.Kind, toxic.Way = kind, dbtest.Way(random.IntN(3))
			toxics++
			err := network.Set(toxic)
			time.Sleep(milliseconds(random, 200, 1500))
			return errors.Join(err, network.Set(dbtest.Toxic{}))
		})
		// What the faults have held back may still arrive.
		for end := time.Now().Add(10 * time.Second); one[int](t, b.direct, `SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND state <> 'idle'
			AND backend_type = 'client backend'`) > 0 && time.Now().Before(end); {
			time.Sleep(20 * time.Millisecond)
		}
		b.check(t, 12, d, fmt.Sprintf("%d faults, %d stops", toxics, stops))
	})
}

// bank is a bank and what its workers saw.
type bank struct {
	db, direct *prom.DB // with faults, and without
	accounts   *prom.Repo[Account]
	transfers  *prom.Repo[Transfer]
	seed       uint64
	told       func() // when a transfer is acknowledged

	acknowledged, unknown, failed, snapshots atomic.Int64

	mu    sync.Mutex
	kinds map[string]int // of the errors
}

func newBank(db *prom.DB, seed uint64) *bank {
	return &bank{db: db, accounts: prom.NewRepo[Account](prom.Using(db)),
		transfers: prom.NewRepo[Transfer](prom.Using(db)), seed: seed,
		told: func() {}, kinds: map[string]int{}}
}

// opened returns a bank with its accounts.
func opened(t *testing.T, db, direct *prom.DB) *bank {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	b := newBank(db, seed)
	b.direct = direct
	list := make([]Account, bankAccounts)
	for i := range list {
		list[i] = Account{No: i, Balance: bankBalance}
	}
	ctx := context.Background()
	if err := errors.Join(b.accounts.Using(direct).CreateMany(ctx, list),
		b.transfers.Using(direct).Install(ctx)); err != nil {
		t.Fatal(err)
	}
	return b
}

// run has workers while fault happens over and over.
func (b *bank) run(t *testing.T, workers int, d time.Duration, fault func(random *rand.Rand) error) {
	t.Helper()
	done := make(chan struct{})
	working := make(chan error, 1)
	go func() { working <- b.work(workers, done) }()
	random := rand.New(rand.NewPCG(b.seed, 1<<32))
	for end := time.Now().Add(d); time.Now().Before(end); {
		if err := fault(random); err != nil {
			t.Error(err)
			break
		}
	}
	close(done)
	if err := <-working; err != nil {
		t.Error(err)
	}
}

// work transfers money and looks at all of it, until done or something is wrong.
func (b *bank) work(workers int, done <-chan struct{}) error {
	return together(workers, func(worker int) error {
		random := rand.New(rand.NewPCG(b.seed, uint64(worker)))
		for !closed(done) {
			d := milliseconds(random, 1000, 3000)
			if random.IntN(10) == 0 {
				d = milliseconds(random, 1, 50)
			}
			ctx, cancel := within(d)
			var err error
			if random.IntN(8) == 0 {
				err = b.look(ctx)
			} else {
				err = b.transfer(ctx, random)
			}
			cancel()
			if err != nil {
				return err
			}
			time.Sleep(milliseconds(random, 1, 10))
		}
		return nil
	})
}

// transfer moves money and counts what it was told.
func (b *bank) transfer(ctx context.Context, random *rand.Rand) error {
	from, to, amount := random.IntN(bankAccounts), random.IntN(bankAccounts), 1+random.IntN(100)
	if from == to {
		return nil
	}
	lock := []int{from}
	if random.IntN(8) > 0 { // the others lock in any order, so that they meet in deadlocks
		lock = append(lock, to)
	}
	moved := false
	err := b.db.Tx(ctx, func(ctx context.Context) error {
		moved = false
		locked, err := b.accounts.Where(accountNo.In(lock...)).OrderBy(accountNo.Asc()).ForUpdate().All(ctx)
		if err != nil {
			return err
		}
		payer := slices.IndexFunc(locked, func(a Account) bool { return a.No == from })
		if payer < 0 || len(locked) != len(lock) {
			return fmt.Errorf("the accounts %v are not there, but %v", lock, locked)
		}
		if locked[payer].Balance < amount {
			return nil
		}
		if _, err := b.accounts.Where(accountNo.Eq(from)).Update(ctx, accountBalance.Sub(amount)); err != nil {
			return err
		}
		if err := b.transfers.Create(ctx, &Transfer{From: from, To: to, Amount: amount}); err != nil {
			return err
		}
		_, err = b.accounts.Where(accountNo.Eq(to)).Update(ctx, accountBalance.Add(amount))
		moved = err == nil
		return err
	}, prom.Retry(3))
	switch {
	case err == nil && moved:
		b.acknowledged.Add(1)
		b.told()
	case errors.Is(err, prom.ErrOutcomeUnknown) && moved:
		b.unknown.Add(1)
	case err != nil:
		b.failed.Add(1)
		b.mu.Lock()
		b.kinds[kindText(err)]++
		b.mu.Unlock()
		return kindOnly(err)
	}
	return nil
}

// kindOnly passes on an error that has no kind, which is a mistake; the others are what a bank under faults has to
// bear.
func kindOnly(err error) error {
	var e *prom.Error
	if errors.As(err, &e) && e.Kind != prom.ErrNotFound && e.Kind != prom.ErrSyntax {
		return nil
	}
	return fmt.Errorf("it should have had another error: %w", err)
}

// look reads all accounts, in one statement or in a transaction with the ledger, and counts the money.
func (b *bank) look(ctx context.Context) error {
	list, err := b.accounts.All(ctx)
	if err == nil {
		if err := audit(list, nil); err != nil {
			return err
		}
		b.snapshots.Add(1)
	}
	var ledger []Transfer
	err = b.db.Tx(ctx, func(ctx context.Context) error {
		var errs [2]error
		list, errs[0] = b.accounts.All(ctx)
		if errs[0] == nil {
			ledger, errs[1] = b.transfers.All(ctx)
		}
		return errors.Join(errs[:]...)
	}, prom.ReadOnly(), prom.WithIsolation(prom.RepeatableRead))
	if err != nil {
		return kindOnly(err)
	}
	b.snapshots.Add(1)
	if ledger == nil {
		ledger = []Transfer{}
	}
	return audit(list, ledger)
}

// audit returns an error when money is lost or made, or an account differs from the ledger, if there is one.
func audit(accounts []Account, ledger []Transfer) error {
	total, want := 0, map[int]int{}
	for _, l := range ledger {
		want[l.From] -= l.Amount
		want[l.To] += l.Amount
	}
	for _, a := range accounts {
		total += a.Balance
		if ledger != nil && a.Balance != bankBalance+want[a.No] {
			return fmt.Errorf("account %d has %d, and %d by the ledger", a.No, a.Balance, bankBalance+want[a.No])
		}
	}
	if len(accounts) != bankAccounts || total != bankAccounts*bankBalance {
		return fmt.Errorf("%d accounts have %d", len(accounts), total)
	}
	return nil
}

// check counts the money when all is over.
func (b *bank) check(t *testing.T, row int, d time.Duration, faults string) {
	t.Helper()
	ctx := context.Background()
	accounts, err := b.accounts.Using(b.direct).All(ctx)
	ledger, ledgerErr := b.transfers.Using(b.direct).All(ctx)
	if err := errors.Join(err, ledgerErr); err != nil {
		t.Fatal(err)
	}
	if ledger == nil {
		ledger = []Transfer{}
	}
	if err := audit(accounts, ledger); err != nil {
		t.Error(err)
	}
	acknowledged, unknown := b.acknowledged.Load(), b.unknown.Load()
	if n := int64(len(ledger)); n < acknowledged || n > acknowledged+unknown || acknowledged == 0 {
		t.Errorf("%d transfers, %d were acknowledged, %d may have happened", n, acknowledged, unknown)
	}
	if b.snapshots.Load() == 0 {
		t.Error("no snapshot was seen")
	}
	t.Log(b.kinds)
	dbtest.Reportf(t, row, "%v, %s: %d transfers acknowledged, %d unknown, %d failed, %d snapshots, each with all the money; the ledger equals the balances",
		d, faults, acknowledged, unknown, b.failed.Load(), b.snapshots.Load())
}

// Ensure that an audit finds what it is there to find.
func TestAudit(t *testing.T) {
	t.Parallel()
	accounts := make([]Account, bankAccounts)
	for i := range accounts {
		accounts[i] = Account{No: i, Balance: bankBalance}
	}
	if err := audit(accounts, []Transfer{}); err != nil {
		t.Error(err)
	}
	if audit(accounts, []Transfer{{From: 1, To: 2, Amount: 3}}) == nil {
		t.Error("a transfer that did not happen is not noticed")
	}
	accounts[1].Balance++
	if audit(accounts, nil) == nil {
		t.Error("money that was made is not noticed")
	}
	if audit(accounts[1:], nil) == nil {
		t.Error("an account that is gone is not noticed")
	}
}
