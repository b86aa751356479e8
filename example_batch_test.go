package prom_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/prom-go/prom"
)

// Account belongs to somebody who has one.
type Account struct {
	prom.Model
	Owner string `prom:"unique"`
	Cents int64  `prom:"min=0"`
}

// Receipt says what was paid.
type Receipt struct {
	prom.Model
	Account prom.Ref[Account]
	Cents   int64
}

var receipt = prom.Proto[Receipt]()

var receiptAccount = prom.RefOf(receipt, &receipt.Account)

// The operations of a batch go to the database together and happen together, on several repos of one connection too.
// What reads is told by its result; what writes changes its value once all has happened.
func ExampleBatch() {
	ctx := context.Background()
	db, err := prom.Open("sqlite://:memory:#accounts")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	accounts, receipts := prom.NewRepo[Account](prom.Using(db)), prom.NewRepo[Receipt](prom.Using(db))
	ada := Account{Owner: "ada", Cents: 100}
	if err := accounts.Create(ctx, &ada); err != nil {
		log.Fatal(err)
	}

	pay := func(cents int64) error {
		paid := ada
		paid.Cents -= cents
		receipt := Receipt{Account: prom.NewRef[Account](ada.ID), Cents: cents}

		// A batch goes in one round trip or a few, however much is in it, and all of it happens or nothing.
		var b prom.Batch
		prom.Queue(&b, accounts).Update(&paid)
		prom.Queue(&b, receipts).Create(&receipt)
		all := prom.Queue(&b, receipts).All(receipts.Where(receiptAccount.Eq(ada.ID)))
		if err := b.Run(ctx); err != nil {
			return err
		}
		list, err := all.Value()
		if err != nil {
			return err
		}
		fmt.Println("receipt", receipt.ID, "of", len(list))
		ada = paid
		return nil
	}
	fmt.Println(pay(70))

	// Twice the same owner: the second operation fails, and the first has not happened either.
	var b prom.Batch
	bob, twin := Account{Owner: "bob"}, Account{Owner: "ada"}
	prom.Queue(&b, accounts).Create(&bob)
	prom.Queue(&b, accounts).Create(&twin)
	err = b.Run(ctx)
	var failed *prom.BatchError
	if errors.As(err, &failed) {
		fmt.Println(failed.Index, errors.Is(err, prom.ErrUnique))
	}
	n, err := accounts.Count(ctx)
	fmt.Println(n, err, bob.IsNew())
	// Output:
	// receipt 1 of 1
	// <nil>
	// 1 true
	// 1 <nil> true
}
