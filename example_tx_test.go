package prom_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/prom-go/prom"
)

// Wallet holds money, in cents.
type Wallet struct {
	prom.Model
	Owner string `prom:"unique"`
	Cents int64  `prom:"min=0"`
}

var (
	wallet      = prom.Proto[Wallet]()
	walletOwner = prom.TextOf(wallet, &wallet.Owner)
	walletCents = prom.NumberOf(wallet, &wallet.Cents)
)

// A transaction travels in its context. A nested one is a savepoint: when it fails and the error is handled, the outer
// one goes on.
func ExampleTx() {
	ctx := context.Background()
	db, err := prom.Open("sqlite://:memory:#bank")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	wallets := prom.NewRepo[Wallet](prom.Using(db))

	move := func(ctx context.Context, from, to string, cents int64) error {
		return wallets.Tx(ctx, func(ctx context.Context) error {
			if _, err := wallets.Where(walletOwner.Eq(to)).Update(ctx, walletCents.Add(cents)); err != nil {
				return err
			}
			_, err := wallets.Where(walletOwner.Eq(from)).Update(ctx, walletCents.Sub(cents))
			return err
		})
	}
	err = wallets.Tx(ctx, func(ctx context.Context) error {
		if err := wallets.CreateMany(ctx, []Wallet{{Owner: "ada", Cents: 100}, {Owner: "bob"}}); err != nil {
			return err
		}
		if err := move(ctx, "ada", "bob", 70); err != nil {
			return err
		}
		// Too much: the CHECK that min=0 made refuses it, and its other half is undone with it.
		if err := move(ctx, "ada", "bob", 70); !errors.Is(err, prom.ErrCheck) {
			return err
		}
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	all, err := wallets.OrderBy(walletOwner.Asc()).All(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, w := range all {
		fmt.Println(w.Owner, w.Cents)
	}
	// Output:
	// ada 30
	// bob 70
}
